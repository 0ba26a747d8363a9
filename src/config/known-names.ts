/** Checks the names that a configuration uses against the analyzers that exist, and the analyzers' own options. */
import type { Analyzer } from "../model/analyzer.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { closest } from "../model/closest.ts";
import { explainIssues, type KeySchema } from "./explain-issues.ts";
import { asPosition, type PositionedYaml, type YamlPath } from "./positioned-yaml.ts";
import type { ConfigInput } from "./schema.ts";

/** What the configuration needs to know about an analyzer. */
export type ConfigurableAnalyzer = Pick<Analyzer, "id" | "summary" | "rules" | "openRules" | "options">;

/** The options that were given, validated and completed, by analyzer. */
export type ResolvedOptions = Record<string, Record<string, unknown>>;

export async function checkAnalyzers(
  config: ConfigInput,
  analyzers: readonly ConfigurableAnalyzer[],
  document: PositionedYaml,
  file: string,
): Promise<{ options: ResolvedOptions; diagnostics: Diagnostic[] }> {
  const byId = new Map(analyzers.map((analyzer) => [analyzer.id, analyzer]));
  const options: ResolvedOptions = {};
  const diagnostics: Diagnostic[] = [];
  for (const [id, setting] of Object.entries(config.analyzers)) {
    const analyzer = byId.get(id);
    if (analyzer === undefined) {
      const near = closest(id, byId.keys());
      diagnostics.push({
        file,
        ...asPosition(document.range(["analyzers", id], "key")),
        severity: "error",
        code: "unknown-analyzer",
        message: `there is no analyzer "${id}"`,
        hint: near === undefined ? "codeflow analyzers list shows them all" : `did you mean "${near}"?`,
      });
      continue;
    }
    if (setting.options === undefined) continue;
    const path: YamlPath = ["analyzers", id, "options"];
    if (analyzer.options === undefined) {
      diagnostics.push({
        file,
        ...asPosition(document.range(path, "key")),
        severity: "error",
        code: "no-options",
        message: `${id} has no options`,
      });
      continue;
    }
    const { z } = await import("zod");
    const schema = (await analyzer.options.schema()) as import("zod").ZodType;
    const given = { ...(analyzer.options.defaults as Record<string, unknown>), ...setting.options };
    const result = schema.safeParse(given);
    if (result.success) options[id] = result.data as Record<string, unknown>;
    else {
      const keys = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as KeySchema;
      diagnostics.push(...explainIssues(result.error.issues, path, given, document, file, keys));
    }
  }
  return { options, diagnostics };
}

/**
 * Warnings only, and only where a near name shows a slip: findings may also come from imported reports, and an analyzer
 * may gain or lose a rule between versions.
 */
export function checkRuleNames(
  config: ConfigInput,
  analyzers: readonly ConfigurableAnalyzer[],
  document: PositionedYaml,
  file: string,
): Diagnostic[] {
  const byId = new Map(analyzers.map((analyzer) => [analyzer.id, analyzer]));
  const diagnostics: Diagnostic[] = [];
  const check = (pattern: string, path: YamlPath, part: "key" | "value"): void => {
    const [prefix = "", name = ""] = splitOnce(pattern);
    if (prefix.includes("*")) return;
    const analyzer = byId.get(prefix);
    let near: string | undefined;
    if (analyzer === undefined) {
      const id = closest(prefix, byId.keys());
      near = id === undefined ? undefined : `${id}/${name}`;
    } else if (!name.includes("*") && !analyzer.rules.some(({ id }) => id === pattern)) {
      const known = analyzer.rules.map(({ id }) => id);
      near = closest(pattern, known);
      // An engine with rules of its own may well have both.
      if (analyzer.openRules === true) near = undefined;
    }
    if (near === undefined) return;
    diagnostics.push({
      file,
      ...asPosition(document.range(path, part)),
      severity: "warning",
      code: "unknown-rule",
      message: `no analyzer has a rule "${pattern}"`,
      hint: `did you mean "${near}"?`,
    });
  };
  for (const rule of Object.keys(config.rules)) check(rule, ["rules", rule], "key");
  for (const [index, entry] of config.overrides.entries()) {
    for (const rule of Object.keys(entry.rules)) check(rule, ["overrides", index, "rules", rule], "key");
  }
  for (const [index, { rule }] of config.ignore.entries()) {
    if (rule !== undefined) check(rule, ["ignore", index, "rule"], "value");
  }
  for (const [index, { where }] of config.gate.entries()) {
    const names = where?.rule === undefined ? [] : [where.rule].flat();
    for (const [at, rule] of names.entries()) {
      const path: YamlPath = ["gate", index, "where", "rule"];
      check(rule, Array.isArray(where?.rule) ? [...path, at] : path, "value");
    }
  }
  return diagnostics;
}

function splitOnce(pattern: string): [string, string] {
  const at = pattern.indexOf("/");
  return at === -1 ? [pattern, ""] : [pattern.slice(0, at), pattern.slice(at + 1)];
}
