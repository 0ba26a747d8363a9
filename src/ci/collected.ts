/**
 * What a job without secrets found out, handed to one that has them: written by `collect`, read by `publish` as something
 * that a stranger may have written.
 */
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckRun } from "../model/check-run.ts";
import { Failure } from "../model/failure.ts";
import { categories, type Finding, isHiddenByChange, severities } from "../model/finding.ts";
import { isCommit } from "./job.ts";

/** Name of the only file that is looked at. */
const fileName = "codeflow-collected.json";
const maxBytes = 4 * 1024 * 1024;
const maxFindings = 1_000;
const maxPaths = 20_000;
const maxMessage = 2_000;
const maxSuppressed = 200;

export interface Collected {
  readonly pullRequest: number;
  readonly headSha: string;
  readonly run: CheckRun;
}

/** Only what is to be said: new findings, without fixes, links or the code around them. */
export function writeCollected(folder: string, collected: Collected): string {
  const { run } = collected;
  const told = run.findings.filter(({ state, suppressed }) => state === "new" && suppressed === undefined);
  const document = {
    schemaVersion: 1,
    pullRequest: collected.pullRequest,
    headSha: collected.headSha,
    codeflowVersion: run.codeflowVersion,
    startedAt: run.startedAt,
    durationMs: run.durationMs,
    base: run.scope.kind === "changed" ? run.scope.base : "",
    profile: run.profile,
    verdict: {
      status: run.verdict.status,
      reasons: run.verdict.reasons.map(({ kind, message }) => ({ kind, message: message.slice(0, maxMessage) })),
    },
    summary: run.summary,
    findings: told.slice(0, maxFindings).map((finding) => ({
      rule: finding.rule,
      severity: finding.severity,
      category: finding.category,
      message: finding.message.slice(0, maxMessage),
      location: finding.location,
      analyzer: finding.analyzer,
      fingerprint: finding.fingerprint,
    })),
    unlisted: Math.max(0, told.length - maxFindings),
    suppressed: run.findings
      .filter(isHiddenByChange)
      .slice(0, maxSuppressed)
      .map(({ rule, severity, category, location, analyzer, fingerprint, suppressed }) => ({
        rule,
        severity,
        category,
        location,
        analyzer,
        fingerprint,
        reason: suppressed?.reason.slice(0, 300) ?? "",
      })),
    analyzers: run.analyzers.map(({ id, status, required, files, reason, skippedFiles }) => ({
      id,
      status,
      required,
      files,
      ...(reason === undefined ? {} : { reason: reason.slice(0, maxMessage) }),
      skippedFiles: skippedFiles
        .slice(0, maxPaths)
        .map(({ path, reason: why }) => ({ path, reason: why.slice(0, 300) })),
    })),
  };
  mkdirSync(folder, { recursive: true });
  const path = join(folder, fileName);
  // A link of that name would lead the text elsewhere.
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify(document)}\n`, { flag: "wx" });
  return path;
}

/** Throws a Failure on whatever is not exactly what `writeCollected` writes. */
export async function readCollected(folder: string): Promise<Collected> {
  const path = join(folder, fileName);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw hostile("it does not hold the file that collect writes");
  if (!stat.isFile()) throw hostile("what should be a file is none");
  if (stat.size > maxBytes) throw hostile(`${stat.size} bytes are more than ${maxBytes}`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw hostile("it is no JSON", error);
  }
  const parsed = (await collectedSchema()).safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw hostile(`${issue?.path.join(".").slice(0, 200) ?? ""}: ${issue?.message.slice(0, 200) ?? ""}`);
  }
  const document = parsed.data;
  const bare = { analyzerVersion: "", identity: { text: "", before: [], after: [] }, state: "new" } as const;
  const findings: Finding[] = [
    ...document.findings.map((finding) => ({ ...finding, ...bare })),
    ...document.suppressed.map(({ reason, ...finding }) => ({
      ...finding,
      ...bare,
      message: "",
      suppressed: { kind: "inline", reason, isOwn: true } as const,
    })),
  ];
  return {
    pullRequest: document.pullRequest,
    headSha: document.headSha,
    run: {
      schemaVersion: 1,
      codeflowVersion: document.codeflowVersion,
      id: "",
      startedAt: document.startedAt,
      durationMs: document.durationMs,
      root: "",
      repository: { head: document.headSha, branch: undefined },
      scope: { kind: "changed", base: document.base, baseName: document.base },
      profile: document.profile,
      verdict: { ...document.verdict, conditions: [] },
      summary: document.summary,
      findings,
      analyzers: document.analyzers.map(({ reason, ...analyzer }) => ({
        ...analyzer,
        ...(reason === undefined ? {} : { reason }),
        version: "",
        kind: "file",
        cachedFiles: 0,
        findings: 0,
        durationMs: 0,
      })),
      // Definitions carry links: a stranger's are not taken.
      rules: {},
      metrics: {},
      notices: document.unlisted > 0 ? [`${document.unlisted} findings more were not handed over`] : [],
    },
  };
}

function hostile(why: string, cause?: unknown): Failure {
  return new Failure("CF555", "what was collected is not believed", {
    why,
    next: "see the job that collected it; nothing was published",
    exitCode: 3,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** zod costs start-up time, hence the lazy import. */
async function collectedSchema() {
  const { z } = await import("zod");
  const text = (length: number) => z.string().max(length);
  // Only shown and compared, never opened; still nothing that leads out of a repository.
  const path = text(4_096).refine(
    (value) =>
      value !== "" && !/^[/\\]|[\0-\x1f\x7f]/.test(value) && !value.split(/[/\\]/).some((part) => part === ".."),
    "no path inside a repository",
  );
  const commit = z.string().refine(isCommit, "no commit");
  const count = z.int().nonnegative().max(10_000_000);
  const position = z.int().positive().max(10_000_000);
  const location = z.strictObject({
    path,
    startLine: position,
    startColumn: position,
    endLine: position,
    endColumn: position,
  });
  const analyzer = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/);
  const place = {
    rule: z.string().regex(/^[a-z][a-z0-9-]{0,60}\/[^\s`<>|]{1,200}$/),
    severity: z.enum(severities),
    category: z.enum(categories),
    location,
    analyzer,
    fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
  };
  return z.strictObject({
    schemaVersion: z.literal(1),
    pullRequest: z.int().positive(),
    headSha: commit,
    codeflowVersion: z.string().regex(/^[\w.+-]{1,60}$/),
    startedAt: z.iso.datetime(),
    durationMs: count,
    base: commit,
    profile: z.enum(["fast", "smart", "comprehensive"]),
    verdict: z.strictObject({
      status: z.enum(["passed", "failed", "incomplete"]),
      reasons: z
        .array(z.strictObject({ kind: z.enum(["condition", "incomplete"]), message: text(maxMessage) }))
        .max(200),
    }),
    summary: z.strictObject({
      files: count,
      bySeverity: z.strictObject({ error: count, warning: count, info: count }),
      new: count,
      unchanged: count,
      fixed: count,
      suppressed: count,
    }),
    findings: z.array(z.strictObject({ ...place, message: text(maxMessage) })).max(maxFindings),
    unlisted: count,
    suppressed: z.array(z.strictObject({ ...place, reason: text(300) })).max(maxSuppressed),
    analyzers: z
      .array(
        z.strictObject({
          id: analyzer,
          status: z.enum(["ran", "cached", "skipped", "failed"]),
          required: z.boolean(),
          files: count,
          reason: text(maxMessage).optional(),
          skippedFiles: z.array(z.strictObject({ path, reason: text(300) })).max(maxPaths),
        }),
      )
      .max(200),
  });
}
