import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyBaseline,
  type Baseline,
  createBaseline,
  emptyBaseline,
  mergeBaselines,
  parseBaseline,
  pruneBaseline,
  serializeBaseline,
  updateBaseline,
} from "../../../src/findings/baseline.ts";
import { assignFingerprints } from "../../../src/findings/identity.ts";
import type { BaselineAllowance, BaselineEntry } from "../../../src/model/baseline.ts";
import { type Finding, type IdentifiedFinding, severities } from "../../../src/model/finding.ts";
import { findTokens } from "./source.ts";

function findingsOf(raw: readonly IdentifiedFinding[], extra: Partial<Finding> = {}): Finding[] {
  return assignFingerprints(raw).map(({ finding, fingerprint }) => ({
    rule: finding.rule,
    severity: "warning",
    category: "correctness",
    message: finding.message,
    location: finding.location,
    analyzer: "x",
    analyzerVersion: "1",
    fingerprint,
    identity: finding.identity,
    state: "new",
    ...extra,
  }));
}

const text = `first(debugger);\nbetween();\nsecond(debugger);\nafter();\nthird(debugger);\n`;
const findings = findingsOf(findTokens("a.js", text, "debugger"));

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const entry: fc.Arbitrary<BaselineEntry> = fc.record(
  {
    fingerprint: hex(32),
    rule: fc.constantFrom("a/b", "a/c", "z/z"),
    path: fc.string({ minLength: 1 }),
    severity: fc.constantFrom(...severities),
    message: fc.string(),
    identity: fc.record(
      {
        text: hex(16),
        before: fc.array(hex(16), { maxLength: 3 }),
        after: fc.array(hex(16), { maxLength: 3 }),
        core: hex(16),
        flow: fc.tuple(hex(16), hex(16)),
      },
      { requiredKeys: ["text", "before", "after"] },
    ),
    reason: fc.string(),
  },
  { requiredKeys: ["fingerprint", "rule", "path", "severity", "message", "identity"] },
);
const allowance: fc.Arbitrary<BaselineAllowance> = fc.record({
  rule: fc.constantFrom("eslint/a", "eslint/b"),
  path: fc.constantFrom("a.js", "b.js"),
  count: fc.integer({ min: 1, max: 99 }),
  source: fc.constantFrom("one.json", "two.json"),
});
const baseline: fc.Arbitrary<Baseline> = fc.record({
  entries: fc.uniqueArray(entry, { selector: ({ fingerprint }) => fingerprint, maxLength: 8 }),
  allowances: fc.uniqueArray(allowance, { selector: ({ rule, path, source }) => rule + path + source, maxLength: 4 }),
});

const same = (value: Baseline): unknown => parseBaseline(serializeBaseline(value), "b").baseline;

describe("the file", () => {
  it("reads back what was written, sorted", () => {
    fc.assert(
      fc.property(baseline, (value) => {
        const written = serializeBaseline(value);
        const { baseline: read, diagnostics } = parseBaseline(written, "b.jsonl");
        expect(diagnostics).toEqual([]);
        expect(serializeBaseline(read)).toBe(written);
        expect(new Set(read.entries)).toEqual(new Set(value.entries));
        expect(new Set(read.allowances)).toEqual(new Set(value.allowances));
      }),
    );
  });

  it("holds one line a finding and nothing when empty", () => {
    expect(serializeBaseline(createBaseline(findings)).split("\n")).toHaveLength(4);
    expect(serializeBaseline(emptyBaseline)).toBe("");
    expect(parseBaseline("", "b").baseline).toEqual(emptyBaseline);
  });

  it("names conflict markers once and keeps both sides", () => {
    const [first, second] = serializeBaseline(createBaseline(findings)).split("\n");
    const broken = `<<<<<<< HEAD\n${first}\n=======\n${second}\n>>>>>>> topic\n`;
    const { baseline: read, diagnostics } = parseBaseline(broken, "b.jsonl");
    expect(read.entries).toHaveLength(2);
    expect(diagnostics).toMatchObject([{ file: "b.jsonl", line: 1, code: "baseline-conflict", severity: "error" }]);
  });

  it("collects every bad line and keeps the good ones", () => {
    const good = serializeBaseline(createBaseline(findings.slice(0, 1)));
    const bad = [
      "{",
      "[]",
      "{}",
      '{"rule":"a/b"}',
      '{"rule":"a/b","path":"x","fingerprint":"1"}',
      '{"rule":"a/b","path":"x","count":0}',
    ];
    const withoutIdentity = good.replace(/,"identity":.*\}\n/, "}\n");
    const { baseline: read, diagnostics } = parseBaseline(
      `\uFEFF${bad.join("\r\n")}\r\n${good}${withoutIdentity}`,
      "b",
    );
    expect(read.entries).toHaveLength(1);
    expect(diagnostics.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 8]);
    expect(diagnostics.map(({ code }) => code)).toEqual([
      "baseline-json",
      ...Array.from({ length: 6 }, () => "baseline-entry"),
    ]);
  });

  it("never throws, whatever the text", () => {
    fc.assert(fc.property(fc.string(), (anything) => parseBaseline(anything, "b").baseline.entries.length >= 0));
  });
});

