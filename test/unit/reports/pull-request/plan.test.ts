/** What is planned to be said, from what stands there. */
import { describe, expect, it } from "vitest";
import type { ReviewThread } from "../../../../src/model/code-host.ts";
import { readFindingKey } from "../../../../src/model/marker.ts";
import { commentText, goneText, presentText } from "../../../../src/reports/pull-request/comment-text.ts";
import {
  defaultPublicationPolicy,
  planPublication,
  type PublicationInput,
} from "../../../../src/reports/pull-request/plan.ts";
import { exampleFinding, exampleRun } from "../../../contract/example-run.ts";

const hunk = { oldStart: 1, oldLines: 50, newStart: 1, newLines: 50, lines: [] };
const [base, head] = ["b".repeat(40), "a".repeat(40)];
const finding = exampleFinding("one", { path: "a.py", line: 3, severity: "error" });
const facts = { rule: undefined, suggestion: undefined, where: undefined };

function input(change: Partial<PublicationInput> = {}): PublicationInput {
  return {
    run: exampleRun({ at: "2026-01-01T00:00:00.000Z", head, findings: [finding] }),
    change: {
      base,
      head,
      files: [{ path: "a.py", status: "modified", additions: 1, deletions: 1, isBinary: false, hunks: [hunk] }],
      gaps: [],
    },
    viewer: "codeflow[bot]",
    comments: [],
    threads: [],
    policy: defaultPublicationPolicy,
    covers: () => true,
    suggestions: new Map(),
    gaps: [],
    ...change,
  };
}

function thread(change: Partial<ReviewThread> = {}, ...authors: readonly string[]): ReviewThread {
  const said = (login: string, id: number, body: string) => {
    const at = "2026-01-01T00:00:00Z";
    const author = { login, isBot: login.endsWith("[bot]") };
    return { id, nodeId: `n${id}`, author, body, createdAt: at, updatedAt: at, url: "", authorAssociation: "NONE" };
  };
  const [first = "codeflow[bot]", ...others] = authors;
  return {
    id: "t1",
    path: "a.py",
    line: 3,
    startLine: undefined,
    side: "RIGHT",
    isFileLevel: false,
    isResolved: false,
    isOutdated: false,
    comments: [
      said(first, 1, commentText(finding, facts)),
      ...others.map((login, index) => said(login, index + 2, "Hm.")),
    ],
    ...change,
  };
}

const kinds = (given: PublicationInput): string[] => planPublication(given).operations.map(({ kind }) => kind);
const clean = exampleRun({ at: "2026-01-01T00:00:00.000Z", head });

