import { describe, expect, it } from "vitest";
import type { Draft } from "../../../src/findings/draft.ts";
import type { Severity } from "../../../src/model/finding.ts";
import { findHabits } from "../../../src/findings/unenforced.ts";

function draft(rule: string, path: string, message = "m"): Draft {
  const location = { path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 };
  return { analyzer: rule.slice(0, rule.indexOf("/")), rule, message, location } as unknown as Draft;
}

const many = (rule: string, count: number): Draft[] =>
  Array.from({ length: count }, (_, i) => draft(rule, `f${i}`, "Undefined name `logger`."));

describe("findHabits", () => {
  it("leaves out what only the configuration asks for and nobody holds to", () => {
    const habits = findHabits(many("markdown/MD013", 21), new Map(), {});
    expect(habits.reasonFor(draft("markdown/MD010", "a"))).toMatch(/21 findings/);
    expect(habits.reasonFor(draft("ruff/E501", "a"))).toBeUndefined();
  });

  it("keeps a few, what the own configuration names, rules of our own, and what the repository's tools say", () => {
    const known = new Map([["markdown/MD051", {} as never]]);
    const kept = (head: Draft[], rule: string, rules = {}): boolean =>
      findHabits(head, known, rules).reasonFor(draft(rule, "a")) === undefined;
    expect(kept(many("markdown/MD013", 5), "markdown/MD013")).toBe(true);
    expect(kept(many("markdown/MD013", 30), "markdown/MD013", { "markdown/MD013": "warning" })).toBe(true);
    expect(kept(many("markdown/MD051", 30), "markdown/MD051")).toBe(true);
    expect(kept(many("eslint/semi", 30), "eslint/semi")).toBe(true);
  });

  it("takes for a way to write what working code does in many places, not what is always a mistake", () => {
    const reason = (rule: string, count: number, rules = {}, severity: Severity = "warning"): string | undefined =>
      findHabits(
        many(rule, count).map((one) => ({ ...one, category: "correctness", severity })),
        new Map([[rule, {} as never]]),
        rules,
      ).reasonFor({ ...draft(rule, "a"), category: "correctness", severity });
    expect(reason("oxlint/oxc/erasing-op", 6)).toMatch(/6 places in 6 files/);
    expect(reason("oxlint/oxc/erasing-op", 5)).toBeUndefined();
    expect(reason("oxlint/oxc/erasing-op", 30, { "oxlint/oxc/erasing-op": "warning" })).toBeUndefined();
    expect(reason("oxlint/react/jsx-key", 30)).toBeUndefined();
    expect(reason("workflows/removed-runner", 30)).toBeUndefined();
    expect(reason("oxlint/for-direction", 30, {}, "error")).toBeUndefined();
  });

  it("takes names that Windows refuses for meant where there are several, secrets never", () => {
    const reason = (rule: string, count: number): string | undefined =>
      findHabits(many(rule, count), new Map([[rule, {} as never]]), {}).reasonFor(draft(rule, "a"));
    expect(reason("paths/not-portable", 3)).toBeDefined();
    expect(reason("paths/not-portable", 2)).toBeUndefined();
    expect(reason("secrets/private-key", 30)).toBeUndefined();
  });

  it("takes a name that is undefined in many files as given by their loader", () => {
    const message = "Undefined name `logger`.";
    expect(findHabits(many("ruff/F821", 3), new Map(), {}).reasonFor(draft("ruff/F821", "a", message))).toBeDefined();
    expect(findHabits(many("ruff/F821", 2), new Map(), {}).reasonFor(draft("ruff/F821", "a", message))).toBeUndefined();
  });
});
