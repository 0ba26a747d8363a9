import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBaseline } from "../../../src/findings/baseline.ts";
import { identify } from "../../../src/findings/identity.ts";
import { type PipelineInput, runPipeline } from "../../../src/findings/pipeline.ts";
import { parseDirectives, suppressionRules } from "../../../src/findings/suppress.ts";
import type { Finding, IdentifiedFinding, RawFinding } from "../../../src/model/finding.ts";
import type { RuleDefinition } from "../../../src/model/rule.ts";
import { findTokens, sourceOf } from "./source.ts";

const ignore = "codeflow-ignore";

function rule(id: string, extra: Partial<RuleDefinition> = {}): RuleDefinition {
  return { id, summary: "", category: "correctness", severity: "warning", recommended: true, ...extra };
}

const definitions = new Map(
  [
    ...suppressionRules,
    rule("x/token", { severity: "error", helpUrl: "https://example.com/token" }),
    rule("x/quiet", { recommended: false }),
    rule("secrets/key", { severity: "error", category: "security" }),
    rule("deps/duplicate", { category: "dependency" }),
  ].map((definition) => [definition.id, definition]),
);

type Files = Record<string, string>;

function directivesOf(files: Files) {
  return new Map(Object.entries(files).map(([path, text]) => [path, parseDirectives(sourceOf(path, text))]));
}

/** Everything that says `token` is a finding. */
function tokensOf(files: Files, extra: Partial<RawFinding> = {}): IdentifiedFinding[] {
  return Object.entries(files).flatMap(([path, text]) => findTokens(path, text, "token(", extra));
}

function run(
  head: Files,
  extra: Partial<PipelineInput> = {},
  base?: Files,
  onBase: Partial<PipelineInput["base"]> = {},
) {
  return runPipeline({
    current: tokensOf(head),
    definitions,
    analyzerVersions: new Map([["x", "1.2"]]),
    directives: directivesOf(head),
    marks: new Map(),
    config: { rules: {}, overrides: [], ignore: [] },
    volatileAnalyzers: new Set(),
    ranOn: () => true,
    today: "2026-11-22",
    ...(base === undefined
      ? {}
      : {
          base: {
            findings: tokensOf(base),
            directives: directivesOf(base),
            marks: new Map(),
            renames: new Map<string, string>(),
            ...onBase,
          },
        }),
    ...extra,
  });
}

/** `path:line rule state[ (suppression)]` in report order. */
function shown(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ location, rule: id, state, suppressed }) =>
      `${location.path}:${location.startLine} ${id} ${state}${suppressed === undefined ? "" : ` (${suppressed.kind})`}`,
  );
}

const functionOf = (name: string, body = `token(${name});`) =>
  `function ${name}() {\n  start(${name});\n  ${body}\n  end(${name});\n}\n`;

