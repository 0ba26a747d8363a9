/** Filters of triggers: GitHub's globs, types, labels, people, commands, conditions. */
import { describe, expect, it } from "vitest";
import type { TriggerEvent } from "../../../src/model/event.ts";
import { judgeGlobs, matchGlobs } from "../../../src/workflow/globs.ts";
import { readWorkflow } from "../../../src/workflow/read-workflow.ts";
import { matchTriggers } from "../../../src/workflow/triggers.ts";
import { catalog } from "../../workflows/catalog.ts";

function match(on: string, event: Partial<TriggerEvent> & Pick<TriggerEvent, "name">, changedPaths?: string[]) {
  const { workflow, diagnostics } = readWorkflow(`on: ${on}\nsteps:\n  - run: x\n`, "x.yml", catalog);
  expect(diagnostics).toEqual([]);
  if (workflow === undefined) throw new Error("not valid");
  return matchTriggers(workflow, { payload: {}, ...event }, changedPaths === undefined ? {} : { changedPaths });
}

describe("matchGlobs", () => {
  it.each<[string[], string, boolean]>([
    [["main"], "main", true],
    [["main"], "mains", false],
    [["*"], "feature/x", false],
    [["**"], "feature/x", true],
    [["feature/*"], "feature/a/b", false],
    [["feature/**"], "feature/a/b", true],
    [["v[12].[0-9]+"], "v1.10", true],
    [["v[12].[0-9]+"], "v3.1", false],
    [["*.jsx?"], "page.js", true],
    [["*.jsx?"], "page.jsx", true],
    [["**.js"], "src/js/index.js", true],
    [["**/docs/**"], "docs/hello.md", true],
    [["**/docs/**"], "dir/docs/my-file.txt", true],
    [["**/README.md"], "README.md", true],
    [["**/migrate-*.sql"], "db/sept/migrate-v1.sql", true],
    [["*.md", "!README.md"], "README.md", false],
    [["*.md", "!README.md", "README*"], "README.md", true],
    [["releases/**", "!releases/**-alpha"], "releases/beta/3-alpha", false],
    [["a.b"], "axb", false],
    [["a\\*b"], "a*b", true],
    [["a\\*b"], "axb", false],
    [["!x"], "y", false],
    [["(a|b)$^"], "(a|b)$^", true],
  ])("%j on %s is %s", (patterns, text, expected) => {
    expect(judgeGlobs(patterns, true).length > 0).toBe(patterns[0] === "!x");
    expect(matchGlobs(patterns, text)).toBe(expected);
  });
});

describe("matchTriggers", () => {
  it("knows usual types", () => {
    expect(match("pull_request", { name: "pull_request", action: "synchronize" }).matched).toBe(true);
    expect(match("pull_request", { name: "pull_request", action: "labeled" })).toMatchObject({
      matched: false,
      reasons: ["pull_request: the type labeled is not among opened, reopened, synchronize"],
    });
    expect(match("{ pull_request: { types: labeled } }", { name: "pull_request", action: "labeled" }).matched).toBe(
      true,
    );
    expect(match("[push, issues]", { name: "issues", action: "unpinned" }).matched).toBe(true);
  });

  it("tells branches from tags as GitHub does", () => {
    const onBranches = "{ push: { branches: [main] } }";
    const onTags = "{ push: { tags: [v*] } }";
    expect(match(onBranches, { name: "push", branch: "main" }).matched).toBe(true);
    expect(match(onBranches, { name: "push", tag: "v1" }).matched).toBe(false);
    expect(match(onTags, { name: "push", branch: "main" }).matched).toBe(false);
    expect(match(onTags, { name: "push", tag: "v1" }).matched).toBe(true);
    expect(match("{ push: { tags: [v*], branches-ignore: [dev] } }", { name: "push", branch: "x" }).matched).toBe(true);
    expect(match("{ push: { branches-ignore: [dev] } }", { name: "push", branch: "dev" }).matched).toBe(false);
    expect(match("{ tag: { tags: [v*] } }", { name: "tag", action: "created", tag: "x" }).matched).toBe(false);
    expect(
      match("{ issue_comment: { branches: [main] } }", { name: "issue_comment", action: "created" }).reasons[0],
    ).toContain("not known");
  });

  it("asks for paths only when they decide", () => {
    const on = "{ pull_request: { branches: [main], paths: ['src/**'] } }";
    const event = { name: "pull_request", action: "opened", branch: "main" } as const;
    expect(match(on, event)).toMatchObject({ matched: false, needsPaths: true });
    expect(match(on, { ...event, branch: "dev" })).toMatchObject({ matched: false, needsPaths: false });
    expect(match(on, event, ["docs/x", "src/a.ts"]).matched).toBe(true);
    expect(match(on, event, ["docs/x"])).toMatchObject({ matched: false, needsPaths: false });
    expect(match(on, event, []).matched).toBe(false);
    const ignoring = "{ push: { paths-ignore: ['docs/**'] } }";
    expect(match(ignoring, { name: "push", branch: "main", paths: ["docs/a"] }).matched).toBe(false);
    expect(match(ignoring, { name: "push", branch: "main", paths: ["docs/a", "b"] }).matched).toBe(true);
    expect(match(ignoring, { name: "push", tag: "v1" }).matched).toBe(true);
  });

  it("looks at labels: at the one put on, else at all", () => {
    const on = "{ pull_request: { types: [labeled, opened], labels: [Bug] } }";
    const base = { name: "pull_request", labels: ["bug", "ui"] } as const;
    expect(match(on, { ...base, action: "opened" }).matched).toBe(true);
    expect(match(on, { ...base, action: "labeled", payload: { label: { name: "ui" } } }).matched).toBe(false);
    expect(match(on, { ...base, action: "labeled", payload: { label: { name: "BUG" } } }).matched).toBe(true);
  });

  it("looks at people and commands", () => {
    const on = "{ issue_comment: { commands: [fix], author-association: [OWNER], actors-ignore: [Eve] } }";
    const command = { name: "fix", arguments: [], text: "" };
    const event = {
      name: "issue_comment",
      action: "created",
      actor: "ann",
      authorAssociation: "OWNER",
      command,
    } as const;
    expect(match(on, event).matched).toBe(true);
    expect(match(on, { ...event, isBot: true }).reasons[0]).toContain("bots");
    expect(match(on, { ...event, actor: "eve" }).matched).toBe(false);
    expect(match(on, { ...event, authorAssociation: "NONE" }).matched).toBe(false);
    expect(match(on, { ...event, command: { ...command, name: "review" } }).matched).toBe(false);
    expect(match("{ push: { actors: [ann] } }", { name: "push", branch: "x" }).matched).toBe(false);
  });

  it("evaluates conditions, and one that fails keeps out", () => {
    const on = "{ pull_request: { if: '!event.pull_request.draft && event.name == ''pull_request''' } }";
    const event = { name: "pull_request", action: "opened" } as const;
    expect(match(on, { ...event, payload: { pull_request: { draft: false } } }).matched).toBe(true);
    expect(match(on, { ...event, payload: { pull_request: { draft: true } } }).matched).toBe(false);
    expect(match("{ push: { if: fromJSON(event.x) } }", { name: "push", branch: "x" }).reasons[0]).toContain(
      "cannot be evaluated",
    );
  });

  it("tells schedules apart by their times", () => {
    const on = "{ schedule: [{ cron: 0 4 * * * }] }";
    expect(match(on, { name: "schedule", payload: { schedule: "0 4 * * *" } }).matched).toBe(true);
    expect(match(on, { name: "schedule", payload: { schedule: "0 5 * * *" } }).matched).toBe(false);
  });
});
