/** Shell scripts: syntax, and mistakes that are certain from the text alone. */
import type { FileAnalyzer, FileEntry } from "../model/analyzer.ts";
import { SkipFile } from "../model/failure.ts";
import type { SourceFile } from "../model/source-file.ts";
import { shellRules } from "./shell/rules.ts";
import type { Dialect } from "./shell/syntax.ts";

const maxBytes = 512 * 1024;

/** Only asked of what does not parse: `--format '{{.Names}}'` is no template. */
const template = /\{%-?\s|\{\{[^}\n]*\}\}|<%[=\-#]?\s|^@\w+@$|%%\w+%%/m;

export const shell: FileAnalyzer = {
  kind: "file",
  id: "shell",
  summary: "Shell scripts (sh, bash, bats): syntax, tests that are always true, redirections that go elsewhere.",
  version: "sh-syntax-0.7.0+5",
  profile: "fast",
  rules: shellRules,
  appliesTo: (file: FileEntry) => file.mode.startsWith("100") && mayBeShell(file),
  async load({ isRuleOn }) {
    const [{ findSyntaxError }, { findPatterns }] = await Promise.all([
      import("./shell/syntax.ts"),
      import("./shell/patterns.ts"),
    ]);
    return {
      async analyze(source) {
        const dialect = dialectOf(source);
        if (dialect === undefined) return [];
        // `exec ruby -x "$0"`: the rest is another language's.
        if (/^exec\s[^\n]*\s-x\s+"?\$0|^#!(?![^\n]*sh\b)[^\n]*\b(?:ruby|perl|python\d?|node)\b/m.test(source.text))
          throw new SkipFile("two languages in one file");
        refuse(source);
        const syntax = await findSyntaxError(source, dialect);
        if (syntax === "unreadable") throw new SkipFile("nested too deep for the parser");
        if (syntax !== undefined && template.test(source.text)) throw new SkipFile("a template");
        const findings = findPatterns(source);
        if (syntax !== undefined && !isExpected(syntax.rule, source.path)) findings.push(syntax);
        if (source.text.startsWith("#!") && /^[^\n]*\r\n/.test(source.text)) {
          findings.push({
            rule: "shell/crlf",
            message: "The interpreter's name ends in a carriage return: the script does not start.",
            location: source.lineLocation(1),
          });
        }
        return findings.filter(({ rule }) => isRuleOn(rule));
      },
    };
  },
};

/** `/bin/sh` is bash on macOS; and inputs of tests are wrong on purpose. */
function isExpected(rule: string, path: string): boolean {
  return rule === "shell/bashism"
    ? /(?:darwin|macos|osx|[-_.]mac\b)[^/]*$/i.test(path)
    : /(?:^|\/)(?:fixtures?|__fixtures__|testdata|test-data)\//.test(path);
}

function mayBeShell(file: FileEntry): boolean {
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  if (/\.(?:sh|bash|bats)$/i.test(name) || /^\.(?:bashrc|bash_profile|bash_aliases|bash_logout|profile)$/.test(name))
    return true;
  // Programs without an ending say what they are in their first line.
  return file.mode === "100755" && !name.includes(".");
}

/** Undefined: no shell, or one whose language the parser does not know. */
function dialectOf(source: SourceFile): Dialect | undefined {
  const first = source.line(1);
  const interpreter = /^#!\s*(?:\/usr\/bin\/env\s+(?:-S\s+)?)?(?:\S*\/)?([\w.-]+)/.exec(first)?.[1];
  if (interpreter !== undefined) {
    if (/^(?:sh|dash|ash)$/.test(interpreter)) return "posix";
    if (interpreter === "bash") return source.path.endsWith(".bats") ? "bats" : "bash";
    return interpreter === "bats" ? "bats" : undefined;
  }
  if (/^#compdef\b|^#autoload\b/.test(first)) return undefined;
  if (/\.bats$/i.test(source.path)) return "bats";
  // Without a first line it is read into some other shell, most often bash; `.profile` into any.
  return /\.(?:sh|bash)$|(?:^|\/)\.[\w]+$/i.test(source.path) ? "bash" : undefined;
}

function refuse(source: SourceFile): void {
  if (source.bytes.length > maxBytes) throw new SkipFile(`larger than ${maxBytes / 1024} KiB`);
  if (!source.isUtf8) throw new SkipFile("not UTF-8");
  const payload = source.text.indexOf("\0");
  if (payload >= 0) throw new SkipFile("carries binary data");
  if (/[({]{300}|(?:\$\(){100}/.test(source.text)) throw new SkipFile("nested too deep for the parser");
  if (/^[^\n]{50000}/m.test(source.text)) throw new SkipFile("holds lines longer than people write");
  if (/^(?:setopt|autoload|zmodload|emulate)\b/m.test(source.text)) throw new SkipFile("zsh");
}
