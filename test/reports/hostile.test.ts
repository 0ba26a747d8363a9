/** Whatever stands in a path, a message or a line of code: no format breaks, and no terminal is commanded. */
import * as fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import type { CheckRun } from "../../src/model/check-run.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { ReportContext } from "../../src/model/report.ts";
import { renderReport, reportFormats, type ReportFormatId } from "../../src/reports/index.ts";
import { context, run } from "./run.ts";
import { parseCheckRun, parseSarif, parseXml } from "./validators.ts";

const fragments = [
  "\u0000",
  "\u0007",
  "\b",
  "\t",
  "\n",
  "\r",
  "\r\n::error::owned",
  "\n::set-output name=x::y",
  "\u001b[2J",
  "\u001b]8;;http://example.invalid\u001b\\",
  "\u009b31m",
  "\u007f",
  "\u0085",
  "\u2028",
  "\u2029",
  "\u202e",
  "\u2066",
  "\u200b",
  "\ufeff",
  "\ufffe",
  "\uffff",
  "\ud800",
  "\udc00",
  "\u{e0041}",
  "]]>",
  "-->",
  "<!--",
  "${{ secrets.TOKEN }}",
  "<script>alert(1)</script>",
  "</script>",
  "</style>",
  "<img src=x onerror=alert(1)>",
  '" onmouseover="alert(1)',
  "'",
  "&amp;",
  "&#10;",
  "`",
  "```",
  "|",
  "\\",
  "\\ud800",
  "%0A",
  "%",
  ":",
  ",",
  "@team",
  "#1",
  "](http://example.invalid)",
  "![x](http://example.invalid/x.png)",
  "{0}",
  "漢字",
  "👩‍👩‍👧",
  "é",
  "e\u0301",
  " ",
  "a",
  "/",
  "..",
];

