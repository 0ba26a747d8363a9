/** Which rules are on, and how severe they are, after configuration. */
import type { Config } from "../model/config.ts";
import type { Severity } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";

export interface RuleResolver {
  /**
   * Explicit settings first (an exact id turns a rule on, `off` turns it off; a pattern only sets the severity of what
   * is on anyway, or turns it off), else `recommended`, else (a rule without definition) on. Without a path: whether it
   * is on for at least one path.
   */
  isOn(rule: string, path?: string): boolean;
  /** True when a setting says `off`: for engines that choose their rules themselves, by the repository's own settings. */
  isOff(rule: string, path: string): boolean;
  /** The configured severity, else `fallback`. */
  severityOf(rule: string, path: string, fallback: Severity): Severity;
}

export function createRuleResolver(
  _config: Pick<Config, "rules" | "overrides">,
  _definitions: ReadonlyMap<string, RuleDefinition>,
): RuleResolver {
  throw new Error("not built yet");
}
