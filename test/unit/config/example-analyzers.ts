/** Analyzers as the configuration sees them, for its tests. */
import type { ConfigurableAnalyzer } from "../../../src/config/known-names.ts";

const rule = (id: string) =>
  ({ id, summary: `Breaks ${id}.`, category: "correctness", severity: "warning", recommended: true }) as const;

export const exampleAnalyzers: readonly ConfigurableAnalyzer[] = [
  { id: "ruff", summary: "Python.", rules: [rule("ruff/F401")], openRules: true },
  { id: "secrets", summary: "Secrets.", rules: [rule("secrets/aws-key"), rule("secrets/private-key")] },
  {
    id: "complexity",
    summary: "Complexity.",
    rules: [rule("complexity/cognitive")],
    options: {
      defaults: { limit: 15, mode: "strict" },
      schema: async () => {
        const { z } = await import("zod");
        return z.strictObject({
          limit: z.number().int().positive().describe("Highest allowed value."),
          mode: z.enum(["strict", "lenient"]),
        });
      },
    },
  },
];
