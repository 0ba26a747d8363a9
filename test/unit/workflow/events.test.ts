/** Deliveries of GitHub become events or nothing, whatever is in them. */
import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventFromPayload } from "../../../src/workflow/events.ts";
import { matchTriggers } from "../../../src/workflow/triggers.ts";
import { readWorkflow } from "../../../src/workflow/read-workflow.ts";
import { catalog } from "../../workflows/catalog.ts";

interface Examples {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}
const all = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly Examples[];
const deliveries = all.flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload })));
const everything = [
  "check_suite",
  "issue_comment",
  "issues",
  "label",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "push",
  "tag",
  "workflow_dispatch",
];
const { workflow } = readWorkflow(`on: [${everything.join(", ")}]\nsteps:\n  - run: x\n`, "all.yml", catalog);
if (workflow === undefined) throw new Error("the workflow is not valid");

const first = (name: string, action?: string): Record<string, unknown> => {
  const found = deliveries.find(
    (each) => each.name === name && (action === undefined || each.payload["action"] === action),
  );
  if (found === undefined) throw new Error(`no ${name}`);
  return found.payload;
};

describe("eventFromPayload", () => {
  it("takes or ignores every example", () => {
    expect(deliveries.length).toBeGreaterThan(300);
    const names = new Set<string>();
    const taken = new Set<string>();
    for (const { name, payload } of deliveries) {
      const event = eventFromPayload(name, payload);
      if (event === undefined) continue;
      names.add(event.name);
      taken.add(name);
      expect(JSON.parse(JSON.stringify(event))).toEqual(event);
      expect(event.repository?.owner, name).toBeTruthy();
      expect(event.actor, name).toBeTruthy();
      matchTriggers(workflow, event);
    }
    expect([...names].sort()).toEqual([
      "check_suite",
      "issue_comment",
      "issues",
      "label",
      "manual",
      "pull_request",
      "pull_request_review",
      "pull_request_review_comment",
      "push",
      "tag",
    ]);
    expect([...taken].sort()).toEqual([
      "check_suite",
      "create",
      "delete",
      "issue_comment",
      "issues",
      "label",
      "pull_request",
      "pull_request_review",
      "pull_request_review_comment",
      "push",
      "workflow_dispatch",
    ]);
  });

  it("is not thrown at by payloads with pieces missing or of another kind", () => {
    const leaf = fc.constantFrom(null, undefined, 0, -1, "", "x", true, [], {}, [null], ["a", 1], Number.NaN);
    fc.assert(
      fc.property(
        fc.constantFrom(...deliveries),
        fc.array(fc.tuple(fc.nat(), leaf), { maxLength: 6 }),
        ({ name, payload }, changes) => {
          const copy = structuredClone(payload);
          const places: [Record<string, unknown>, string][] = [];
          const visit = (value: unknown): void => {
            if (typeof value !== "object" || value === null) return;
            for (const key of Object.keys(value)) {
              places.push([value as Record<string, unknown>, key]);
              visit((value as Record<string, unknown>)[key]);
            }
          };
          visit(copy);
          for (const [at, value] of changes) {
            const place = places[at % places.length];
            if (place !== undefined) place[0][place[1]] = value;
          }
          const event = eventFromPayload(name, copy);
          if (event !== undefined) matchTriggers(workflow, event, { changedPaths: ["a"] });
        },
      ),
      { numRuns: 1500 },
    );
    for (const value of [null, undefined, 1, "x", [], [{}]]) expect(eventFromPayload("push", value)).toBeUndefined();
    fc.assert(
      fc.property(
        fc.constantFrom(...everything, "create"),
        fc.object(),
        (name, value) => void eventFromPayload(name, value),
      ),
    );
  });

  it("knows a pull request", () => {
    expect(eventFromPayload("pull_request", first("pull_request", "opened"))).toMatchObject({
      name: "pull_request",
      action: "opened",
      actor: "Codertocat",
      isBot: false,
      authorAssociation: "OWNER",
      branch: "master",
      repository: { owner: "Codertocat", name: "Hello-World", defaultBranch: "master" },
      pullRequest: { number: 2, headBranch: "changes", isFork: false, isDraft: false },
    });
    const forked = structuredClone(first("pull_request", "opened")) as { pull_request: { head: { repo: unknown } } };
    forked.pull_request.head.repo = null;
    expect(eventFromPayload("pull_request", forked)?.pullRequest?.isFork).toBe(true);
  });

  it("tells comments on issues from those on pull requests, and finds commands", () => {
    const payload = structuredClone(first("issue_comment", "created")) as {
      action: string;
      issue: Record<string, unknown>;
      comment: { body: string };
    };
    expect(eventFromPayload("issue_comment", payload)).toMatchObject({ issue: { number: 1 } });
    payload.issue["pull_request"] = { url: "https://example.com" };
    payload.comment.body = "Please:\n/codeflow fix oxlint/no-debugger\n";
    const event = eventFromPayload("issue_comment", payload);
    expect(event).toMatchObject({
      pullRequest: { number: 1 },
      command: { name: "fix", arguments: ["oxlint/no-debugger"] },
    });
    expect(event?.issue).toBeUndefined();
    expect(eventFromPayload("issue_comment", { ...payload, action: "deleted" })?.command).toBeUndefined();
  });

  it("reads pushes: branches, tags, deletions, paths", () => {
    const commit = { added: ["b"], modified: ["a"], removed: ["c"] };
    const push = { ref: "refs/heads/main", after: "abc", commits: [commit, commit] };
    expect(eventFromPayload("push", push)).toMatchObject({ branch: "main", sha: "abc", paths: ["a", "b", "c"] });
    expect(eventFromPayload("push", { ...push, ref: "refs/tags/v1" })).toMatchObject({ tag: "v1" });
    expect(eventFromPayload("push", { ...push, deleted: true })).toBeUndefined();
    expect(eventFromPayload("push", { ...push, created: true })?.paths).toBeUndefined();
    expect(eventFromPayload("push", { ...push, commits: [commit, { added: null }] })?.paths).toBeUndefined();
  });
});
