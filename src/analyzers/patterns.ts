/** Structural rules through ast-grep: the pack that ships, and the repository's own in `.codeflow/rules/*.yml`. */
import type { FileAnalysis, FileAnalyzer, LoadContext } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import type { ReadyRule } from "./patterns/matching.ts";
import { packRules } from "./patterns/pack.ts";
import { toDefinition } from "./patterns/pattern-rule.ts";
import { isTestPath, type Language, languageOf } from "./trees/languages.ts";
import { type Syntax, syntaxVersion } from "./trees/tree.ts";

/** Parses of native trees between two returns to the event loop: it frees them, a loop that never returns piles them up. */
const parsesPerTurn = 20;

export const patterns: FileAnalyzer<Record<string, never>> = {
  kind: "file",
  id: "patterns",
  summary: "Finds security holes and mistakes by the shape of the code, with rules for eleven languages and your own.",
  version: `1+${syntaxVersion}`,
  profile: "fast",
  rules: packRules.map(toDefinition),
  openRules: true,
  configFiles: [".codeflow/rules/*.yml", ".codeflow/rules/*.yaml"],
  appliesTo: (file) => languageOf(file.path) !== undefined,
  load,
};

async function load(context: LoadContext<Record<string, never>>): Promise<FileAnalysis> {
  const ready: ReadyRule[] = readyPack().filter((rule) => context.isRuleOn(rule.id));
  if (context.config.length > 0) {
    const { readUserRules } = await import("./patterns/user-rules.ts");
    ready.push(...(await readUserRules(context.config, await startEngine())));
  }
  const byLanguage = new Map<Language, ReadyRule[]>();
  for (const rule of ready) byLanguage.set(rule.language, [...(byLanguage.get(rule.language) ?? []), rule]);
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

type Engine = Syntax & Pick<typeof import("./patterns/matching.ts"), "findMatches">;

async function startEngine(): Promise<Engine> {
  const [{ loadSyntax }, { findMatches }] = await Promise.all([
    import("./trees/tree.ts"),
    import("./patterns/matching.ts"),
  ]);
  return { ...(await loadSyntax()), findMatches };
}

/** The pack's rules, one for each language that they speak of. */
function readyPack(): ReadyRule[] {
  return packRules.flatMap((rule) =>
    rule.languages.map((language): ReadyRule => ({
      id: `patterns/${rule.name}`,
      language,
      config: { rule: rule.rule, ...(rule.constraints === undefined ? {} : { constraints: { ...rule.constraints } }) },
      message: rule.summary,
      keywords: rule.keywords,
      ...(rule.fix === undefined ? {} : { fix: rule.fix }),
      ...(rule.prefilter === undefined ? {} : { prefilter: rule.prefilter }),
      ...(rule.unless === undefined ? {} : { unless: rule.unless }),
      ...(rule.exemptTests === undefined ? {} : { exemptTests: true }),
    })),
  );
}

function mayMatch(rule: ReadyRule, path: string, text: string): boolean {
  if (rule.keywords.length > 0 && !rule.keywords.some((keyword) => text.includes(keyword))) return false;
  if (rule.accepts !== undefined && !rule.accepts(path)) return false;
  if (rule.exemptTests === true && isTestPath(path)) return false;
  if (rule.prefilter !== undefined && !rule.prefilter.test(text)) return false;
  return rule.unless === undefined || !rule.unless.test(text);
}
