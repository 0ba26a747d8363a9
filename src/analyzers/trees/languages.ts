/** Which language a file is written in, by name, for the analyzers that read syntax trees. */

export const languages = [
  "javascript",
  "typescript",
  "tsx",
  "css",
  "html",
  "bash",
  "c",
  "cpp",
  "csharp",
  "go",
  "java",
  "kotlin",
  "php",
  "python",
  "ruby",
  "rust",
] as const;
export type Language = (typeof languages)[number];

const byExtension: ReadonlyMap<string, Language> = new Map([
  ["js", "javascript"],
  ["jsx", "javascript"],
  ["mjs", "javascript"],
  ["cjs", "javascript"],
  ["ts", "typescript"],
  ["mts", "typescript"],
  ["cts", "typescript"],
  ["tsx", "tsx"],
  ["css", "css"],
  ["html", "html"],
  ["htm", "html"],
  ["sh", "bash"],
  ["bash", "bash"],
  ["c", "c"],
  // Headers are parsed as C++, whose grammar accepts nearly all of C; the C grammar accepts no class.
  ["h", "cpp"],
  ["cc", "cpp"],
  ["cpp", "cpp"],
  ["cxx", "cpp"],
  ["hh", "cpp"],
  ["hpp", "cpp"],
  ["hxx", "cpp"],
  ["cs", "csharp"],
  ["go", "go"],
  ["java", "java"],
  ["kt", "kotlin"],
  ["kts", "kotlin"],
  ["php", "php"],
  ["py", "python"],
  ["pyi", "python"],
  ["rb", "ruby"],
  ["rake", "ruby"],
  ["gemspec", "ruby"],
  ["rs", "rust"],
]);

/** Undefined for a file in no language that has a grammar here. */
export function languageOf(path: string): Language | undefined {
  const dot = path.lastIndexOf(".");
  if (dot === -1) return undefined;
  return byExtension.get(path.slice(dot + 1).toLowerCase());
}

const testPath =
  /(?:^|\/)(?:[Tt]ests?|specs?|__tests__|__mocks__|testing|test[-_]?data|testutils?|fixtures?|e2e|cypress|mocks?|stories|testsuite|[^/]*vuln(?:erable|serv)[^/]*|[^/]*[-._][Tt]ests?|androidTest|[a-z]+Test)\/|[._-](?:tests?|spec|e2e|cy|stories)\.[A-Za-z]+$|(?:^|\/)(?:test_[^/]*|conftest|tests)\.py$|(?:^|\/)tests?\.rs$|(?:^|\/)test_[^/]*\.(?:sh|bash|rb|php|c|cc|cpp)$|Tests?\.(?:java|kt|cs|php)$|Spec\.(?:kt|scala|js|ts)$/;

/** Whether a path is a test's, by the naming habits of the languages above. */
export function isTestPath(path: string): boolean {
  return testPath.test(path);
}
