/** What stands on a pull request, rendered as GitHub does: text from outside links nowhere, names nobody, breaks nothing. */
import * as fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { expect, it } from "vitest";
import { readFindingKey, readMarkers } from "../../../../src/model/marker.ts";
import { jobSummary } from "../../../../src/reports/job-summary.ts";
import { checkRunDraft } from "../../../../src/reports/pull-request/check-text.ts";
import { defaultPublicationPolicy, planPublication } from "../../../../src/reports/pull-request/plan.ts";
import { readState } from "../../../../src/reports/pull-request/state.ts";
import { exampleFinding, exampleRun } from "../../../contract/example-run.ts";

const [base, head] = ["b".repeat(40), "a".repeat(40)];
const fragments = [
  ..."`|\\*_[]()<>#@~$&!:\n ",
  "``",
  "```js\n",
  "@ada",
  "@org/team",
  "#12",
  "ada/shop#3",
  "GH-7",
  "https://evil.example",
  "www.evil.example",
  "ada@example.com",
  "](https://evil.example)",
  "![x](https://evil.example/x.png)",
  "<img src=x>",
  "</details>",
  "</sub>",
  "-->",
  "<!-- codeflow:comment summary -->",
  "<!-- codeflow:thread abc/def -->",
  "<!-- codeflow-state [1] -->",
  "&lt;",
  "|---|---|",
  "0123456789abcdef0123456789abcdef01234567",
  "word",
  "漢字",
  "very/long/".repeat(8),
];
const text = fc.array(fc.constantFrom(...fragments), { maxLength: 10 }).map((parts) => parts.join(""));
const hostile = fc.record({ message: text, rule: text, path: text, reason: text, hasUrl: fc.boolean() });

function render(markdown: string): string {
  const html = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
  return html.replace(/<!--[\s\S]*?-->/g, "");
}

/** As GitHub looks for mentions and references: in the text that is left, outside of code and links. */
function spoken(html: string): string {
  return html
    .replace(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>|<a [^>]*>[\s\S]*?<\/a>/g, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}

it("stays text", () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), fc.constantFrom(0, 10), (given, attention) => {
      const findings = given.map(({ message, rule, path, hasUrl }, index) => ({
        ...exampleFinding(`${index}`, { path: index === 0 ? "a.py" : `src/${path}`, line: index + 1 }),
        message,
        rule: `tool/${rule}`,
        ...(hasUrl ? { helpUrl: "https://docs.example/rule" } : {}),
      }));
      const reason = given[0]?.reason ?? "";
      const analyzers = [
        { status: "failed", reason, skippedFiles: [{ path: "x", reason }] },
        { id: "eslint", status: "skipped", reason },
      ] as const;
      const run = {
        ...exampleRun({ at: "2026-01-01T00:00:00.000Z", head, findings, analyzers }),
        scope: { kind: "changed", base, baseName: reason } as const,
      };
      const hunk = { oldStart: 1, oldLines: 9, newStart: 1, newLines: 9, lines: [] };
      const file = { path: "a.py", status: "modified", additions: 1, deletions: 1, isBinary: false } as const;
      const { operations } = planPublication({
        run,
        change: { base, head, gaps: [], files: [{ ...file, hunks: [hunk] }] },
        viewer: "codeflow[bot]",
        comments: [],
        threads: [],
        policy: { ...defaultPublicationPolicy, attention },
        covers: () => true,
        suggestions: new Map(),
        gaps: [reason],
        reportUrl: "https://ours.example/report",
      });
      const comments = operations.flatMap((one) => (one.kind === "review" ? one.comments.map(({ body }) => body) : []));
      const summary = operations.flatMap((one) => (one.kind === "summary" ? [one.body] : [])).join("");
      for (const body of comments) {
        expect(readFindingKey(body)?.rule).toBe(findings[0]?.rule);
        expect(readMarkers(body)[0]?.kind).toBe("thread");
      }
      expect(readState(summary)?.open).toHaveLength(findings.length);
      const facts = { name: "CodeFlow", sha: head, verdict: "failed", annotations: 10 } as const;
      const pages = [
        summary,
        checkRunDraft(run, facts).summary,
        jobSummary(run, { notes: [], blobUrl: "https://ours.example/blob" }),
      ];
      for (const page of [...comments, ...pages]) {
        const html = render(page);
        for (const [, url] of html.matchAll(/<a href="([^"]*)"/g)) {
          expect(url).toMatch(/^https:\/\/(?:ours\.example|docs\.example)\//);
        }
        expect(html).not.toMatch(/<img|<h1|<blockquote/);
        expect(html.match(/<details>/g)?.length ?? 0).toBe(html.match(/<\/details>/g)?.length ?? 0);
        expect(spoken(html)).not.toMatch(/(?:^|[^\w`])@[a-z]/i);
        expect(spoken(html)).not.toMatch(/#\d|\bGH-\d|:\/\/|\bwww\.|\b[0-9a-f]{40}\b/i);
      }
      const rows = render(summary).match(/<tr>/g)?.length ?? 0;
      const told = findings.length - comments.length;
      expect(rows).toBe(told === 0 ? 0 : told + 1);
    }),
    { numRuns: 150 },
  );
});

it("keeps GitHub's limits, whatever a tool says at whatever length", () => {
  const findings = Array.from({ length: 60 }, (_, index) => ({
    ...exampleFinding(`${index}`, { path: `src/${"深い/".repeat(300)}${index}.py`, line: index + 1 }),
    message: "長い話。".repeat(40_000),
  }));
  const run = exampleRun({ at: "2026-01-01T00:00:00.000Z", head, findings });
  const { operations } = planPublication({
    run,
    change: { base, head, gaps: [], files: [] },
    viewer: "codeflow[bot]",
    comments: [],
    threads: [],
    policy: defaultPublicationPolicy,
    covers: () => true,
    suggestions: new Map(),
    gaps: [],
    reportUrl: "https://ours.example/report",
  });
  const summary = operations.flatMap((one) => (one.kind === "summary" ? [one.body] : [])).join("");
  expect(summary.length).toBeLessThan(65_536 - 100);
  // A row can be looked over; the rest is linked, and what the next push needs to know is there.
  for (const row of summary.split("\n").filter((line) => line.startsWith("| "))) {
    expect(row.length).toBeLessThan(700);
  }
  expect(summary).toMatch(/\[[\w ]+\]\(<https:\/\/ours\.example\/report>\)/);
  expect(readState(summary)?.open.length).toBeGreaterThan(5);
  const facts = { name: "CodeFlow", sha: head, verdict: "failed", annotations: 60 } as const;
  for (const { message } of checkRunDraft(run, facts).annotations ?? []) {
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(64 * 1024);
  }
  const page = jobSummary(run, { notes: ["Nothing was published."], blobUrl: "https://ours.example/blob" });
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(1024 * 1024);
});
