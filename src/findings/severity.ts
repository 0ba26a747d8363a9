/** Which rules are on, and how severe they are, after configuration. */
import type { Config, RuleSetting } from "../model/config.ts";
import type { Severity } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";
import { createPathMatcher, createRuleMatcher, type PathMatcher } from "./globs.ts";

export interface RuleResolver {
  /**
   * Explicit settings first (an exact id turns a rule on, `off` turns it off; a pattern only sets the severity of what
   * is on anyway, or turns it off), else `recommended`, else (a rule without definition) on. Without a path: whether it
   * is on for at least one path.
   */
  isOn(rule: string, path?: string): boolean;
  /** True when a setting says `off`: for engines that choose their rules themselves, by the repository's own settings. */
  isOff(rule: string, path: string): boolean;
  /** Rules of an analyzer that settings name exactly and do not turn off for this path, sorted. */
  namedOf(analyzer: string, path: string): readonly string[];
  /** The configured severity, else `fallback`. */
  severityOf(rule: string, path: string, fallback: Severity): Severity;
}

interface Setting {
  readonly setting: RuleSetting;
  readonly isExact: boolean;
}

/** Settings of one place (top level, or one override) as a lookup. */
type Lookup = (rule: string) => Setting | undefined;

export function createRuleResolver(
  config: Pick<Config, "rules" | "overrides">,
  definitions: ReadonlyMap<string, RuleDefinition>,
): RuleResolver {
  const general = createLookup(config.rules);
  const overrides: { readonly applies: PathMatcher; readonly lookup: Lookup }[] = config.overrides.map((override) => ({
    applies: createPathMatcher(override.files),
    lookup: createLookup(override.rules),
  }));
  const named = [...new Set([config.rules, ...config.overrides.map(({ rules }) => rules)].flatMap(Object.keys))]
    .filter((rule) => !rule.includes("*"))
    .sort();
  // Paths under the same overrides share one set of answers, so a rule is resolved once per such set, not per finding.
  const answers = new Map<string, Map<string, Setting | undefined>>();
  const overridesByPath = new Map<string, string>();

  function applicable(path: string): string {
    if (overrides.length === 0) return "";
    let key = overridesByPath.get(path);
    if (key === undefined) {
      key = overrides.flatMap((override, index) => (override.applies(path) ? [index] : [])).join(",");
      overridesByPath.set(path, key);
    }
    return key;
  }

  function resolve(rule: string, key: string): Setting | undefined {
    let byRule = answers.get(key);
    if (byRule === undefined) answers.set(key, (byRule = new Map()));
    if (byRule.has(rule)) return byRule.get(rule);
    let setting = general(rule);
    if (key !== "") {
      // An override that says anything about the rule beats the top level, and a later override an earlier one, like in
      // every tool that has overrides; specificity decides only within one place.
      for (const index of key.split(",")) setting = overrides[Number(index)]?.lookup(rule) ?? setting;
    }
    byRule.set(rule, setting);
    return setting;
  }

  function isOnBy(rule: string, setting: Setting | undefined): boolean {
    if (setting?.setting === "off") return false;
    return setting?.isExact === true || (definitions.get(rule)?.recommended ?? true);
  }

  return {
    isOn(rule, path) {
      if (path !== undefined) return isOnBy(rule, resolve(rule, applicable(path)));
      return (
        isOnBy(rule, resolve(rule, "")) ||
        overrides.some(({ lookup }) => {
          const setting = lookup(rule);
          return setting !== undefined && isOnBy(rule, setting);
        })
      );
    },
    namedOf: (analyzer, path) =>
      named.filter((rule) => {
        if (!rule.startsWith(`${analyzer}/`)) return false;
        const setting = resolve(rule, applicable(path));
        return setting?.isExact === true && setting.setting !== "off";
      }),
    isOff: (rule, path) => resolve(rule, applicable(path))?.setting === "off",
    severityOf(rule, path, fallback) {
      const setting = resolve(rule, applicable(path))?.setting;
      return setting === undefined || setting === "off" ? fallback : setting;
    },
  };
}

function createLookup(rules: Readonly<Record<string, RuleSetting>>): Lookup {
  const exact = new Map<string, Setting>();
  const wild: { readonly matches: (rule: string) => boolean; readonly weight: number; readonly setting: Setting }[] =
    [];
  for (const [pattern, setting] of Object.entries(rules)) {
    if (pattern.includes("*")) {
      const weight = pattern.replaceAll("*", "").length;
      wild.push({ matches: createRuleMatcher([pattern]), weight, setting: { setting, isExact: false } });
    } else exact.set(pattern, { setting, isExact: true });
  }
  // Most specific (most literal characters) first; among equals the one written later.
  wild.reverse();
  wild.sort((a, b) => b.weight - a.weight);
  return (rule) => exact.get(rule) ?? wild.find(({ matches }) => matches(rule))?.setting;
}
