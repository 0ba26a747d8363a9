/** What the formats say is read back by their own rules: schemas, parsers, limits of the places they are sent to. */
import { describe, expect, it } from "vitest";
import type { CheckRun } from "../../src/model/check-run.ts";
import type { Finding } from "../../src/model/finding.ts";
import { renderReport } from "../../src/reports/index.ts";
import { context, run } from "./run.ts";
import { parseCheckRun, parseSarif, parseXml } from "./validators.ts";

const active = run.findings.filter(({ suppressed, state }) => suppressed === undefined && state !== "fixed");
const bare: CheckRun = {
  ...run,
  findings: [],
  analyzers: [],
  rules: {},
  metrics: {},
  notices: [],
  repository: { head: undefined, branch: undefined },
  verdict: { status: "passed", reasons: [], conditions: [] },
};

function many(count: number): CheckRun {
  const [template] = active;
  if (template === undefined) throw new Error("the run has no findings");
  const findings: Finding[] = Array.from({ length: count }, (_, i) => ({
    ...template,
    severity: i % 3 === 0 ? "error" : i % 3 === 1 ? "warning" : "info",
    fingerprint: i.toString(16).padStart(32, "0"),
    location: { ...template.location, path: `src/directory-${i % 37}/file-${i % 400}.ts` },
  }));
  return { ...run, findings };
}

describe("json", () => {
  it("fits the published schema and leaves internals out", async () => {
    for (const each of [run, bare]) {
      const text = await renderReport("json", each, context);
      parseCheckRun(text);
      expect(text).not.toContain("identity");
      expect(text).not.toContain(run.root);
    }
  });

  it("is refused by the schema when a key is missing or unknown", async () => {
    const { summary: _, ...rest } = JSON.parse(await renderReport("json", run, context));
    expect(() => parseCheckRun(JSON.stringify(rest))).toThrow(/summary/);
    const extra = { ...JSON.parse(await renderReport("json", run, context)), extra: 1 };
    expect(() => parseCheckRun(JSON.stringify(extra))).toThrow(/additional/);
  });

  it("does not depend on the order in which objects were built", async () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, item]) => [key, reversed(item)]),
            )
          : value;
    expect(await renderReport("json", reversed(run) as CheckRun, context)).toBe(
      await renderReport("json", run, context),
    );
  });
});

describe("jsonl", () => {
  it("is a JSON value a line, the verdict last", async () => {
    const lines = (await renderReport("jsonl", run, context)).trimEnd().split("\n");
    const values: { type: string }[] = lines.map((line) => JSON.parse(line));
    expect(values[0]?.type).toBe("run");
    expect(values.at(-1)).toMatchObject({ type: "verdict", status: "failed" });
    expect(values.filter(({ type }) => type === "finding")).toHaveLength(run.findings.length);
  });
});

describe("sarif", () => {
  it("fits the official schema, also empty and with what is suppressed", async () => {
    parseSarif(await renderReport("sarif", bare, context));
    parseSarif(await renderReport("sarif", run, { ...context, includeSuppressed: true }));
    const { fileText: _, ...withoutTexts } = context;
    parseSarif(await renderReport("sarif", run, withoutTexts));
  });

  it("carries every active finding, with rules that exist and relative addresses", async () => {
    const [sarif] = parseSarif(await renderReport("sarif", run, context)).runs;
    const rules = sarif?.tool.driver.rules ?? [];
    expect(sarif?.results).toHaveLength(active.length);
    for (const result of sarif?.results ?? []) {
      expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
      const uri = result.locations[0]?.physicalLocation.artifactLocation.uri ?? "";
      expect(uri).toMatch(/^[\w./%~-]+$/);
      expect(uri).not.toMatch(/^\/|^[a-z]+:/i);
    }
    expect(JSON.stringify(sarif)).not.toContain(run.root);
    expect(rules.find(({ id }) => id === "ruff/S608")?.helpUri).toBeUndefined();
  });

  it("gives edits as bytes and as text that mean the same", async () => {
    const [sarif] = parseSarif(await renderReport("sarif", run, context)).runs;
    const result = sarif?.results.find(({ ruleId }) => ruleId === "structure/command-injection");
    const regions = result?.fixes?.[0]?.artifactChanges[0]?.replacements.map(({ deletedRegion }) => deletedRegion);
    const lines = (context.fileText?.("src/server/branches.ts") ?? "").split("\n");
    const bytes = Buffer.from(context.fileText?.("src/server/branches.ts") ?? "");
    expect(regions).toHaveLength(2);
    for (const region of regions ?? []) {
      const { startLine = 0, startColumn = 0, endColumn = 0, byteOffset = 0, byteLength = 0 } = region;
      expect(lines[startLine - 1]?.slice(startColumn - 1, endColumn - 1)).toBe(
        bytes.subarray(byteOffset, byteOffset + byteLength).toString(),
      );
    }
  });

  it("keeps within 25,000 results, the worst ones, and says so", async () => {
    const [sarif] = parseSarif(await renderReport("sarif", many(30_000), context)).runs;
    expect(sarif?.results).toHaveLength(25_000);
    expect(sarif?.results.filter(({ level }) => level === "error")).toHaveLength(10_000);
    const told = sarif?.invocations[0]?.toolExecutionNotifications?.map(({ message }) => message.text);
    expect(told).toContainEqual(expect.stringContaining("5,000 more findings left out"));
  });

  it("leaves suppressed and fixed findings out unless asked, because code scanning would open alerts for them", async () => {
    const [plain] = parseSarif(await renderReport("sarif", run, context)).runs;
    expect(plain?.results.some(({ suppressions }) => suppressions !== undefined)).toBe(false);
    const [full] = parseSarif(await renderReport("sarif", run, { ...context, includeSuppressed: true })).runs;
    expect(full?.results.map(({ suppressions }) => suppressions?.[0]?.kind)).toContain("inSource");
    expect(full?.results.map(({ baselineState }) => baselineState)).toContain("absent");
  });
});

