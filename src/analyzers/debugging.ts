/** Leftover debugging: breakpoints, focused tests, output that says nothing but "here". */
import type { FileAnalyzer } from "../model/analyzer.ts";
import { leftoverRules } from "./debugging/leftovers.ts";
import { createPatternAnalysis, toDefinitions, toReadyRules } from "./patterns/pattern-analysis.ts";
import { languageOf } from "./trees/languages.ts";
import { syntaxVersion } from "./trees/tree.ts";

/** Where printing "here" or stopping is the point. */
const shown = /(?:^|\/)(?:docs?|examples?|samples?|demos?|playgrounds?|tutorials?|bench(?:marks?)?|snippets?|debug)\//i;

export const debugging: FileAnalyzer<Record<string, never>> = {
  kind: "file",
  id: "debugging",
  summary: "Finds what was left behind after debugging: breakpoints, focused tests, output that only says `here`.",
  version: `3+${syntaxVersion}`,
  profile: "fast",
  rules: toDefinitions("debugging", leftoverRules),
  appliesTo: (file) => languageOf(file.path) !== undefined && !shown.test(file.path),
  load: async ({ isRuleOn }) =>
    createPatternAnalysis(toReadyRules("debugging", leftoverRules).filter((rule) => isRuleOn(rule.id))),
};
