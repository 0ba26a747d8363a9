/** Comments of secret scanners that accept a value where it stands; a repository that uses them has judged it. */

/** Where the comment is, as offsets. */
export interface Allowance {
  readonly start: number;
  readonly end: number;
}

export interface Allowances {
  /** What accepts a finding of this kind at this offset and line, if anything does. */
  find(kind: string, offset: number, line: number): Allowance | undefined;
}

const none: Allowances = { find: () => undefined };

const comments =
  /secretlint-(?<secretlint>disable-next-line|disable-line|disable|enable)(?<rules>[^\n\r]{0,300})|(?<line>gitleaks:allow|trufflehog:ignore|ggignore|pragma: ?(?:allow|white)list secret)|(?<next>pragma: ?(?:allow|white)list nextline secret)/g;

/** Secretlint's names of rules, as the start of our kinds' names, where they differ. */
const secretlintNames: Readonly<Record<string, string>> = {
  privatekey: "private-key",
  basicauth: "url-credentials",
  "database-connection-string": "database-url",
  "hashicorp-vault": "vault",
  "1password": "onepassword",
};

interface Accepted {
  readonly rules: readonly string[];
  readonly comment: Allowance;
}

interface Range extends Accepted {
  end: number;
}

/** `lineOf` gives the 1-based line of an offset. */
export function readAllowances(text: string, lineOf: (offset: number) => number): Allowances {
  const lines = new Map<number, Accepted[]>();
  const ranges: Range[] = [];
  for (const match of text.matchAll(comments)) {
    const comment = { start: match.index, end: match.index + match[0].trimEnd().length };
    const allowLine = (line: number, rules: readonly string[]): void => {
      const known = lines.get(line);
      if (known === undefined) lines.set(line, [{ rules, comment }]);
      else known.push({ rules, comment });
    };
    const { secretlint, rules: listed = "", line, next } = match.groups ?? {};
    if (line !== undefined) allowLine(lineOf(match.index), []);
    else if (next !== undefined) allowLine(lineOf(match.index) + 1, []);
    else {
      const rules = ruleNames(listed);
      if (secretlint === "disable-line") allowLine(lineOf(match.index), rules);
      else if (secretlint === "disable-next-line") allowLine(lineOf(match.index) + 1, rules);
      else if (secretlint === "disable") ranges.push({ rules, comment, end: Number.POSITIVE_INFINITY });
      else closeRanges(ranges, rules, match.index);
    }
  }
  if (lines.size === 0 && ranges.length === 0) return none;
  const covers = (rules: readonly string[], kind: string): boolean =>
    rules.length === 0 || rules.some((rule) => rule.startsWith("preset-") || kind.startsWith(rule));
  return {
    find: (kind, offset, line) =>
      (
        lines.get(line)?.find(({ rules }) => covers(rules, kind)) ??
        ranges.find(({ rules, comment, end }) => comment.start <= offset && offset < end && covers(rules, kind))
      )?.comment,
  };
}

function closeRanges(ranges: readonly Range[], rules: readonly string[], at: number): void {
  for (const range of ranges) {
    const isOpen = range.end === Number.POSITIVE_INFINITY;
    if (isOpen && (rules.length === 0 || range.rules.some((rule) => rules.includes(rule)))) range.end = at;
  }
}

/** `@secretlint/secretlint-rule-github, x -- reason` as `github` and `x`; the end of a block comment ends the list. */
function ruleNames(listed: string): string[] {
  const [names = ""] = listed.split(/--|\*\//, 1);
  return names
    .split(",")
    .map((name) => name.trim().replace(/^@secretlint\/secretlint-(?:rule-)?/, ""))
    .filter((name) => name !== "")
    .map((name) => secretlintNames[name] ?? name);
}
