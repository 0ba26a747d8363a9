/** GitHub's reading of CODEOWNERS, pattern by pattern, and GitLab's sections. */
import { describe, expect, it } from "vitest";
import { codeownersMaxBytes, parseCodeowners } from "../../../src/project/codeowners.ts";

const matches = (pattern: string, path: string): boolean =>
  parseCodeowners(`${pattern} @owner`).ownersOf(path).owners.length === 1;

describe("patterns", () => {
  it.each([
    ["*", "a.txt", true],
    ["*", "deep/down/a.txt", true],
    ["*.js", "src/app.js", true],
    ["*.js", "src/app.jsx", false],
    ["/build/logs/", "build/logs/today.log", true],
    ["/build/logs/", "build/logs/deep/today.log", true],
    ["/build/logs/", "other/build/logs/today.log", false],
    ["docs/*", "docs/start.md", true],
    ["docs/*", "docs/build/start.md", false],
    ["docs/*", "other/docs/start.md", false],
    ["apps/", "apps/a.ts", true],
    ["apps/", "packages/apps/deep/a.ts", true],
    ["apps/", "apps", false],
    ["/docs/", "docs/a.md", true],
    ["/docs/", "src/docs/a.md", false],
    ["docs", "docs/a.md", true],
    ["docs", "src/docs", true],
    ["/scripts", "scripts/run.sh", true],
    ["/scripts", "scripts2/run.sh", false],
    ["**/logs", "build/logs/a.log", true],
    ["**/logs", "deep/down/logs/b/a.log", true],
    ["src/**/test", "src/test/a.ts", true],
    ["src/**/test", "src/a/b/test/a.ts", true],
    ["src/**", "src/a/b.ts", true],
    ["src/**", "src", false],
    ["a?c.txt", "abc.txt", true],
    ["a?c.txt", "a/c.txt", false],
    ["my\\ file.txt", "my file.txt", true],
    ["README.md", "readme.md", false],
    ["a.b", "axb", false],
  ])("%s and %s: %s", (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });
});

describe("lines", () => {
  it("lets the last match win, also one without owners", () => {
    const file = parseCodeowners("* @all\n/src/ @ann @bob # people\n/src/gen/\n");
    expect(file.ownersOf("a").owners).toEqual(["@all"]);
    expect(file.ownersOf("src/a").owners).toEqual(["@ann", "@bob"]);
    expect(file.ownersOf("src/gen/a")).toEqual({ owners: [], rules: [{ pattern: "/src/gen/", owners: [], line: 3 }] });
  });

  it("skips what GitHub cannot read, and says so", () => {
    const file = parseCodeowners("!a @x\n[ab].txt @x\n\\#a @x\nb nobody\nc @x/y/z\n* @fine someone@example.invalid\n");
    expect(file.mistakes.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
    expect(file.ownersOf("b").owners).toEqual(["@fine", "someone@example.invalid"]);
  });

  it("owns nothing when the file is too large", () => {
    const file = parseCodeowners(`* @all\n${"#".repeat(codeownersMaxBytes)}`);
    expect(file.ownersOf("a").owners).toEqual([]);
    expect(file.mistakes).toHaveLength(1);
  });

  it("reads a byte order mark and Windows line ends", () => {
    expect(parseCodeowners("\ufeff*.ts @a\r\n*.md @b\r\n").ownersOf("x.ts").owners).toEqual(["@a"]);
  });
});

describe("sections of GitLab", () => {
  const text = "* @all\n[Docs][2] @writers\n*.md\n^[Style] @style\n*.css @css\n[docs]\n/a.md @ann\n";

  it("decides in each of them, names without regard to case", () => {
    const file = parseCodeowners(text, { dialect: "gitlab" });
    expect(file.ownersOf("b.md").owners).toEqual(["@all", "@writers"]);
    expect(file.ownersOf("a.md").owners).toEqual(["@all", "@ann"]);
    expect(file.ownersOf("a.css").rules.at(-1)).toMatchObject({ section: "Style", isOptional: true, owners: ["@css"] });
  });

  it("are mistakes to GitHub", () => {
    expect(parseCodeowners(text).mistakes.map(({ line }) => line)).toEqual([2, 4, 6]);
  });
});
