import { describe, expect, it } from "vitest";
import { createPathDecider, createPathMatcher, createRuleMatcher } from "../../../src/findings/globs.ts";

describe("createPathMatcher", () => {
  it.each([
    ["*.min.js", "a/b.min.js", true],
    ["*.min.js", "a/b.js", false],
    ["fixtures", "test/fixtures/a.ts", true],
    ["fixtures", "test/fixtures", true],
    ["fixtures", "test/fixtures2/a.ts", false],
    ["src/gen", "src/gen/a.ts", true],
    ["src/gen", "lib/src/gen/a.ts", false],
    ["/gen", "gen/a.ts", true],
    ["/gen/", "gen/a.ts", true],
    ["gen/", "gen", false],
    ["gen/", "src/gen/a.ts", true],
    ["src/**/*.ts", "src/a.ts", true],
    ["src/**/*.ts", "src/x/y/a.ts", true],
    ["src/**", "src/x/y/a.ts", true],
    ["**/*.ts", ".github/a.ts", true],
    ["./src/a.ts", "src/a.ts", true],
    ["a.{js,ts}", "x/a.ts", true],
    [".", "anything/at/all", true],
    ["", "anything", false],
  ])("%s on %s: %s", (pattern, path, expected) => {
    expect(createPathMatcher([pattern])(path)).toBe(expected);
  });

  it("lets the last pattern that matches decide", () => {
    const decide = createPathDecider(["vendor", "!vendor/ours", "vendor/ours/not-this.ts"]);
    expect(decide("vendor/a.ts")).toBe(true);
    expect(decide("vendor/ours/a.ts")).toBe(false);
    expect(decide("vendor/ours/not-this.ts")).toBe(true);
    expect(decide("src/a.ts")).toBeUndefined();
    expect(createPathMatcher([])("a")).toBe(false);
  });
});

describe("createRuleMatcher", () => {
  it("matches ids and patterns, and nothing by accident", () => {
    const matches = createRuleMatcher(["a/b", "ruff/S*", "*/no-eval"]);
    expect(["a/b", "ruff/S101", "oxlint/no-eval", "oxlint/x/no-eval"].every(matches)).toBe(true);
    expect(["a/bc", "ruff/E1", "aruff/S1", "oxlint/no-eval2"].some(matches)).toBe(false);
    expect(createRuleMatcher(["a.b/*"])("axb/c")).toBe(false);
    expect(createRuleMatcher(["*"])("any/thing")).toBe(true);
  });
});
