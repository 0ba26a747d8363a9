/** Structural rules through ast-grep: the pack that ships, and the repository's own in `.codeflow/rules/*.yml`. */
import type { FileAnalyzer } from "../model/analyzer.ts";
import { packRules } from "./patterns/pack.ts";
import { createPatternAnalysis, toDefinitions, toReadyRules } from "./patterns/pattern-analysis.ts";
import { languageOf } from "./trees/languages.ts";
import { syntaxVersion } from "./trees/tree.ts";

export const patterns: FileAnalyzer<Record<string, never>> = {
  kind: "file",
  id: "patterns",
  summary: "Finds security holes and mistakes by the shape of the code, with rules for twelve languages and your own.",
  version: `3+${syntaxVersion}`,
  profile: "fast",
  rules: toDefinitions("patterns", packRules),
  openRules: true,
  configFiles: [".codeflow/rules/*.yml", ".codeflow/rules/*.yaml"],
  appliesTo: (file) => languageOf(file.path) !== undefined,
  async load(context) {
    const rules = toReadyRules("patterns", packRules).filter((rule) => context.isRuleOn(rule.id));
    if (context.config.length > 0) {
      const [{ readUserRules }, { loadSyntax }] = await Promise.all([
        import("./patterns/user-rules.ts"),
        import("./trees/tree.ts"),
      ]);
      rules.push(...(await readUserRules(context.config, await loadSyntax())));
    }
    return createPatternAnalysis(rules);
  },
};