const text = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { maxLength: 8 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const position = fc.integer({ min: 1, max: 6 });

const findingArbitrary = fc
  .record({
    message: text,
    path: text.map((path) => `src/${path}`),
    rule: text.map((rule) => `tool/${rule}`),
    helpUrl: fc.oneof(text, fc.constant("https://example.invalid/<>\"')("), fc.constant("javascript:alert(1)")),
    severity: fc.constantFrom("error" as const, "warning" as const, "info" as const),
    startLine: position,
    startColumn: position,
    lines: fc.integer({ min: 0, max: 4 }),
    endColumn: position,
    related: text,
    suggestion: text,
    reason: text,
  })
  .map((given): Finding => {
    const { startLine, startColumn, lines, endColumn } = given;
    const location = {
      path: given.path,
      startLine,
      startColumn,
      endLine: startLine + lines,
      endColumn: lines === 0 ? Math.max(startColumn, endColumn) : endColumn,
    };
    return {
      rule: given.rule,
      severity: given.severity,
      category: "security",
      message: given.message,
      location,
      helpUrl: given.helpUrl,
      related: [{ location, message: given.related }],
      suggestions: [
        {
          message: given.suggestion,
          safety: "safe",
          edits: [{ path: given.path, start: 0, end: 1, text: given.reason }],
        },
      ],
      analyzer: given.rule,
      analyzerVersion: given.reason,
      fingerprint: "0".repeat(32),
      identity: { text: "", before: [], after: [] },
      state: "new",
      data: { value: given.reason },
    };
  });

const hostile = fc
  .record({ findings: fc.array(findingArbitrary, { minLength: 1, maxLength: 4 }), line: text, other: text })
  .map(({ findings, line, other }): { hostileRun: CheckRun; hostileContext: ReportContext } => ({
    hostileRun: {
      ...run,
      findings,
      rules: Object.fromEntries(
        findings.map(({ rule, helpUrl }) => [
          rule,
          {
            id: rule,
            summary: other,
            category: "security",
            severity: "error",
            recommended: true,
            rationale: other,
            ...(helpUrl === undefined ? {} : { helpUrl }),
          },
        ]),
      ),
      repository: { head: other, branch: other },
      scope: { kind: "changed", base: other, baseName: other },
      notices: [other],
      analyzers: run.analyzers.map((analyzer) => ({
        ...analyzer,
        ...(analyzer.status === "skipped" || analyzer.status === "failed" ? { reason: other } : {}),
        skippedFiles: [{ path: other, reason: other }],
      })),
      verdict: {
        ...run.verdict,
        reasons: [{ kind: "incomplete", message: other }],
        conditions: [
          { condition: { metric: "findings", where: { path: other, rule: other }, max: 0 }, value: 1, held: false },
        ],
      },
    },
    hostileContext: {
      ...context,
      line: () => line.replace(/\r?\n|\r/g, " "),
      fileText: () => `${line}\n`.repeat(4),
    },
  }));

/** What a C0 control other than a line end or a tab, DEL, or a C1 control would do to a terminal. */
// oxlint-disable-next-line no-control-regex -- exactly these
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
/** What would reorder or hide text. */
const deceiving = /[\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

type Check = (text: string, findings: number) => void;

const checks: Readonly<Record<ReportFormatId, Check>> = {
  agent: (output, findings) =>
    expect(output.trimEnd().split(/\r\n|[\n\r\u0085\u2028\u2029]/)).toHaveLength(findings + 2),
  checkstyle: (output) => parseXml(output),
  github: (output, findings) => {
    const lines = output.trimEnd().split(/\r?\n|\r/);
    const commands = lines.filter((line) => line.startsWith("::"));
    expect(commands).toHaveLength(findings);
    for (const command of commands)
      expect(command).toMatch(/^::(?:error|warning|notice) file=src%2F|^::(?:error|warning|notice) file=src\//);
    expect(lines).toHaveLength(findings + 2);
  },
  gitlab: (output, findings) => expect(JSON.parse(output)).toHaveLength(findings),
  html: (output, findings) => {
    // No markup but our own: as many elements and scripts as there are without any hostile text.
    expect(output.match(/<div class="finding"/g)).toHaveLength(findings);
    expect(output.match(/<script/gi)).toHaveLength(1);
    expect(output.match(/<\/script/gi)).toHaveLength(1);
    expect(output.match(/<\/style/gi)).toHaveLength(1);
    expect(output).not.toMatch(/<img|<!--|\son\w+="|href="javascript:/i);
  },
  json: (output) => parseCheckRun(output),
  jsonl: (output, findings) => {
    const lines = output.trimEnd().split(/\r\n|[\n\r\u0085\u2028\u2029]/);
    expect(lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "finding")).toHaveLength(findings);
  },
  junit: (output) => parseXml(output),
  markdown: (output, findings) => {
    const html = micromark(output, {
      extensions: [gfm()],
      htmlExtensions: [gfmHtml()],
      allowDangerousHtml: true,
    });
    const elements = [...html.matchAll(/<(\/?[a-z!][^\s>]*)/gi)].map(([, name]) => (name ?? "").toLowerCase());
    const ours = /^\/?(?:h2|h4|p|ul|li|strong|em|code|a|br|table|thead|tbody|tr|th|td|details|summary)\/?$/;
    expect(elements.filter((name) => !ours.test(name))).toEqual([]);
    // Every link is a rule's, and so are all the strong words.
    for (const [, href] of html.matchAll(/<a href="([^"]*)"/g)) expect(href).toMatch(/^https:\/\/example\.invalid\//);
    expect(html.match(/<strong>(?:error|warning|info)<\/strong>/g)).toHaveLength(findings);
    // GitHub looks for mentions and references in the text that is left outside of code and links.
    const text = html.replace(/<(code|a)\b[\s\S]*?<\/\1>/g, "").replace(/<[^>]*>/g, "");
    expect(text).not.toMatch(/@[a-z]|#\d|www\.|:\/\//i);
  },
  pretty: () => undefined,
  rdjson: (output, findings) => expect(JSON.parse(output).diagnostics).toHaveLength(findings),
  sarif: (output) => {
    for (const { physicalLocation } of parseSarif(output).runs[0]?.results.flatMap(({ locations }) => locations) ??
      []) {
      expect(decodeURIComponent(physicalLocation.artifactLocation.uri)).toMatch(/^src\//);
    }
  },
};

describe("hostile text", () => {
  for (const id of reportFormats) {
    it(`does not break ${id}`, async () => {
      await fc.assert(
        fc.asyncProperty(hostile, fc.integer({ min: 1, max: 200 }), async ({ hostileRun, hostileContext }, width) => {
          const output = await renderReport(id, hostileRun, { ...hostileContext, width, verbose: true });
          expect(output).not.toMatch(controls);
          expect(output).not.toMatch(deceiving);
          expect(output.isWellFormed()).toBe(true);
          expect(output.endsWith("\n")).toBe(true);
          checks[id](output, hostileRun.findings.length);
        }),
        { numRuns: 150 },
      );
    });
  }

  it("reaches a coloured terminal only between our own sequences", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async ({ hostileRun, hostileContext }) => {
        const output = await renderReport("pretty", hostileRun, { ...hostileContext, color: true, links: true });
        // oxlint-disable-next-line no-control-regex -- the sequences that the palette writes
        const ours = /\u001b\[(?:1|2|22|31|32|33|34|36|39)m|\u001b\]8;;[\x21-\x7e]*\u001b\\/g;
        expect(output.replace(ours, "")).not.toMatch(controls);
        // oxlint-disable-next-line no-control-regex -- the start of a hyperlink
        const opened = [...output.matchAll(/\u001b\]8;;([^\u001b]*)/g)].map(([, uri]) => uri ?? "");
        for (const uri of opened) expect(uri).toMatch(/^$|^file:\/\/\/|^https?:\/\//);
      }),
      { numRuns: 150 },
    );
  });
});
