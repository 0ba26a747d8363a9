/** markdownlint on one file, and its answers as findings. */
import { lint } from "markdownlint/sync";
import type { Configuration, LintError } from "markdownlint";
import type { RawFinding, Suggestion } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { helpUrl, markdownRules } from "./rules.ts";

const known = new Set(markdownRules.map(({ id }) => id));

/** `configured`: the repository chose the rules. */
export function lintMarkdown(source: SourceFile, configuration: object, configured: boolean): RawFinding[] {
  const results = lint({
    strings: { content: source.text },
    config: configuration as Configuration,
  });
  const headings = configured ? undefined : looseHeadings(source.text);
  const anchors = (): ReadonlySet<string> => (loosely ??= looseHeadings(source.text));
  let loosely = headings;
  const labels = new Set<string>();
  const tableRows = new Set(
    (results["content"] ?? []).filter(({ ruleNames }) => ruleNames[0] === "MD056").map(({ lineNumber }) => lineNumber),
  );
  return (results["content"] ?? [])
    .filter((error) => {
      // `<!-- markdownlint-enable MD013 -->` ends a pause; it does not bring back what the configuration has off.
      if (isOff(error, configuration)) return false;
      if (headings === undefined && !isChosen(error, configuration)) return false;
      if (error.ruleNames[0] === "MD051" && (isTemplate(source.text) || isKeptByOthers(source))) return false;
      if (error.ruleNames[0] === "MD056") {
        // A table is wrong once, not once a row; missing cells are shown as empty ones, which is how rows get headings.
        return !tableRows.has(error.lineNumber - 1) && /too many/i.test(error.errorDetail ?? "");
      }
      if (headings === undefined) return error.ruleNames[0] !== "MD051" || !namesAHeading(error, source, anchors());
      if (error.ruleNames[0] === "MD052") return isForgottenLabel(error, source, labels);
      // In mdBook's table of contents a chapter without an address is one still to be written.
      if (error.ruleNames[0] === "MD042" && /(?:^|\/)SUMMARY\.md$/.test(source.path)) return false;
      // mkdocstrings and its like make the anchors of what `:::` names.
      if (error.ruleNames[0] === "MD051" && /^:::\s*\S/m.test(source.text)) return false;
      return !namesAHeading(error, source, headings);
    })
    .map((error) => toFinding(error, source));
}

/**
 * Whether a configuration means this rule: it names it or `default`, or the rule is one of our own. A file that only
 * switches two rules off is most often there for an editor, and says nothing about the other fifty.
 */
function isChosen(error: LintError, configuration: object): boolean {
  if (known.has(`markdown/${error.ruleNames[0]}`)) return true;
  const named = new Set(Object.keys(configuration).map((key) => key.toLowerCase()));
  return named.has("default") || error.ruleNames.some((name) => named.has(name.toLowerCase()));
}

function isOff(error: LintError, configuration: object): boolean {
  const names = new Set(error.ruleNames.map((name) => name.toLowerCase()));
  return Object.entries(configuration).some(([key, value]) => value === false && names.has(key.toLowerCase()));
}

/** Written by a bot, or translated on a site whose links still name the original's headings. */
function isKeptByOthers({ path, text }: SourceFile): boolean {
  return text.includes("ALL-CONTRIBUTORS-LIST") || /(?:^|\/)[a-z]{2,3}-[A-Z]{2}\//.test(path);
}

