/** Turns matches of a structural rule into findings: place, message, fix. */
import type { NapiConfig, SgNode } from "@ast-grep/napi";
import type { RawFinding, Severity, Category, Suggestion, SuggestionSafety } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import type { Language } from "../trees/languages.ts";

/** A rule ready to be matched, from the pack or from the repository's own files. */
export interface ReadyRule {
  readonly id: string;
  readonly language: Language;
  readonly config: NapiConfig;
  /** May name `$VARIABLES` of the rule. */
  readonly message: string;
  readonly fix?: { readonly message: string; readonly template: string; readonly safety: SuggestionSafety };
  /** A file must hold one of these, when there are any. */
  readonly keywords: readonly string[];
  readonly prefilter?: RegExp;
  readonly unless?: RegExp;
  readonly exemptTests?: boolean;
  readonly exemptExplained?: boolean;
  readonly silencedBy?: RegExp;
  /** Paths that the rule is limited to; undefined for all. */
  readonly accepts?: (path: string) => boolean;
  /** For rules without a definition of their own. */
  readonly severity?: Severity;
  readonly category?: Category;
  readonly helpUrl?: string;
}

/** Findings of one rule in one tree. */
export function findMatches(rule: ReadyRule, root: SgNode, source: SourceFile): RawFinding[] {
  const findings: RawFinding[] = [];
  let lastStart = -1;
  for (const node of root.findAll(rule.config)) {
    const { start, end } = node.range();
    // `a + b + c` holds `a + b`: both begin at the same place and say the same.
    if (start.index === lastStart) continue;
    lastStart = start.index;
    if (rule.silencedBy?.test(source.line(source.position(start.index).line)) === true) continue;
    if (rule.exemptExplained === true && isExplained(source, source.position(start.index).line)) continue;
    const suggestion = rule.fix === undefined ? undefined : suggest(rule.fix, node, start.index, end.index, source);
    findings.push({
      rule: rule.id,
      message: fill(rule.message, node, 60),
      // A match over many lines is pointed at by its first, which is what identifies it.
      location: source.location(start.index, firstLineEnd(source.text, start.index, end.index)),
      ...(rule.severity === undefined ? {} : { severity: rule.severity }),
      ...(rule.category === undefined ? {} : { category: rule.category }),
      ...(rule.helpUrl === undefined ? {} : { helpUrl: rule.helpUrl }),
      ...(suggestion === undefined ? {} : { suggestions: [suggestion] }),
    });
  }
  return findings;
}

/** Words of people who know what they switch off; other tools' directives to be quiet about it. */
const explanation =
  /(?:\/\/|#|\/\*|^\s*\*|--).*(?:\bno(?:sec|lint|sonar|qa|semgrep|inspection)\b|lgtm|codeql|insecure|self-?signed|verif|unsafe|danger|intentional|on purpose|deliberate|trusted|localhost|loopback)/i;
const loopback = /\b127\.0\.0\.1\b|\blocalhost\b|\[::1\]/;

/** Looks at the line and the three before it. */
function isExplained(source: SourceFile, line: number): boolean {
  for (let at = Math.max(1, line - 3); at <= line; at++) {
    const text = source.line(at);
    if (explanation.test(text) || loopback.test(text)) return true;
  }
  return false;
}

function firstLineEnd(text: string, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 13) return i;
  }
  return end;
}

function suggest(
  fix: NonNullable<ReadyRule["fix"]>,
  node: SgNode,
  start: number,
  end: number,
  source: SourceFile,
): Suggestion | undefined {
  if (!source.isUtf8) return undefined;
  return {
    message: fix.message,
    safety: fix.safety,
    edits: [source.edit(start, end, fill(fix.template, node, undefined))],
  };
}

/** Replaces `$NAME` and `$$$NAME` by what they matched; with a limit, for messages, on one short line. */
function fill(template: string, node: SgNode, limit: number | undefined): string {
  if (!template.includes("$")) return template;
  return template.replaceAll(/\$\$\$([A-Z_][A-Z0-9_]*)|\$([A-Z_][A-Z0-9_]*)/g, (whole, many: string, one: string) => {
    let text: string | undefined;
    if (many === undefined) text = node.getMatch(one)?.text() ?? node.getTransformed(one) ?? undefined;
    else {
      const nodes = node.getMultipleMatches(many);
      const first = nodes[0];
      const last = nodes.at(-1);
      const whole = node.text();
      const offset = node.range().start.index;
      text =
        first === undefined || last === undefined
          ? ""
          : whole.slice(first.range().start.index - offset, last.range().end.index - offset);
    }
    if (text === undefined) return whole;
    if (limit === undefined) return text;
    const short = text.replaceAll(/\s+/g, " ");
    return short.length > limit ? `${short.slice(0, limit)}…` : short;
  });
}
