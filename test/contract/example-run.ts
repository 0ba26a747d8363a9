/** Runs and findings for the storage tests. */
import type { CheckRun, CheckScope } from "../../src/model/check-run.ts";
import type { Finding, Severity, Suppression } from "../../src/model/finding.ts";
import { uuidv7 } from "../../src/store/uuid.ts";

export interface ExampleFinding {
  fingerprint?: string;
  path?: string;
  analyzer?: string;
  severity?: Severity;
  suppressed?: Suppression;
  state?: Finding["state"];
  line?: number;
}

export function exampleFinding(name: string, options: ExampleFinding = {}): Finding {
  const { analyzer = "ruff", path = "src/a.py", severity = "warning", line = 3, suppressed } = options;
  return {
    rule: `${analyzer}/rule`,
    severity,
    category: "correctness",
    message: `finding ${name}`,
    location: { path, startLine: line, startColumn: 1, endLine: line, endColumn: 9 },
    analyzer,
    analyzerVersion: "1",
    fingerprint: options.fingerprint ?? name.padEnd(32, "-"),
    identity: { text: "0123456789abcdef", before: [], after: [] },
    state: options.state ?? "new",
    ...(suppressed === undefined ? {} : { suppressed }),
  };
}

export interface ExampleRun {
  id?: string;
  at: string;
  findings?: readonly Finding[];
  /** `null`: detached. */
  branch?: string | null;
  head?: string | null;
  scope?: CheckScope;
  analyzers?: readonly Partial<CheckRun["analyzers"][number]>[];
  metrics?: Record<string, number>;
}

export function exampleRun(options: ExampleRun): CheckRun {
  const { at, findings = [], branch = "main", head = "a".repeat(40) } = options;
  const counted = findings.filter(({ state, suppressed }) => state !== "fixed" && suppressed === undefined);
  const count = (severity: Severity): number => counted.filter((finding) => finding.severity === severity).length;
  return {
    schemaVersion: 1,
    codeflowVersion: "0.1.0",
    id: options.id ?? uuidv7(new Date(at)),
    startedAt: at,
    durationMs: 123.5,
    root: "/repository",
    repository: { head: head ?? undefined, branch: branch ?? undefined },
    scope: options.scope ?? { kind: "all" },
    profile: "smart",
    verdict: { status: counted.length > 0 ? "failed" : "passed", reasons: [], conditions: [] },
    summary: {
      files: 10,
      bySeverity: { error: count("error"), warning: count("warning"), info: count("info") },
      new: counted.filter(({ state }) => state === "new").length,
      unchanged: counted.filter(({ state }) => state === "unchanged").length,
      fixed: findings.filter(({ state }) => state === "fixed").length,
      suppressed: findings.filter(({ suppressed }) => suppressed !== undefined).length,
    },
    findings,
    analyzers: (options.analyzers ?? [{}]).map((analyzer) => ({
      id: "ruff",
      version: "1",
      kind: "file",
      status: "ran",
      required: true,
      files: 10,
      cachedFiles: 0,
      findings: findings.length,
      durationMs: 40,
      skippedFiles: [],
      ...analyzer,
    })),
    rules: {},
    metrics: options.metrics ?? {},
    notices: [],
  };
}
