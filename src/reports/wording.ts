/** The words that every format for people uses: counts, times, gate conditions, names of a run's parts. */
import type { CheckRun } from "../model/check-run.ts";
import type { GateCondition } from "../model/gate.ts";
import { severities, type Finding } from "../model/finding.ts";

const irregular: Readonly<Record<string, string>> = { entry: "entries", directory: "directories" };

/** `1 error`, `2 errors`, `1,204 files`. */
export function count(number: number, noun: string): string {
  return `${formatNumber(number)} ${number === 1 ? noun : (irregular[noun] ?? `${noun}s`)}`;
}

/** Groups of three digits; at most two decimals. The same everywhere: reports do not follow a machine's locale. */
export function formatNumber(number: number): string {
  if (!Number.isFinite(number)) return String(number);
  const rounded = Math.round(number * 100) / 100;
  const [whole = "0", decimals] = String(rounded).split(".");
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `3 errors, 12 warnings`; severities without findings are left out. */
export function countSeverities(findings: readonly Finding[]): string {
  const parts: string[] = [];
  for (const severity of severities) {
    const number = findings.filter((finding) => finding.severity === severity).length;
    if (number > 0) parts.push(count(number, severity));
  }
  return parts.join(", ");
}

/** What a condition measures: `new errors`, `findings in the change of secrets`, `duplication.percent`. */
export function describeCondition({ metric, of, where }: GateCondition): string {
  if (metric !== "findings") return metric;
  const severity = list(where?.severity);
  const category = list(where?.category);
  const analyzer = list(where?.analyzer);
  const rule = list(where?.rule);
  const path = list(where?.path);
  // With no severity named, findings are counted whatever theirs is.
  const noun = severity === undefined ? "findings" : severity.map((name) => `${name}s`).join(" or ");
  return [
    of === "new" ? "new" : undefined,
    category?.join(" or "),
    noun,
    analyzer === undefined ? undefined : `of ${analyzer.join(" or ")}`,
    rule === undefined ? undefined : `of ${rule.join(" or ")}`,
    path === undefined ? undefined : `in ${path.join(" or ")}`,
    of === "changed" ? "on changed lines" : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(" ");
}

function list(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : typeof value === "string" ? [value] : value;
}

/** `at most 0`, `at least 80`, `between 1 and 3`. */
export function describeThreshold({ max, min }: GateCondition): string {
  if (max !== undefined && min !== undefined) return `between ${formatNumber(min)} and ${formatNumber(max)}`;
  if (max !== undefined) return `at most ${formatNumber(max)}`;
  return min === undefined ? "no threshold" : `at least ${formatNumber(min)}`;
}

/** What was looked at: `the whole repository`, `what is staged`, `the change since main`. */
export function describeScope({ scope }: CheckRun): string {
  if (scope.kind === "all") return "the whole repository";
  return scope.kind === "staged" ? "what is staged" : `the change since ${scope.baseName}`;
}

export interface SkippedGroup {
  readonly names: readonly string[];
  readonly reason: string;
}

/** Analyzers that did not run, those with the same reason together, in order of first appearance. */
export function groupByReason(analyzers: CheckRun["analyzers"]): readonly SkippedGroup[] {
  const groups = new Map<string, string[]>();
  for (const { id, reason } of analyzers) {
    const key = generalise(id, reason ?? "no reason was given");
    const names = groups.get(key);
    if (names === undefined) groups.set(key, [id]);
    else names.push(id);
  }
  return [...groups].map(([reason, names]) => ({ names, reason }));
}

/** Takes the analyzer's own name off a reason, so that `eslint is not installed` and `ruff is not installed` meet. */
function generalise(id: string, reason: string): string {
  // An executable may have another name than its analyzer: whatever "is not" or "is neither" here is the tool.
  const prefix = new RegExp(
    `^(?:${id.replace(/[^a-z0-9]/gi, "\\$&")}:?\\s+(?:(?:is|was)\\s+)?|\\S+\\s+is\\s+(?=not\\b|neither\\b))`,
    "i",
  );
  return reason.replace(prefix, "").replace(/\.$/, "");
}

/** Files that no analyzer could judge fully, counted by reason, most first. */
export function skippedFileReasons(run: CheckRun): readonly (readonly [reason: string, files: number])[] {
  const files = new Map<string, Set<string>>();
  for (const analyzer of run.analyzers) {
    for (const { path, reason } of analyzer.skippedFiles) {
      const paths = files.get(reason);
      if (paths === undefined) files.set(reason, new Set([path]));
      else paths.add(path);
    }
  }
  return [...files].map(([reason, paths]) => [reason, paths.size] as const).sort((a, b) => b[1] - a[1]);
}

/** Only web addresses become links: a `javascript:` or `file:` address from an imported report must not. */
export function safeUrl(url: string | undefined): string | undefined {
  if (url === undefined || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined;
  return new URL(url).href;
}

/** A repository-relative path as a relative URI reference, each segment escaped. */
export function pathToUri(path: string): string {
  return path
    .toWellFormed()
    .split("/")
    .map((segment) =>
      encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join("/");
}
