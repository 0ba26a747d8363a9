/** The one schema of `codeflow.yml`. Imported lazily: zod costs start-up time. */
import { z } from "zod";
import { profiles } from "../model/analyzer.ts";
import { assigneeSources, issueGroupings, trackerIds } from "../model/config.ts";
import { categories, severities } from "../model/finding.ts";
import { reportFormats } from "../model/report.ts";
import { defaultConfig } from "./defaults.ts";
import { noticesSchema } from "./notices-schema.ts";

const glob = z
  .string()
  .min(1, "expected a glob, found an empty text")
  .refine((text) => !text.startsWith("./") && !text.startsWith("../") && !text.startsWith("/"), {
    error: "paths are relative to the repository's root: leave out the leading / or ./",
  })
  .describe("A glob, relative to the repository's root.");

const globs = z.array(glob);

/** A file inside the repository: a pull request's configuration must not name one outside of it. */
const insidePath = z
  .string()
  .min(1, "expected a path, found an empty text")
  .refine((text) => !/^([/\\~]|[A-Za-z]:)/.test(text) && !text.split(/[/\\]/).includes(".."), {
    error: "expected a path inside the repository, relative to its root",
  });

const durationPattern = /^(\d+(?:\.\d+)?)\s*(s|m|h)$/;
const secondsOf = { s: 1, m: 60, h: 3_600 } as const;

const duration = z
  .union([
    z.number().positive("expected more than 0 seconds"),
    z.string().regex(durationPattern, 'expected seconds or a duration such as "90s", "5m" or "1h"'),
  ])
  .describe('Seconds, or a duration such as "90s", "5m" or "1h".');

export function durationSeconds(value: number | string): number {
  if (typeof value === "number") return value;
  const match = durationPattern.exec(value);
  const unit = match?.[2] as keyof typeof secondsOf | undefined;
  if (match === null || unit === undefined) throw new RangeError(`not a duration: ${value}`);
  return Number(match[1]) * secondsOf[unit];
}

export const ruleSetting = z.enum([...severities, "off"]).describe("Severity of the rule's findings, or off.");

const rulePattern = z
  .string()
  .regex(/^(\*|[^/\s]+\/\S+)$/, "a rule is named analyzer/rule-name; * matches within it, as in ruff/*");

const rules = z.record(rulePattern, ruleSetting);

function oneOrMore<Item extends z.ZodType>(item: Item): z.ZodUnion<[Item, z.ZodArray<Item>]> {
  return z.union([item, z.array(item).min(1, "expected at least one")]);
}

const gateCondition = z
  .strictObject({
    metric: z
      .string()
      .min(1, "expected the name of a metric")
      .default("findings")
      .describe("findings counts findings; any other name is a metric of the run, such as duplication.percent."),
    of: z
      .enum(["new", "all", "changed"])
      .optional()
      .describe("Which findings are counted: new ones, all that are not suppressed, or those in the change."),
    where: z
      .strictObject({
        severity: oneOrMore(z.enum(severities)).optional(),
        category: oneOrMore(z.enum(categories)).optional(),
        analyzer: oneOrMore(z.string().min(1)).optional(),
        rule: oneOrMore(z.string().min(1)).optional().describe("Rule ids; * matches within them."),
        path: oneOrMore(glob).optional(),
      })
      .optional()
      .describe("Counts only the findings for which all of this holds."),
    max: z.number().optional().describe("The condition holds when the value is at most this."),
    min: z.number().optional().describe("The condition holds when the value is at least this."),
  })
  .superRefine((condition, context) => {
    if (condition.max === undefined && condition.min === undefined) {
      context.addIssue({ code: "custom", path: [], message: "a condition needs max or min" });
    }
    if (condition.max !== undefined && condition.min !== undefined && condition.max < condition.min) {
      context.addIssue({ code: "custom", path: ["max"], message: "max is below min: no value can hold" });
    }
    if (condition.metric === "findings") return;
    for (const key of ["of", "where"] as const) {
      if (condition[key] === undefined) continue;
      context.addIssue({
        code: "custom",
        path: [key],
        message: `"${key}" selects findings; ${condition.metric} has none`,
      });
    }
  });

const ignoreEntry = z
  .strictObject({
    rule: z.string().min(1).optional().describe("Rule id or pattern; every rule when absent."),
    paths: globs.min(1, "expected at least one glob").optional().describe("Globs; every path when absent."),
    reason: z
      .string()
      .refine((text) => text.trim() !== "", { error: "a reason must say something" })
      .describe("Why this is acceptable. Required."),
    until: z.iso
      .date("expected a date such as 2026-12-31")
      .optional()
      .describe("The entry stops counting after this day (UTC)."),
  })
  .superRefine((entry, context) => {
    if (entry.rule === undefined && entry.paths === undefined) {
      context.addIssue({
        code: "custom",
        path: [],
        message: "an entry needs rule or paths: without both it hides everything",
      });
    }
  });

