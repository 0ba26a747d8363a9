/** Runs a list of structural rules over files, parsing only those that a rule may match. */
import type { FileAnalysis } from "../../model/analyzer.ts";
import type { RawFinding } from "../../model/finding.ts";
import type { RuleDefinition } from "../../model/rule.ts";
import { isTestPath, type Language, languageOf } from "../trees/languages.ts";
import type { Syntax } from "../trees/tree.ts";
import type { ReadyRule } from "./matching.ts";
import type { PatternRule } from "./pattern-rule.ts";

/** Parses of native trees between two returns to the event loop: it frees them, a loop that never returns piles them up. */
const parsesPerTurn = 20;

/** The rules as the registry lists them. */
export function toDefinitions(analyzer: string, rules: readonly PatternRule[]): RuleDefinition[] {
  return rules.map((rule) => ({
    id: `${analyzer}/${rule.name}`,
    summary: rule.summary,
    category: rule.category,
    severity: rule.severity,
    recommended: rule.optional !== true,
    rationale: [
      rule.rationale,
      `Reported:\n\n\`\`\`\n${rule.bad[0] ?? ""}\n\`\`\``,
      ...(rule.good[0] === undefined ? [] : [`Not reported:\n\n\`\`\`\n${rule.good[0]}\n\`\`\``]),
    ].join("\n\n"),
    ...(rule.cwe === undefined ? {} : { helpUrl: `https://cwe.mitre.org/data/definitions/${rule.cwe}.html` }),
  }));
}

/** The rules ready to be matched, one for each language that they speak of. */
export function toReadyRules(analyzer: string, rules: readonly PatternRule[]): ReadyRule[] {
  return rules.flatMap((rule) =>
    rule.languages.map((language): ReadyRule => ({
      id: `${analyzer}/${rule.name}`,
      language,
      config: { rule: rule.rule, ...(rule.constraints === undefined ? {} : { constraints: { ...rule.constraints } }) },
      message: rule.summary,
      keywords: rule.keywords,
      ...(rule.fix === undefined ? {} : { fix: rule.fix }),
      ...(rule.prefilter === undefined ? {} : { prefilter: rule.prefilter }),
      ...(rule.unless === undefined ? {} : { unless: rule.unless }),
      ...(rule.exemptTests === undefined ? {} : { exemptTests: true }),
      ...(rule.exemptExplained === undefined ? {} : { exemptExplained: true }),
      ...(rule.silencedBy === undefined ? {} : { silencedBy: rule.silencedBy }),
    })),
  );
}

export function createPatternAnalysis(rules: readonly ReadyRule[]): FileAnalysis {
  const byLanguage = new Map<Language, ReadyRule[]>();
  for (const rule of rules) byLanguage.set(rule.language, [...(byLanguage.get(rule.language) ?? []), rule]);
  let parses = 0;
  // Started by the first file that a rule may match: most files hold no rule's keyword.
  let engine: Engine | undefined;
  return {
    async analyze(source) {
      const language = languageOf(source.path);
      if (language === undefined) return [];
      const candidates = (byLanguage.get(language) ?? []).filter((rule) => mayMatch(rule, source.path, source.text));
      if (candidates.length === 0) return [];
      if (++parses % parsesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
      engine ??= await startEngine();
      const root = engine.parse(source, language);
      if (root === undefined) return [];
      const findings: RawFinding[] = [];
      for (const rule of candidates) findings.push(...engine.findMatches(rule, root, source));
      return findings;
    },
  };
}

type Engine = Syntax & Pick<typeof import("./matching.ts"), "findMatches">;

async function startEngine(): Promise<Engine> {
  const [{ loadSyntax }, { findMatches }] = await Promise.all([import("../trees/tree.ts"), import("./matching.ts")]);
  return { ...(await loadSyntax()), findMatches };
}

function mayMatch(rule: ReadyRule, path: string, text: string): boolean {
  if (rule.keywords.length > 0 && !rule.keywords.some((keyword) => text.includes(keyword))) return false;
  if (rule.accepts !== undefined && !rule.accepts(path)) return false;
  if (rule.exemptTests === true && isTestPath(path)) return false;
  if (rule.prefilter !== undefined && !rule.prefilter.test(text)) return false;
  return rule.unless === undefined || !rule.unless.test(text);
}