describe("plan", () => {
  it("says a new finding on its line and in the summary", () => {
    expect(kinds(input())).toEqual(["review", "summary"]);
  });

  it("is silent where there is nothing to say and nothing was said", () => {
    expect(kinds(input({ run: clean }))).toEqual([]);
  });

  it.each([
    ["stands there already", thread(), ["summary"]],
    [
      "was resolved by us and is back",
      thread({ isResolved: true, resolvedBy: "codeflow[bot]" }),
      ["reopen-thread", "summary"],
    ],
    [
      "was resolved by nobody whom the host names, and is back",
      thread({ isResolved: true }),
      ["reopen-thread", "summary"],
    ],
    ["was resolved by a person", thread({ isResolved: true, resolvedBy: "ada" }), ["summary"]],
    ["was said by somebody else with our marker", thread({}, "ada"), ["review", "summary"]],
  ])("a finding that %s", (_what, given, expected) => {
    expect(kinds(input({ threads: [given] }))).toEqual(expected);
  });

  it.each([
    ["is resolved", thread(), true, ["resolve-thread"]],
    ["stays when it was not looked at", thread(), false, []],
    ["is the people's who wrote in it, and says so", thread({}, "codeflow[bot]", "ada"), true, ["update-comment"]],
  ])("a thread whose finding is gone %s", (_what, given, covered, expected) => {
    expect(kinds(input({ run: clean, threads: [given], covers: () => covered }))).toEqual(expected);
  });

  it("takes nothing for its own that only repeats its markers, though the same bot wrote it", () => {
    const at = "2026-01-01T00:00:00Z";
    const author = { login: "codeflow[bot]", isBot: true };
    const told = { id: 5, author, createdAt: at, updatedAt: at, url: "", authorAssociation: "NONE" };
    const body = "Preview of <!-- codeflow:comment summary -->\n<!-- codeflow-state [1] -->";
    const quoted = {
      ...thread(),
      comments: thread().comments.map((each) => ({ ...each, body: `Title: ${each.body}` })),
    };
    const comments = [{ ...told, body }];
    expect(kinds(input({ threads: [quoted], comments }))).toEqual(["review", "summary"]);
    expect(kinds(input({ run: clean, threads: [quoted], comments }))).toEqual([]);
  });

  it("resolves the second of two about the same", () => {
    const second = { ...thread(), id: "t2", comments: thread().comments.map((each) => ({ ...each, id: 9 })) };
    const { operations } = planPublication(input({ threads: [second, thread()] }));
    expect(operations).toContainEqual({ kind: "resolve-thread", threadId: "t2" });
  });

  it("folds what the host refused", () => {
    expect(kinds(input({ unplaceable: new Set([finding.fingerprint]) }))).toEqual(["summary"]);
  });

  it.each([
    ["of its line stands on it", [3, 3], { line: 3 }, true],
    ["of several lines stands on all of them", [2, 4], { startLine: 2, line: 4 }, true],
    ["that leaves the hunk is not offered", [3, 51], { line: 3 }, false],
    ["that begins in another hunk is not offered", [3, 101], { line: 3 }, false],
  ] as const)("a fix %s", (_what, [startLine, endLine], place, isOffered) => {
    const [file] = input().change.files;
    if (file === undefined) throw new Error("no file");
    const hunks = [hunk, { ...hunk, oldStart: 100, newStart: 100 }];
    const change = { ...input().change, files: [{ ...file, hunks }] };
    const suggestions = new Map([[finding.fingerprint, { startLine, endLine, text: "fixed" }]]);
    const [review] = planPublication(input({ change, suggestions })).operations;
    const comments = review?.kind === "review" ? review.comments : [];
    const { body, ...rest } = comments[0] ?? { body: "" };
    expect([rest, body.includes("suggestion\nfixed\n")]).toEqual([
      { path: "a.py", side: "RIGHT", ...place },
      isOffered,
    ]);
    // Where the thread stands elsewhere the block would replace other lines.
    const again = planPublication(input({ change, suggestions, threads: [thread()] })).operations;
    const updated = again.filter(({ kind }) => kind === "update-comment").length;
    expect(updated).toBe(startLine === 3 && endLine === 3 ? 1 : 0);
  });

  it("is failed by an error of an earlier push that nobody looked at again", () => {
    const summary = planPublication(input()).operations.find(({ kind }) => kind === "summary");
    const body = summary?.kind === "summary" ? `<!-- codeflow:comment summary -->\n${summary.body}` : "";
    const at = "2026-01-01T00:00:00Z";
    const author = { login: "codeflow[bot]", isBot: true };
    const comments = [{ id: 5, author, body, createdAt: at, updatedAt: at, url: "", authorAssociation: "NONE" }];
    expect(planPublication(input({ run: clean, comments, covers: () => false }))).toMatchObject({
      verdict: "failed",
      carried: { length: 1 },
    });
    expect(planPublication(input({ run: clean, comments })).verdict).toBe("passed");
    expect(planPublication(input({ run: clean, gaps: ["too large"] })).verdict).toBe("incomplete");
  });
});

describe("comments", () => {
  it("carry their finding, and say that it is gone once only", () => {
    const text = commentText({ ...finding, message: "<b> | `x` @ada" }, facts);
    expect(readFindingKey(text)).toEqual({ fingerprint: finding.fingerprint, rule: finding.rule });
    expect(text).not.toContain("<b>");
    const gone = goneText(goneText(text, head), base);
    expect(gone.match(/Not found any more/g)).toHaveLength(1);
    expect(presentText(gone)).toBe(text);
  });

  it("fence a suggestion longer than any fence in it", () => {
    const suggestion = { startLine: 1, endLine: 1, text: "````\nx" };
    expect(commentText(finding, { ...facts, suggestion })).toContain("`````suggestion\n````\nx\n`````");
  });
});
