/** Reads CODEOWNERS files as GitHub does (and GitLab's sections on request) and says who owns a path. Pure. */

/** Where GitHub looks, in this order; the first that exists counts. */
export const codeownersPaths = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;
/** GitHub ignores a larger file altogether. */
export const codeownersMaxBytes = 3 * 1024 * 1024;

export type CodeownersDialect = "github" | "gitlab";

export interface OwnerRule {
  readonly pattern: string;
  /** `@login`, `@org/team` or a mail address; empty: nobody owns it, on purpose. */
  readonly owners: readonly string[];
  readonly line: number;
  /** GitLab's `[Section]`. */
  readonly section?: string;
  readonly isOptional?: boolean;
}

export interface CodeownersMistake {
  readonly line: number;
  readonly message: string;
}

export interface Ownership {
  /** Each once, in the order of the file. */
  readonly owners: readonly string[];
  /** The rule that decided; with sections, one of each section. */
  readonly rules: readonly OwnerRule[];
}

export interface Codeowners {
  readonly rules: readonly OwnerRule[];
  /** Lines that were skipped, and why; GitHub skips them too. */
  readonly mistakes: readonly CodeownersMistake[];
  ownersOf(path: string): Ownership;
}

export function parseCodeowners(text: string, options: { readonly dialect?: CodeownersDialect } = {}): Codeowners {
  const mistakes: CodeownersMistake[] = [];
  if (Buffer.byteLength(text) > codeownersMaxBytes) {
    mistakes.push({
      line: 1,
      message: "the file is larger than 3 MB: GitHub does not read it, so nobody owns anything",
    });
    return { rules: [], mistakes, ownersOf: () => ({ owners: [], rules: [] }) };
  }
  const isGitlab = options.dialect === "gitlab";
  const rules: OwnerRule[] = [];
  let section: { name: string; isOptional: boolean; owners: readonly string[] } | undefined;
  for (const [index, written] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const content = written.trim();
    if (content === "" || content.startsWith("#")) continue;
    if (isGitlab) {
      const header = /^(\^)?\[([^\]]+)\](?:\[\d+\])?\s*(.*)$/.exec(content);
      if (header !== null) {
        const owners = withoutComment(splitWords(header[3] ?? ""));
        section = { name: (header[2] ?? "").trim(), isOptional: header[1] !== undefined, owners };
        continue;
      }
    }
    const [pattern = "", ...rest] = splitWords(content);
    const refusal = patternMistake(pattern);
    if (refusal !== undefined) {
      mistakes.push({ line, message: refusal });
      continue;
    }
    const owners = withoutComment(rest);
    const wrong = owners.find((owner) => !isOwner(owner, isGitlab));
    if (wrong !== undefined) {
      mistakes.push({
        line,
        message: `${wrong} is neither @login, @organisation/team nor a mail address; the line is skipped`,
      });
      continue;
    }
    rules.push({
      pattern,
      owners: owners.length === 0 && section !== undefined ? section.owners : owners,
      line,
      ...(section === undefined ? {} : { section: section.name, isOptional: section.isOptional }),
    });
  }
  const compiled = rules.map((rule) => ({ rule, expression: compilePattern(rule.pattern) }));
  return {
    rules,
    mistakes,
    ownersOf(path) {
      const decided = new Map<string, OwnerRule>();
      for (const { rule, expression } of compiled) {
        // Sections of one name are one, whatever its case. The last match wins within each.
        if (expression.test(path)) decided.set((rule.section ?? "").toLowerCase(), rule);
      }
      const winners = [...decided.values()];
      return { owners: [...new Set(winners.flatMap(({ owners }) => owners))], rules: winners };
    },
  };
}

/** At white space that is not escaped; `\ ` is a space of the path. */
function splitWords(text: string): string[] {
  return [...text.matchAll(/(?:\\.|[^\s\\]|\\$)+/g)].map(([word]) => word);
}

function withoutComment(words: readonly string[]): string[] {
  const comment = words.findIndex((word) => word.startsWith("#"));
  return comment < 0 ? [...words] : words.slice(0, comment);
}

/** https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
function patternMistake(pattern: string): string | undefined {
  if (pattern.startsWith("!")) return "`!` does not take paths out in CODEOWNERS; the line is skipped";
  if (pattern.startsWith("\\#")) return "a pattern cannot start with `\\#`; the line is skipped";
  if (/(?<!\\)[[\]]/.test(pattern)) return "`[ ]` is no range of characters in CODEOWNERS; the line is skipped";
  if (pattern.includes("***")) return "`***` is no pattern; the line is skipped";
  return undefined;
}

function isOwner(owner: string, isGitlab: boolean): boolean {
  if (/^@[A-Za-z0-9][\w-]*(?:\/[\w.-]+)?$/.test(owner)) return true;
  // GitLab nests groups and names roles.
  if (isGitlab && /^@@?[\w.-]+(?:\/[\w.-]+)*$/.test(owner)) return true;
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(owner);
}

/** gitignore's rules, but for a last `*`: it matches files of that folder and does not reach into folders below. */
function compilePattern(pattern: string): RegExp {
  const isFolder = pattern.endsWith("/");
  const body = pattern.replace(/^\/+/, "").replace(/\/+$/, "");
  if (body === "") return /^/;
  const isAnchored = pattern.startsWith("/") || body.includes("/");
  const segments = body.split("/");
  let source = isAnchored ? "^" : "^(?:.*/)?";
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === "**") {
      source += isLast ? ".+" : "(?:.*/)?";
      continue;
    }
    source += compileSegment(segment);
    if (!isLast) source += "/";
  }
  const last = segments.at(-1) ?? "";
  if (isFolder) source += "/.*";
  else if (last !== "**" && !(last === "*" && segments.length > 1)) source += "(?:/.*)?";
  return new RegExp(`${source}$`, "s");
}

function compileSegment(segment: string): string {
  let source = "";
  for (let at = 0; at < segment.length; at++) {
    const one = segment[at] ?? "";
    if (one === "\\" && at + 1 < segment.length) source += escapeLiteral(segment[++at] ?? "");
    else if (one === "*") {
      // `a**b` within a segment is an ordinary star.
      while (segment[at + 1] === "*") at++;
      source += "[^/]*";
    } else source += one === "?" ? "[^/]" : escapeLiteral(one);
  }
  return source;
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
