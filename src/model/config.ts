/** The resolved configuration: what `codeflow.yml` means after defaults. */
import type { Profile } from "./analyzer.ts";
import type { CommandPolicy } from "./command-policy.ts";
import type { Severity } from "./finding.ts";
import type { GateCondition } from "./gate.ts";

export type RuleSetting = Severity | "off";

export interface AnalyzerSetting {
  readonly enabled?: boolean;
  /** Missing, crashed or timed out makes the verdict incomplete even for one of the repository's own tools. */
  readonly required?: boolean;
  readonly timeoutSeconds?: number;
  /** Validated by the analyzer's own schema. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface IgnoreEntry {
  /** Rule id or pattern; every rule when absent. */
  readonly rule?: string;
  /** Globs; every path when absent. */
  readonly paths?: readonly string[];
  readonly reason: string;
  /** ISO date; the entry stops counting after that day (UTC). */
  readonly until?: string;
}

/** What the findings of one tracker issue have in common. */
export const issueGroupings = ["rule", "file", "package"] as const;
export type IssueGrouping = (typeof issueGroupings)[number];

export const trackerIds = ["github", "linear"] as const;
export type TrackerId = (typeof trackerIds)[number];

export const assigneeSources = ["codeowners", "blame"] as const;
export type AssigneeSource = (typeof assigneeSources)[number];

/** How findings become issues of a tracker. */
export interface IssueSettings {
  readonly tracker: TrackerId;
  readonly group: IssueGrouping;
  /** Findings below it are in no issue. */
  readonly minSeverity: Severity;
  /** Smaller groups are together in one issue, unless there is an error or something of security in them. */
  readonly minFindings: number;
  /** At most so many; the last one holds what is left over. */
  readonly maxIssues: number;
  /** Put on every issue, beside its category. */
  readonly labels: readonly string[];
  /** Asked in this order until one names somebody; empty: nobody is assigned. */
  readonly assign: readonly AssigneeSource[];
  readonly linear?: {
    /** Its key: `ENG`. */
    readonly team: string;
    /** Name of the project that new issues go to. */
    readonly project?: string;
    /** Names of the team's states, where the first of their kind is not meant. */
    readonly states?: {
      readonly open?: string;
      readonly completed?: string;
      readonly canceled?: string;
    };
  };
}

/** Of what is told; everything when absent. */
interface NoticeFilter {
  readonly severities?: readonly ("error" | "warning" | "info" | "success")[];
  readonly events?: readonly string[];
}

/** Who is told what and when. Tokens are the environment's, never the configuration's. */
export interface NoticesConfig {
  readonly slack: NoticeFilter & {
    readonly channel?: string;
    readonly routes: readonly (NoticeFilter & { readonly channel: string })[];
  };
  readonly axolo: NoticeFilter & { readonly name: string };
  /** By name; `secret` is the name of an environment variable. */
  readonly webhooks: Readonly<Record<string, NoticeFilter & { readonly url: string; readonly secret: string }>>;
  readonly "quiet-hours"?: {
    readonly from: string;
    readonly to: string;
    readonly timezone: string;
    readonly days: readonly string[];
    readonly except: readonly ("error" | "warning" | "info" | "success")[];
  };
  readonly "allow-code": boolean;
}

export interface Config {
  readonly profile: Profile;
  /** Globs of paths that are not looked at. */
  readonly exclude: readonly string[];
  /** Globs of generated and of vendored files, on top of what is recognised. */
  readonly generated: readonly string[];
  readonly vendored: readonly string[];
  /** By rule id or pattern (`ruff/*`); the most specific pattern wins, later ones among equals. */
  readonly rules: Readonly<Record<string, RuleSetting>>;
  readonly overrides: readonly {
    readonly files: readonly string[];
    readonly rules: Readonly<Record<string, RuleSetting>>;
  }[];
  readonly analyzers: Readonly<Record<string, AnalyzerSetting>>;
  readonly ignore: readonly IgnoreEntry[];
  readonly gate: readonly GateCondition[];
  /** Repository-relative. */
  readonly baseline: string;
  readonly reports: readonly { readonly format: string; readonly path: string }[];
  /** Seconds for the whole check. */
  readonly timeoutSeconds: number;
  readonly history: { readonly enabled: boolean };
  readonly issues: IssueSettings;
  readonly notices: NoticesConfig;
  /** Who may command on pull requests, on top of the permission that the code host tells. */
  readonly commands: Pick<CommandPolicy, "allow" | "deny">;
}
