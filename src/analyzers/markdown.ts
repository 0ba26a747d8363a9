/** Markdown by markdownlint, with the repository's own markdownlint settings read as data. */
import type { FileAnalyzer, FileEntry } from "../model/analyzer.ts";
import { SkipFile } from "../model/failure.ts";
import { codeNames, dataNames } from "./markdown/config.ts";
import { defaultConfiguration, markdownRules, worthParsing } from "./markdown/rules.ts";

/** The parser takes three seconds a megabyte. */
const maxBytes = 256 * 1024;

export const markdown: FileAnalyzer = {
  kind: "file",
  id: "markdown",
  summary: "Markdown: links that lead nowhere, broken tables; by markdownlint.",
  version: "markdownlint-0.42.1+4",
  profile: "fast",
  rules: markdownRules,
  openRules: true,
  configFiles: [...dataNames, ...codeNames, ".markdownlintignore"],
  // The documentation of releases that are out is kept as it was; inputs of tests are what they are.
  appliesTo: (file: FileEntry) =>
    file.mode.startsWith("100") &&
    /\.(?:md|markdown)$/i.test(file.path) &&
    !/(?:^|\/)(?:versioned_docs|testdata|test-data|__fixtures__|fixtures?)\//.test(file.path),
  async load({ config, isRuleOn }) {
    const { readRepositoryConfig } = await import("./markdown/config.ts");
    const repository = await readRepositoryConfig(config);
    return {
      async analyze(source) {
        const configuration = repository.configurationFor(source.path);
        if (configuration === "ignored") return [];
        if (configuration === "code") {
          throw new SkipFile("markdownlint is configured by a program, which is not executed");
        }
        // A changelog is history, often written by a tool; projects leave it out where they call markdownlint.
        if (
          /(?:^|\/)(?:changelog|changes|history|releases?|news)[^/]*\.(?:md|markdown)$|(?:^|\/)(?:release|changelog)[-_ ]?notes?\//i.test(
            source.path,
          )
        )
          return [];
        if (configuration === undefined) {
          if (!worthParsing.test(source.text)) return [];
        }
        if (source.bytes.length > maxBytes) throw new SkipFile(`larger than ${maxBytes / 1024} KiB`);
        if (!source.isUtf8) throw new SkipFile("not UTF-8");
        if (source.text.includes("\0")) throw new SkipFile("binary");
        if (isNestedDeep(source.text)) throw new SkipFile("nested too deep");
        const { lintMarkdown } = await import("./markdown/engine.ts");
        const findings = lintMarkdown(source, configuration ?? defaultConfiguration, configuration !== undefined);
        return configuration === undefined ? findings.filter(({ rule }) => isRuleOn(rule)) : findings;
      },
    };
  },
};

/** Quotes, lists and brackets beyond any text that people write: the parser's time grows with their square. */
function isNestedDeep(text: string): boolean {
  return (
    /^(?:[ \t]*(?:>|[-*+] |\d+[.)] )){50}/m.test(text) ||
    /[[(]{200}|[*_`<]{2000}/.test(text) ||
    /^[^\n]{100000}/m.test(text)
  );
}
