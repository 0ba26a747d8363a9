import { describe, expect, it } from "vitest";
import {
  areaOf,
  breakingSigns,
  changesDependencies,
  roleOf,
  untestedFiles,
} from "../../../../src/actions/pr/change-facts.ts";
import type { ChangedFile } from "../../../../src/model/change.ts";

function changed(path: string, ...lines: readonly string[]): ChangedFile {
  const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length;
  const sides = { oldStart: 1, oldLines: count("-"), newStart: 1, newLines: count("+") };
  const counts = { additions: count("+"), deletions: count("-") };
  return { path, status: "modified", ...counts, isBinary: false, hunks: [{ ...sides, lines }] };
}
const signsOf = (...files: readonly ChangedFile[]): string[] => breakingSigns(files).map(({ what }) => what);

describe("facts of a change", () => {
  it.each([
    ["src/a.ts", "source", "src"],
    ["packages/web/src/a.test.tsx", "test", "packages/web"],
    ["tests/test_a.py", "test", "tests"],
    ["pkg/a_test.go", "test", "pkg"],
    ["README.md", "docs", "."],
    ["docs/conf.py", "docs", "docs"],
    [".github/workflows/ci.yml", "ci", ".github"],
    ["go.mod", "dependencies", "."],
    ["requirements-dev.txt", "dependencies", "."],
    ["requirements/dev.in", "dependencies", "requirements"],
    ["gradle/libs.versions.toml", "dependencies", "gradle"],
    ["app/contest.py", "source", "app"],
    [".eslintrc.json", "config", "."],
    ["logo.bin", "other", "."],
  ])("%s is %s in %s", (path, role, area) => {
    expect([roleOf(path), areaOf(path)]).toEqual([role, area]);
  });

  it.each([
    ["package.json", '+    "left-pad": "^1.3.0",', true],
    ["package.json", '+    "left-pad": "workspace:*",', true],
    ["package.json", '+  "version": "1.2.0",', false],
    ["package.json", '+    "lint": "next lint",', false],
    ["package.json", '+    "node": ">=22",', false],
    ["pyproject.toml", '+    "Django==5.2.16",', true],
    ["pyproject.toml", '+    "aiohttp",', true],
    ["pyproject.toml", '+requests = "^2.32"', true],
    ["pyproject.toml", '+version = "1.2.0"', false],
    ["pyproject.toml", "+line-length = 100", false],
    ["Cargo.toml", '+serde = { version = "1", features = ["derive"] }', true],
    ["Cargo.toml", '-edition = "2021"', false],
    ["pom.xml", "+      <artifactId>junit</artifactId>", true],
    ["pom.xml", "+    <url>https://example.org</url>", false],
    ["build.gradle.kts", '+    implementation("a.b:c:1.0")', true],
    ["build.gradle", "+  maxHeapSize = '1g'", false],
    ["src/App.csproj", '+    <PackageReference Include="X" Version="1" />', true],
    ["src/App.csproj", "+    <Nullable>enable</Nullable>", false],
    ["go.sum", "+example.org/x v1.0.0 h1:abc=", true],
    ["src/a.ts", '+const a = { "b": "1.0.0" };', false],
  ])("see in %s by %j whether dependencies change: %s", (path, line, is) => {
    expect(changesDependencies(changed(path, line))).toBe(is);
  });

  it("see names that are gone, not those that moved or were nobody's business", () => {
    expect(signsOf(changed("src/a.ts", "-export function gone() {"))).toEqual(["gone is declared no more"]);
    expect(signsOf(changed("src/a.ts", "-export function a() {"), changed("src/b.ts", "+export const a = 1;"))).toEqual(
      [],
    );
    expect(signsOf(changed("src/a.ts", "-function inner() {", "-  export const x = 1;"))).toEqual([]);
    expect(signsOf(changed("lib/_private.py", "-def gone():"), changed("lib/a.py", "-def _gone():"))).toEqual([]);
    expect(signsOf(changed("lib/a.py", "-def gone():", "-    def inner(self):"))).toEqual(["gone is declared no more"]);
    expect(
      signsOf(changed("scripts/a.ts", "-export function gone() {"), changed("internal/a.go", "-func Gone() {")),
    ).toEqual([]);
    expect(signsOf(changed("a.test.ts", "-export const gone = 1;"))).toEqual([]);
  });

  it("see what migrations drop and what the package raises", () => {
    expect(signsOf(changed("db/migrations/2.sql", "+ALTER TABLE a DROP COLUMN b;"))).toEqual([
      "a migration has DROP COLUMN",
    ]);
    expect(signsOf(changed("src/notes.ts", "+// DROP TABLE a"))).toEqual([]);
    expect(signsOf(changed("package.json", '-  "engines": { "node": ">=18" },'))).toEqual([
      "engines of the package changes",
    ]);
    expect(signsOf(changed("package.json", '-  "version": "1.0.0",'))).toEqual([]);
  });

  it("miss tests only where none speaks of the source", () => {
    const source = changed("src/deep/a.ts", ...Array.from({ length: 12 }, () => "+x"));
    const paths = (...files: readonly ChangedFile[]): string[] =>
      untestedFiles([source, ...files], 10).map(({ path }) => path);
    expect(paths()).toEqual(["src/deep/a.ts"]);
    expect(paths(changed("other/a.test.ts", "+1"))).toEqual([]);
    expect(paths(changed("other/b.test.ts", "+1"))).toEqual(["src/deep/a.ts"]);
    expect(paths(changed("test/b.ts", "+1"))).toEqual([]);
    expect(untestedFiles([source], 13)).toEqual([]);
  });
});