/** Headings may come from what is filled in. */
function isTemplate(text: string): boolean {
  return /\{%-? |\[% |<%[-=] |\{\{< /.test(text);
}

function toFinding(error: LintError, source: SourceFile): RawFinding {
  const code = error.ruleNames[0] ?? "unknown";
  const rule = `markdown/${code}`;
  const start = source.offset(error.lineNumber, error.errorRange?.[0] ?? 1);
  const line = source.lineLocation(error.lineNumber);
  const length = error.errorRange?.[1];
  const location =
    length === undefined
      ? line
      : source.location(start, Math.min(start + length, source.offset(line.startLine, line.endColumn)));
  const detail = [error.errorDetail, error.errorContext].filter(Boolean).join(" in ");
  const suggestion = fixOf(error, source);
  return {
    rule,
    message: plainMessage(code, error, source) ?? `${error.ruleDescription}${detail === "" ? "" : `: ${detail}`}.`,
    location,
    ...(known.has(rule)
      ? {}
      : { severity: "info" as const, category: "style" as const, helpUrl: helpUrl(code.toLowerCase()) }),
    ...(suggestion === undefined ? {} : { suggestions: [suggestion] }),
  };
}

/** In our words for the rules that are on by themselves: markdownlint says what should be, not what is wrong. */
function plainMessage(code: string, error: LintError, source: SourceFile): string | undefined {
  if (code === "MD042") return "The link has no address.";
  if (code === "MD051") {
    const fragment = fragmentOf(error, source);
    return fragment === undefined ? undefined : `No heading of this document gives \`#${fragment}\`.`;
  }
  if (code === "MD052") {
    const label = /"(.+)"$/.exec(error.errorDetail ?? "")?.[1];
    return label === undefined ? undefined : `The label \`${label}\` is not defined: this is shown as it is written.`;
  }
  if (code === "MD056") {
    const counts = /Expected: (\d+); Actual: (\d+); Too many/.exec(error.errorDetail ?? "");
    return counts === null
      ? undefined
      : `The row has ${counts[2]} cells, the table ${counts[1]} columns: the last are not shown.`;
  }
  return undefined;
}

function fixOf(error: LintError, source: SourceFile): Suggestion | undefined {
  const fix = error.fixInfo;
  if (fix === null || fix === undefined || !source.isUtf8) return undefined;
  const number = fix.lineNumber ?? error.lineNumber;
  const start = source.offset(number, fix.editColumn ?? 1);
  const wholeLine = fix.deleteCount === -1;
  const end = wholeLine ? source.offset(number + 1, 1) : start + (fix.deleteCount ?? 0);
  const from = wholeLine ? source.offset(number, 1) : start;
  const lineEnd = /\r\n/.test(source.text) ? "\r\n" : "\n";
  const text = wholeLine ? "" : (fix.insertText ?? "").replaceAll(/\r?\n/g, lineEnd);
  return { message: error.ruleDescription, safety: "safe", edits: [source.edit(from, end, text)] };
}

/** Headings and explicit anchors by letters and digits alone: site generators agree on nothing else. */
function looseHeadings(text: string): Set<string> {
  const names = new Set<string>();
  let previous = "";
  for (const line of text.split(/\r\n|\r|\n/)) {
    const heading = /^\s{0,3}(?:>\s*)?#{1,6}\s+(.*?)\s*#*\s*$/.exec(line)?.[1];
    if (heading !== undefined) {
      const explicit = /\{\s*#([\w:.-]+)[^}]*\}\s*$/.exec(heading)?.[1];
      if (explicit !== undefined) names.add(loose(explicit));
      names.add(loose(heading.replaceAll(/\{[^}]*\}\s*$|\]\([^)]*\)|<[^>]*>/g, "")));
      names.add(loose(heading));
    }
    if (/^\s{0,3}(?:=+|-+)\s*$/.test(line)) names.add(loose(previous));
    for (const anchor of line.matchAll(/\b(?:id|name)\s*=\s*["']?([^"'\s>]+)|\{:?[^}\n]*#([\w:.-]+)[^}\n]*\}/g)) {
      names.add(loose(anchor[1] ?? anchor[2] ?? ""));
    }
    previous = line;
  }
  return names;
}

function loose(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    // Not percent-encoded after all.
    return fragment;
  }
}

/**
 * Whether an undefined label is a mistake: `labels` are those already reported. Where a document defines no label at
 * all, `[RFC4279][RFC6347]` and `[0][1]` are texts in brackets, and a template engine may write the definitions.
 */
function isForgottenLabel(error: LintError, source: SourceFile, labels: Set<string>): boolean {
  if (/\{%|\{\{/.test(source.text) || !/^ {0,3}\[[^\]\n]+\]:\s*\S/m.test(source.text)) return false;
  const label = error.errorDetail ?? "";
  if (labels.has(label)) return false;
  labels.add(label);
  return true;
}

function fragmentOf(error: LintError, source: SourceFile): string | undefined {
  const start = source.offset(error.lineNumber, error.errorRange?.[0] ?? 1);
  // The link may go on in the next line.
  const fragment = /\]\(\s*<#([^>\n]*)>|\]\(\s*#([^)\s]*)|\]:\s*<?#([^\s>]*)/.exec(
    source.text.slice(start, start + 400),
  );
  return fragment?.[1] ?? fragment?.[2] ?? fragment?.[3];
}

function namesAHeading(error: LintError, source: SourceFile, headings: ReadonlySet<string>): boolean {
  if (error.ruleNames[0] !== "MD051") return false;
  const name = fragmentOf(error, source);
  if (name === undefined || name === "" || /^L\d|^readme$/.test(name)) return true;
  // GitHub puts this before the names that it shows.
  const decoded = decode(name).replace(/^user-content-/, "");
  // Repeated headings are numbered.
  const wanted = loose(decoded);
  return wanted === "" || headings.has(wanted) || headings.has(loose(decoded.replace(/[-_]\d+$/, "")));
}