export const analyzerSetting = z.strictObject({
  enabled: z.boolean().optional().describe("false: never run it; true: run it whatever the profile."),
  required: z
    .boolean()
    .optional()
    .describe(
      "When it is missing, crashes or runs out of time, the verdict is incomplete even for a tool of the repository's own.",
    ),
  timeout: duration.optional(),
  options: z.record(z.string(), z.unknown()).optional().describe("Options of the analyzer's own."),
});

const name = z.string().min(1, "expected a name, found an empty text");

const issueSettings = z.strictObject({
  tracker: z.enum(trackerIds).default(defaultConfig.issues.tracker).describe("Where the issues are."),
  group: z
    .enum(issueGroupings)
    .default(defaultConfig.issues.group)
    .describe("What the findings of one issue have in common."),
  "min-severity": z
    .enum(severities)
    .default(defaultConfig.issues.minSeverity)
    .describe("Findings below it are in no issue."),
  "min-findings": z
    .int()
    .min(1, "expected at least 1")
    .default(defaultConfig.issues.minFindings)
    .describe("Smaller groups share one issue, unless there is an error or something of security in them."),
  "max-issues": z
    .int()
    .min(1, "expected at least 1")
    .max(100, "expected at most 100")
    .default(defaultConfig.issues.maxIssues)
    .describe("At most so many issues; the last one holds what is left over."),
  labels: z
    .array(name)
    .min(1, "expected at least one: the issues are found by it")
    .default([...defaultConfig.issues.labels])
    .describe("Labels of every issue, beside its category."),
  assign: z
    .union([z.enum([...assigneeSources, "none"]), z.array(z.enum([...assigneeSources, "none"]))])
    .default([...defaultConfig.issues.assign])
    .describe(
      "Who is assigned, asked in this order until one names somebody: codeowners (of most of the files), blame (who wrote most of the lines on the default branch), none (ends the search).",
    ),
  linear: z
    .strictObject({
      team: name.describe("The team's key, such as ENG."),
      project: name.optional().describe("Name of the project that new issues go to."),
      states: z
        .strictObject({ open: name.optional(), completed: name.optional(), canceled: name.optional() })
        .optional()
        .describe("Names of the team's states; the first one of each kind unless said."),
    })
    .optional()
    .describe("Where in Linear the issues go."),
});

const login = z
  .string()
  .regex(/^@?[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?$/, "expected the login of a person on the code host, such as ann")
  .describe("A person's login.");

const commandSettings = z.strictObject({
  allow: z
    .array(login)
    .min(1, "expected at least one: leave allow out to let everybody with write access command")
    .optional()
    .describe("Only these people may command, and only with write access: being listed gives no permission."),
  deny: z.array(login).default([]).describe("These people may not command, whatever else says so."),
});

export const configSchema = z.strictObject({
  profile: z
    .enum(profiles)
    .default(defaultConfig.profile)
    .describe("How much runs: fast (bundled, per file), smart, comprehensive (all that applies), ai."),
  exclude: globs.default([]).describe("Paths that are not looked at."),
  generated: globs.default([]).describe("Generated files, on top of what is recognised: their findings do not count."),
  vendored: globs
    .default([])
    .describe("Other people's files, on top of what is recognised: their findings do not count."),
  rules: rules
    .default({})
    .describe(
      "Severity by rule id or pattern; the most specific pattern wins, the later one among equals. A rule's own id also turns it on where it is off by default: rules of CodeFlow, and every rule of oxlint and ruff (oxlint/no-console, ruff/E711), whatever the repository's settings for them select. A pattern turns nothing on.",
    ),
  overrides: z
    .array(z.strictObject({ files: globs.min(1, "expected at least one glob"), rules }))
    .default([])
    .describe("Rules for some files; later entries win."),
  analyzers: z.record(z.string(), analyzerSetting).default({}).describe("Settings by analyzer."),
  ignore: z.array(ignoreEntry).default([]).describe("Findings that are accepted, each with a reason."),
  gate: z
    .array(gateCondition)
    .default(defaultConfig.gate as z.output<typeof gateCondition>[])
    .describe("What must hold for the check to pass. Replaces the default: no new error, no new secret."),
  baseline: insidePath.default(defaultConfig.baseline).describe("Where the accepted findings are kept."),
  reports: z
    .array(z.strictObject({ format: z.enum(reportFormats), path: insidePath }))
    .default([])
    .describe("Reports that every check writes."),
  timeout: duration
    .default(defaultConfig.timeoutSeconds)
    .describe('Time for the whole check: seconds, or such as "10m".'),
  history: z
    .strictObject({ enabled: z.boolean().default(true).describe("Keep finished runs in the local history.") })
    .default(defaultConfig.history)
    .describe("The local history of runs."),
  issues: issueSettings.prefault({}).describe("How codeflow issues sync makes issues of findings."),
  notices: noticesSchema,
  commands: commandSettings
    .prefault({})
    .describe("Who may use /codeflow commands in comments. Read from the base branch of the pull request."),
});

export type ConfigInput = z.output<typeof configSchema>;