describe("without base and baseline", () => {
  it("makes every finding new, with what its rule says", () => {
    const { findings, summary } = run({ "a.js": functionOf("a") });
    expect(findings).toMatchObject([
      {
        rule: "x/token",
        severity: "error",
        category: "correctness",
        helpUrl: "https://example.com/token",
        analyzer: "x",
        analyzerVersion: "1.2",
        state: "new",
      },
    ]);
    expect(findings[0]?.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(findings[0]).not.toHaveProperty("inChange");
    expect(summary).toEqual({
      bySeverity: { error: 1, warning: 0, info: 0 },
      new: 1,
      unchanged: 0,
      fixed: 0,
      suppressed: 0,
    });
  });

  it("normalises paths, except names that git itself knows", () => {
    const text = functionOf("a");
    const current = [
      ...findTokens("./src//a.js", text, "token("),
      ...findTokens("src\\b.js", text, "token("),
      ...findTokens("c\\d.js", text, "token("),
    ];
    const { findings } = run({}, { current, marks: new Map([["c\\d.js", {}]]) });
    expect(findings.map(({ location }) => location.path)).toEqual(["c\\d.js", "src/a.js", "src/b.js"]);
  });

  it("drops rules that are off, and only those", () => {
    const files = { "a.js": functionOf("a") };
    const quiet = tokensOf(files, { rule: "x/quiet" });
    const open = tokensOf(files, { rule: "eslint/whatever" });
    const current = [...quiet, ...open];
    expect(shown(run({}, { current }).findings)).toEqual(["a.js:3 eslint/whatever new"]);
    expect(run({}, { current, openAnalyzers: new Set(["x"]) }).findings).toHaveLength(2);
    const config = { rules: { "x/quiet": "info", "eslint/*": "off" }, overrides: [], ignore: [] } as const;
    expect(run({}, { current, config, openAnalyzers: new Set(["eslint"]) }).findings).toMatchObject([
      { rule: "x/quiet", severity: "info" },
    ]);
  });

  it("marks generated and vendored files, except for secrets and dependencies", () => {
    const files = { "gen.js": functionOf("a"), "package-lock.json": functionOf("b"), "vendor/v.js": functionOf("c") };
    const marks = new Map([
      ["gen.js", { generated: "it says so" }],
      ["package-lock.json", { generated: "a lockfile" }],
      ["vendor/v.js", { vendored: "in a vendor folder" }],
    ]);
    const of = (id: string) => shown(run({}, { current: tokensOf(files, { rule: id }), marks }).findings);
    expect(of("x/token")).toEqual([
      "gen.js:3 x/token new (generated)",
      "package-lock.json:3 x/token new (generated)",
      "vendor/v.js:3 x/token new (vendored)",
    ]);
    expect(of("secrets/key")).toEqual([
      "gen.js:3 secrets/key new",
      "package-lock.json:3 secrets/key new",
      "vendor/v.js:3 secrets/key new (vendored)",
    ]);
    expect(of("deps/duplicate")).toEqual([
      "package-lock.json:3 deps/duplicate new",
      "gen.js:3 deps/duplicate new (generated)",
      "vendor/v.js:3 deps/duplicate new (vendored)",
    ]);
  });

  it("adds findings about suppressions", () => {
    const { findings } = run({
      "a.js":
        functionOf("a", `token(a); // ${ignore} x/token -- fine`) +
        functionOf("b", `work(); // ${ignore} x/token -- stale`),
      "b.js": `work(); // ${ignore} x/token, y/unheard -- r\n`,
    });
    expect(shown(findings)).toEqual([
      "a.js:8 codeflow/suppression-unused new",
      "b.js:1 codeflow/suppression-unknown-rule new",
      "b.js:1 codeflow/suppression-unused new",
      "a.js:3 x/token new (inline)",
    ]);
  });

  it("does not call a suppression unused where nobody looked, or of a rule that is off", () => {
    const files = {
      "a.js": `work(); // ${ignore} x/token -- r\n`,
      "b.js": `work(); // ${ignore} x/quiet, eslint/a, * -- r\n`,
    };
    const { findings } = run(files, { ranOn: (_, path) => path === "b.js", openAnalyzers: new Set(["eslint"]) });
    expect(findings).toEqual([]);
  });

  it("marks the lesser of two that say the same", () => {
    const files = { "a.js": functionOf("a") };
    const current = [...tokensOf(files, { rule: "oxlint/eqeqeq" }), ...tokensOf(files, { rule: "eslint/eqeqeq" })];
    expect(shown(run({}, { current }).findings)).toEqual([
      "a.js:3 oxlint/eqeqeq new",
      "a.js:3 eslint/eqeqeq new (duplicate)",
    ]);
  });

  it("sorts the worst first, then by place", () => {
    const text = functionOf("a");
    const current = [
      ...findTokens("b.js", text, "token(", { severity: "info" }),
      ...findTokens("c.js", text, "token(", { severity: "error" }),
      ...findTokens("a.js", text + text, "token(", { severity: "error" }),
    ];
    expect(shown(run({}, { current }).findings)).toEqual([
      "a.js:3 x/token new",
      "a.js:8 x/token new",
      "c.js:3 x/token new",
      "b.js:3 x/token new",
    ]);
  });

  it("overrides severities by configuration", () => {
    const config = {
      rules: { "x/*": "info" },
      overrides: [{ files: ["b.js"], rules: { "x/token": "warning" } }],
      ignore: [],
    } as const;
    const { findings } = run({ "a.js": functionOf("a"), "b.js": functionOf("b") }, { config });
    expect(findings.map(({ severity }) => severity)).toEqual(["warning", "info"]);
  });

  it("gives the same result whatever the order of its input", () => {
    const files = { "a.js": functionOf("a").repeat(3), "b.js": functionOf("a") + functionOf("b") };
    const all = [...tokensOf(files), ...tokensOf(files, { rule: "secrets/key" })];
    const expected = run(files, { current: all }).findings;
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (current) => {
        expect(run(files, { current }).findings).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe("with a baseline", () => {
  const before = run({ "a.js": functionOf("a") + functionOf("b") }).findings;

  it("marks what is accepted, reports what is stale, and hands its fingerprint on", () => {
    const baseline = createBaseline(before, "legacy");
    const { findings, stale, summary } = run(
      { "a.js": functionOf("new_") + functionOf("b", "token( b );") },
      { baseline },
    );
    expect(shown(findings)).toEqual(["a.js:3 x/token new", "a.js:8 x/token unchanged (baseline)"]);
    expect(findings[1]?.suppressed).toEqual({ kind: "baseline", reason: "legacy" });
    expect(findings[1]?.fingerprint).toBe(before[1]?.fingerprint);
    expect(stale.map(({ fingerprint }) => fingerprint)).toEqual([before[0]?.fingerprint]);
    expect(summary).toMatchObject({ new: 1, unchanged: 0, suppressed: 1 });
  });

  it("calls nothing stale that was not looked for", () => {
    const baseline = createBaseline(before);
    expect(run({}, { baseline }).stale).toHaveLength(2);
    expect(run({}, { baseline, ranOn: () => false }).stale).toEqual([]);
    const config = { rules: { "x/token": "off" }, overrides: [], ignore: [] } as const;
    expect(run({}, { baseline, config }).stale).toEqual([]);
  });
});

describe("against a base", () => {
  it("tells new, unchanged and fixed apart", () => {
    const { findings, summary } = run(
      { "a.js": functionOf("added") + functionOf("kept") },
      {},
      { "a.js": functionOf("kept") + functionOf("gone") },
      { mapLine: (_, line) => (line <= 5 ? line + 5 : undefined) },
    );
    expect(shown(findings)).toEqual(["a.js:3 x/token new", "a.js:8 x/token unchanged", "a.js:8 x/token fixed"]);
    expect(summary).toMatchObject({ new: 1, unchanged: 1, fixed: 1, bySeverity: { error: 2 } });
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });

  it("calls nothing fixed where the analyzer did not look", () => {
    const { findings } = run(
      {},
      { ranOn: (_, path) => path !== "b.js" },
      { "a.js": functionOf("a"), "b.js": functionOf("b") },
    );
    expect(shown(findings)).toEqual(["a.js:3 x/token fixed"]);
  });

  it("keeps the fingerprint through a rename", () => {
    const base = { "old.js": functionOf("a") };
    const onBase = run(base).findings;
    const { findings } = run({ "new.js": functionOf("a") }, {}, base, { renames: new Map([["old.js", "new.js"]]) });
    expect(shown(findings)).toEqual(["new.js:3 x/token unchanged"]);
    expect(findings[0]?.fingerprint).toBe(onBase[0]?.fingerprint);
  });

  it("makes a finding new when its suppression is removed, and neither new nor fixed when one is added", () => {
    const plain = { "a.js": functionOf("a") };
    const ignored = { "a.js": functionOf("a", `token(a); // ${ignore} x/token -- r`) };
    expect(shown(run(plain, {}, ignored).findings)).toEqual(["a.js:3 x/token new"]);
    expect(shown(run(ignored, {}, plain).findings)).toEqual(["a.js:3 x/token unchanged (inline)"]);
    expect(shown(run(ignored, {}, ignored).findings)).toEqual(["a.js:3 x/token unchanged (inline)"]);
  });

  it("makes a finding new when its file is no longer generated", () => {
    const files = { "a.js": functionOf("a") };
    const marks = new Map([["a.js", { generated: "r" }]]);
    expect(shown(run(files, {}, files, { marks }).findings)).toEqual(["a.js:3 x/token new"]);
  });

  it("treats complaints about suppressions like any finding", () => {
    const unused = { "a.js": `work(); // ${ignore} x/token -- r\n` };
    expect(shown(run(unused, {}, unused).findings)).toEqual(["a.js:1 codeflow/suppression-unused unchanged"]);
    expect(shown(run({ "a.js": "work();\n" }, {}, unused).findings)).toEqual([
      "a.js:1 codeflow/suppression-unused fixed",
    ]);
  });

  it("says whether a finding lies in the change, and goes by that alone for what cannot be compared", () => {
    const files = { "a.js": functionOf("a") + functionOf("b") };
    const change = { touches: (_: string, start: number, end: number) => start <= 3 && end >= 3 };
    const compared = run(files, { change }, files);
    expect(compared.findings.map(({ state, inChange }) => [state, inChange])).toEqual([
      ["unchanged", true],
      ["unchanged", false],
    ]);
    const volatile = run(files, { change, volatileAnalyzers: new Set(["x"]) }, { "a.js": "" });
    expect(shown(volatile.findings)).toEqual(["a.js:3 x/token new", "a.js:8 x/token unchanged"]);
  });

  it("reports a secret swapped on an ignored line and says why", () => {
    const fileOf = (secret: string) =>
      `// around\nconst k = token("${secret}"); // ${ignore} secrets/key -- test value\n// around\n`;
    const secretsOf = (text: string) =>
      [...text.matchAll(/"\w+"/g)].map((match) => {
        const file = sourceOf("a.js", text);
        const location = file.location(match.index, match.index + match[0].length);
        return identify({ rule: "secrets/key", message: "a key", anchor: match[0], location }, file);
      });
    const check = (before: string, after: string) =>
      run({ "a.js": after }, { current: secretsOf(after) }, { "a.js": before }, { findings: secretsOf(before) })
        .findings;
    expect(shown(check(fileOf("one"), fileOf("one")))).toEqual(["a.js:2 secrets/key unchanged (inline)"]);
    const swapped = check(fileOf("one"), fileOf("two"));
    expect(shown(swapped)).toEqual(["a.js:2 secrets/key new", "a.js:2 secrets/key fixed (inline)"]);
    expect(swapped[0]?.related?.[0]?.message).toContain("another secret");
  });

  it("keeps an accepted finding's fingerprint when it is fixed", () => {
    const base = { "a.js": functionOf("a") };
    const entry = createBaseline(run(base).findings).entries.map((old) => ({ ...old, fingerprint: "f".repeat(32) }));
    const { findings, stale } = run({ "a.js": "" }, { baseline: { entries: entry, allowances: [] } }, base);
    expect(findings).toMatchObject([{ state: "fixed", fingerprint: "f".repeat(32) }]);
    expect(stale).toHaveLength(1);
  });
});

describe("speed", () => {
  it("takes 20,000 findings through every step, base and baseline included", () => {
    const many = (shift: string): IdentifiedFinding[] =>
      Array.from({ length: 200 }, (_, i) =>
        findTokens(`src/${i}.js`, shift + functionOf(`f${i}`, "token(1);\n  token(1);").repeat(50), "token("),
      ).flat();
    const base = many("");
    const head = many("// licence\n\n");
    expect(head).toHaveLength(20_000);
    const baseline = createBaseline(run({}, { current: base.slice(0, 5000) }).findings);
    const measure = (input: Partial<PipelineInput>, onBase?: Partial<PipelineInput["base"]>): number => {
      const start = performance.now();
      run({}, { ...input, current: head }, onBase === undefined ? undefined : {}, onBase);
      return performance.now() - start;
    };
    const alone = measure({});
    const whole = measure({ baseline }, { findings: base, mapLine: (_, line) => line + 2 });
    // Generous for a loaded machine; alone it is about a tenth of this.
    expect(alone).toBeLessThan(1500);
    expect(whole).toBeLessThan(4000);
  });
});