describe("junit and checkstyle", () => {
  it("are XML that says every finding", async () => {
    const checkstyle = parseXml(await renderReport("checkstyle", run, context)) as {
      checkstyle: { file: { name: string; error: unknown }[] };
    };
    const errors = checkstyle.checkstyle.file.flatMap(({ error }) => error);
    expect(errors).toHaveLength(active.length);

    const junit = parseXml(await renderReport("junit", run, context)) as {
      testsuites: Record<string, string> & { testsuite: Record<string, unknown>[] };
    };
    const { testsuites } = junit;
    const cases = testsuites.testsuite.flatMap(({ testcase }) => testcase as Record<string, unknown>[]);
    expect(Number(testsuites["tests"])).toBe(cases.length);
    expect(Number(testsuites["failures"])).toBe(cases.filter((item) => "failure" in item).length);
    // Errors and warnings fail, and three conditions of the gate.
    const failing = active.filter(({ severity }) => severity !== "info").length + 3;
    expect(Number(testsuites["failures"])).toBe(failing);
    // The analyzer that timed out, and the verdict that is incomplete by it.
    expect(Number(testsuites["errors"])).toBe(2);
    expect(Number(testsuites["skipped"])).toBe(2);
  });
});

describe("github", () => {
  it("sends at most ten annotations of a kind and says what it kept back", async () => {
    const text = await renderReport("github", many(100), context);
    for (const command of ["error", "warning", "notice"]) {
      expect(text.match(new RegExp(`^::${command} `, "gm"))).toHaveLength(10);
    }
    expect(text).toContain("24 errors, 23 warnings, 23 infos more without an annotation here");
  });
});

describe("gitlab", () => {
  it("has unique fingerprints and known severities", async () => {
    const [first] = active;
    if (first === undefined) throw new Error("the run has no findings");
    const doubled: CheckRun = { ...run, findings: [...run.findings, first] };
    const entries: { fingerprint: string; severity: string; location: { lines: { begin: number } } }[] = JSON.parse(
      await renderReport("gitlab", doubled, context),
    );
    expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(active.length + 1);
    for (const { severity } of entries) expect(["info", "minor", "major", "critical", "blocker"]).toContain(severity);
  });
});

describe("rdjson", () => {
  it("counts columns in bytes of UTF-8", async () => {
    const { diagnostics }: { diagnostics: { code: { value: string }; location: { range: unknown } }[] } = JSON.parse(
      await renderReport("rdjson", run, context),
    );
    const wide = diagnostics.find(({ code }) => code.value === "ruff/PLC2401");
    // `def find(name, 検索`: 15 bytes before, 6 bytes of it.
    expect(wide?.location.range).toEqual({ start: { line: 2, column: 16 }, end: { line: 2, column: 22 } });
  });
});

describe("markdown", () => {
  it("fits a comment's body whatever the number of findings, and says what it hides", async () => {
    const text = await renderReport("markdown", many(5000), { ...context, limit: 4000 });
    expect(text.length).toBeLessThan(60_001);
    expect(text).toMatch(/<summary>4,\d+ more findings not shown/);
  });
});

describe("agent", () => {
  it("is one line a finding and the verdict", async () => {
    const lines = (await renderReport("agent", run, context)).trimEnd().split("\n");
    expect(lines).toHaveLength(active.length + 2);
    const capped = (await renderReport("agent", many(500), { ...context, limit: 7 })).trimEnd().split("\n");
    expect(capped[7]).toBe("(493 more findings not listed; --format json has all of them)");
  });
});
