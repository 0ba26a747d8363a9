import { describe, expect, it } from "vitest";
import { classifyIssue } from "../../../../src/actions/issue/urgency.ts";

const classified = (title: string, body = "", ...labels: string[]): string => {
  const { category, priority } = classifyIssue({ title, body, labels });
  return `${category} ${priority}`;
};

describe("issues", () => {
  it.each([
    ["SQL injection in search", "security high"],
    ["CVE-2026-1234 in a dependency", "security high"],
    ["Start is slow since 2.0", "performance medium"],
    ["Crash when the list is empty", "correctness medium"],
    ["Typo in the README", "documentation low"],
    ["Inconsistent indentation and formatting", "style low"],
    ["Feature request: dark mode", "feature low"],
    ["How can I turn it off?", "question low"],
    ["Production is down after the update fails", "correctness urgent"],
    ["Hello", "other low"],
  ])("%s: %s", (title, expected) => {
    expect(classified(title)).toBe(expected);
  });

  it("are judged by a person's label before any word, and not by logs", () => {
    expect(classified("It is slow and crashes", "", "documentation")).toBe("documentation low");
    expect(classified("Hello", "```\nError: crash, exception\n```\n> fails\n`error`")).toBe("other low");
  });

  it("are read in no time, however long", () => {
    const start = performance.now();
    for (const piece of ["> ", "```\n", "<!--", "bump a ", "would like "])
      classified("x", piece.repeat(65_536 / piece.length));
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