describe("create, update, prune", () => {
  it("accepts what counts, and keeps what is in it already", () => {
    const suppressed = findingsOf(findTokens("b.js", text, "debugger"), {
      suppressed: { kind: "inline", reason: "r" },
    });
    const accepted = findingsOf(findTokens("c.js", text, "debugger"), {
      suppressed: { kind: "baseline", reason: "r" },
    });
    const fixed = findingsOf(findTokens("d.js", text, "debugger"), { state: "fixed" });
    const { entries } = createBaseline([...findings, ...suppressed, ...accepted, ...fixed], "before the rule came");
    expect(new Set(entries.map(({ path }) => path))).toEqual(new Set(["a.js", "c.js"]));
    expect(entries[0]?.reason).toBe("before the rule came");
  });

  it("grows only on request", () => {
    const [first, ...rest] = findings;
    if (first === undefined) throw new Error("no findings");
    const old = createBaseline([first], "legacy");
    expect(updateBaseline(old, findings, { grow: false })).toEqual(old);
    expect(
      updateBaseline(old, rest, { grow: true, reason: "now" })
        .entries.map(({ reason }) => reason)
        .sort(),
    ).toEqual(["legacy", "now", "now"]);
  });

  it("refreshes an entry that still matches and keeps its reason", () => {
    const [first] = findings;
    if (first === undefined) throw new Error("no findings");
    const old = createBaseline([first], "legacy");
    const moved: Finding = {
      ...first,
      location: { ...first.location, path: "moved.js" },
      suppressed: { kind: "baseline", reason: "legacy" },
    };
    expect(updateBaseline(old, [moved], { grow: false }).entries).toMatchObject([
      { path: "moved.js", reason: "legacy" },
    ]);
  });

  it("takes out what is stale", () => {
    const old: Baseline = {
      entries: createBaseline(findings).entries,
      allowances: [{ rule: "eslint/a", path: "a.js", count: 3, source: "s" }],
    };
    const stale = {
      entries: old.entries.slice(0, 1),
      allowances: [{ rule: "eslint/a", path: "a.js", count: 2, source: "s" }],
    };
    const pruned = pruneBaseline(old, stale);
    expect(pruned.entries).toEqual(old.entries.slice(1));
    expect(pruned.allowances).toEqual([{ rule: "eslint/a", path: "a.js", count: 1, source: "s" }]);
    expect(pruneBaseline(pruned, { entries: [], allowances: pruned.allowances }).allowances).toEqual([]);
  });

  it("turns what an allowance accepts into entries, and leaves it the rest", () => {
    const rule = findings[0]?.rule ?? "";
    const allowances = [{ rule, path: "a.js", count: 4, source: "old.json" }];
    const accepted = findings.map((finding): Finding => ({
      ...finding,
      state: "unchanged",
      suppressed: { kind: "baseline", reason: "accepted by old.json" },
    }));
    const updated = updateBaseline({ entries: [], allowances }, accepted, { grow: false });
    expect(updated.entries.map(({ fingerprint, reason }) => [fingerprint, reason]).sort()).toEqual(
      findings.map(({ fingerprint }) => [fingerprint, "imported from old.json"]).sort(),
    );
    expect(updated.allowances).toEqual([{ ...allowances[0], count: 1 }]);
    // Once more, nothing moves.
    expect(updateBaseline(updated, accepted, { grow: false })).toEqual({
      ...updated,
      entries: updated.entries,
    });
  });
});

