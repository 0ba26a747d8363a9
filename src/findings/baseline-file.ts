/** The text of `.codeflow/baseline.jsonl`: one JSON object a line, sorted, easy to merge and to read in a diff. */
import type { BaselineAllowance, BaselineEntry } from "../model/baseline.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { type FindingIdentity, type Severity, severities } from "../model/finding.ts";

/** The whole file: entries, and the allowances that were imported from other tools. */
export interface Baseline {
  readonly entries: readonly BaselineEntry[];
  readonly allowances: readonly BaselineAllowance[];
}

export interface ParsedBaseline {
  readonly baseline: Baseline;
  readonly diagnostics: readonly Diagnostic[];
}

/** Sorted by path, rule, fingerprint; one JSON object a line; empty text for an empty baseline. */
export function serializeBaseline(baseline: Baseline): string {
  // Allowances first: a file that starts with them says at once that not all of it is ours.
  return [...sortAllowances(baseline.allowances).map(writeAllowance), ...sortEntries(baseline.entries).map(writeEntry)]
    .map((line) => `${line}\n`)
    .join("");
}

/** Keys in a fixed order, what a person looks for first. */
function writeEntry({ path, rule, severity, message, reason, fingerprint, identity }: BaselineEntry): string {
  const { text, before, after, core, flow } = identity;
  return JSON.stringify({
    path,
    rule,
    severity,
    message,
    ...(reason === undefined ? {} : { reason }),
    fingerprint,
    identity: {
      text,
      before,
      after,
      ...(core === undefined ? {} : { core }),
      ...(flow === undefined ? {} : { flow }),
    },
  });
}

function writeAllowance({ path, rule, count, source }: BaselineAllowance): string {
  return JSON.stringify({ path, rule, count, source });
}

/** Never throws; lines that cannot be read become diagnostics and are left out. */
export function parseBaseline(text: string, file: string): ParsedBaseline {
  const diagnostics: Diagnostic[] = [];
  const entries = new Map<string, BaselineEntry>();
  const allowances: BaselineAllowance[] = [];
  const complain = (line: number, length: number, code: string, message: string, hint: string): void => {
    diagnostics.push({
      file,
      line,
      column: 1,
      endLine: line,
      endColumn: length + 1,
      severity: "error",
      code,
      message,
      hint,
    });
  };
  let isConflictNamed = false;
  for (const [index, written] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = index + 1;
    if (written.trim() === "") continue;
    if (/^(?:<{7}|\|{7}|={7}|>{7})(?: |$)/.test(written)) {
      // One complaint for a file full of them: they are all mended at once.
      if (!isConflictNamed) {
        complain(
          line,
          written.length,
          "baseline-conflict",
          "the baseline holds the markers of an unresolved merge",
          "keep the lines of both sides and remove the markers; the merge driver of `codeflow init` does that by itself",
        );
      }
      isConflictNamed = true;
      continue;
    }
    let value: unknown;
    try {
      value = JSON.parse(written);
    } catch {
      complain(
        line,
        written.length,
        "baseline-json",
        "this line is not JSON",
        "restore it from git, or delete the line",
      );
      continue;
    }
    const read = readLine(value);
    if (typeof read === "string") {
      complain(line, written.length, "baseline-entry", read, "restore it from git, or delete the line");
    } else if ("fingerprint" in read) {
      // The same entry twice is what keeping both sides of a merge gives; that is no mistake.
      if (!entries.has(read.fingerprint)) entries.set(read.fingerprint, read);
    } else allowances.push(read);
  }
  return {
    baseline: { entries: sortEntries([...entries.values()]), allowances: sortAllowances(allowances) },
    diagnostics,
  };
}

/** The entry or allowance, or what is wrong with it. */
function readLine(value: unknown): BaselineEntry | BaselineAllowance | string {
  if (!isRecord(value)) return "a line of the baseline must be an object";
  const { rule, path } = value;
  if (typeof rule !== "string" || rule === "") return '"rule" is missing';
  if (typeof path !== "string" || path === "") return '"path" is missing';
  if (value["count"] !== undefined) return readAllowance(value, rule, path);
  const { fingerprint, severity, message, reason } = value;
  if (typeof fingerprint !== "string" || !/^[0-9a-f]{32}$/.test(fingerprint)) {
    return '"fingerprint" must be 32 hexadecimal digits';
  }
  if (!isSeverity(severity)) return `"severity" must be one of ${severities.join(", ")}`;
  const identity = readIdentity(value["identity"]);
  if (identity === undefined) return '"identity" is missing or not of the form that codeflow writes';
  return {
    fingerprint,
    rule,
    path,
    severity,
    message: typeof message === "string" ? message : "",
    identity,
    ...(typeof reason === "string" ? { reason } : {}),
  };
}

function readAllowance(value: Record<string, unknown>, rule: string, path: string): BaselineAllowance | string {
  const { count, source } = value;
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1)
    return '"count" must be a positive whole number';
  return { rule, path, count, source: typeof source === "string" ? source : "" };
}

function readIdentity(value: unknown): FindingIdentity | undefined {
  if (!isRecord(value)) return undefined;
  const { text, before, after, core, flow } = value;
  if (!isHash(text) || !isHashes(before) || !isHashes(after)) return undefined;
  const [flowBefore, flowAfter] = isHashes(flow) ? flow : [];
  return {
    text,
    before,
    after,
    ...(isHash(core) ? { core } : {}),
    ...(flowBefore === undefined || flowAfter === undefined ? {} : { flow: [flowBefore, flowAfter] as const }),
  };
}

/** By path, rule and fingerprint, so that merges touch few neighbouring lines. */
export function sortEntries(entries: readonly BaselineEntry[]): BaselineEntry[] {
  return entries.toSorted(
    (a, b) => compare(a.path, b.path) || compare(a.rule, b.rule) || compare(a.fingerprint, b.fingerprint),
  );
}

export function sortAllowances(allowances: readonly BaselineAllowance[]): BaselineAllowance[] {
  return allowances.toSorted(
    (a, b) => compare(a.path, b.path) || compare(a.rule, b.rule) || compare(a.source, b.source),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{16}$/.test(value);
}

function isHashes(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isHash);
}

function isSeverity(value: unknown): value is Severity {
  return severities.some((severity) => severity === value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