describe("applyBaseline", () => {
  it("accepts by identity, not by line, and reports what is stale", () => {
    const old = createBaseline(findings);
    const now = findTokens("a.js", `new_(debugger);\n${text.replace("second(debugger);\n", "")}`, "debugger");
    const { accepted, stale } = applyBaseline(old, now);
    expect(now.map((finding) => accepted.has(finding))).toEqual([false, true, true]);
    expect(stale.entries).toHaveLength(1);
    expect(applyBaseline(old, now, { ranOn: () => false }).stale.entries).toEqual([]);
  });

  it("follows renames", () => {
    const now = findTokens("b.js", text, "debugger");
    const { accepted, stale } = applyBaseline(createBaseline(findings), now, { renames: new Map([["a.js", "b.js"]]) });
    expect([accepted.size, stale.entries.length]).toEqual([3, 0]);
  });

  it("lets an allowance accept its number, of the same rule or the same defect, and says what is left", () => {
    const now = findTokens("a.js", text, "debugger", { rule: "oxlint/no-debugger" });
    const allow = (rule: string, count: number) =>
      applyBaseline({ entries: [], allowances: [{ rule, path: "a.js", count, source: "s.json" }] }, now);
    expect(allow("oxlint/no-debugger", 2).accepted.size).toBe(2);
    expect([...allow("oxlint/no-debugger", 2).accepted.keys()]).toEqual(now.slice(0, 2));
    expect(allow("eslint/no-debugger", 2).accepted.size).toBe(2);
    expect(allow("eslint/no-eval", 2).accepted.size).toBe(0);
    expect(allow("eslint/no-debugger", 5).stale.allowances).toMatchObject([{ count: 2 }]);
  });

  it("does not let a count accept one of our own secrets", () => {
    const now = findTokens("a.js", text, "debugger", { rule: "secrets/aws" });
    const allowances = [{ rule: "gitleaks/aws", path: "a.js", count: 3, source: "s.json" }];
    expect(applyBaseline({ entries: [], allowances }, now).accepted.size).toBe(0);
  });
});

describe("mergeBaselines", () => {
  it("takes both sides' additions and removals", () => {
    const [a, b, c] = createBaseline(findings).entries;
    if (a === undefined || b === undefined || c === undefined) throw new Error("no entries");
    const of = (...entries: BaselineEntry[]): Baseline => ({ entries, allowances: [] });
    expect(new Set(mergeBaselines(of(a, b), of(a, b, c), of(a)).entries)).toEqual(new Set([a, c]));
    const refreshed = { ...a, message: "refreshed" };
    expect(mergeBaselines(of(a), of(refreshed), of(a)).entries).toEqual([refreshed]);
    expect(mergeBaselines(of(a), of(refreshed), of()).entries).toEqual([]);
  });

  it("adds up what both sides took from an allowance", () => {
    const of = (count: number): Baseline => ({
      entries: [],
      allowances: count === 0 ? [] : [{ rule: "eslint/a", path: "a.js", count, source: "s" }],
    });
    expect(mergeBaselines(of(5), of(3), of(4)).allowances[0]?.count).toBe(2);
    expect(mergeBaselines(of(5), of(0), of(4)).allowances).toEqual([]);
    expect(mergeBaselines(of(0), of(2), of(0)).allowances[0]?.count).toBe(2);
  });

  it("does not depend on which side is ours, and leaves alone what nobody touched", () => {
    fc.assert(
      fc.property(baseline, baseline, baseline, (base, ours, theirs) => {
        expect(same(mergeBaselines(base, ours, theirs))).toEqual(same(mergeBaselines(base, theirs, ours)));
        expect(same(mergeBaselines(base, base, base))).toEqual(same(base));
        expect(same(mergeBaselines(base, ours, base))).toEqual(same(ours));
        expect(same(mergeBaselines(base, base, theirs))).toEqual(same(theirs));
      }),
    );
  });

  it("gives the union of disjoint additions to a common base", () => {
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ fingerprint }) => fingerprint, minLength: 3 }), (entries) => {
        const part = (remainder: number) => entries.filter((_, index) => index % 3 === remainder);
        const of = (...lists: BaselineEntry[][]): Baseline => ({ entries: lists.flat(), allowances: [] });
        const merged = mergeBaselines(of(part(0)), of(part(0), part(1)), of(part(0), part(2)));
        expect(new Set(merged.entries)).toEqual(new Set(entries));
      }),
    );
  });
});
