/** The tables as the queries see them. Times are ISO text in UTC, ids UUIDv7, absent branches the empty text. */

interface WorkflowsTable {
  id: string;
  name: string;
  path: string;
  definition: string;
  created_at: string;
  updated_at: string;
}

export interface WorkflowExecutionsTable {
  id: string;
  /** Row in `workflows`, for those that are registered on a server. */
  workflow_id: string | null;
  workflow_name: string;
  trigger: string;
  event: string | null;
  inputs: string | null;
  status: string;
  error: string | null;
  /** When it was asked for. */
  started_at: string;
  finished_at: string | null;
  used_ms: number | null;
  seen_at: string | null;
  workflow_path: string | null;
  parent_id: string | null;
  parent_step: string | null;
  root_id: string | null;
  concurrency_group: string | null;
  outputs: string | null;
  cancel_requested_at: string | null;
  cancel_requested_by: string | null;
  depth: number | null;
}

interface WorkflowPlansTable {
  run_id: string;
  /** JSON. */
  plan: string;
}

interface WorkflowLeasesTable {
  run_id: string;
  owner: string;
  expires_at: string;
}

export interface WorkflowStepsTable {
  run_id: string;
  path: string;
  position: number;
  kind: string;
  name: string;
  status: string;
  /** 0 or 1: booleans differ between databases. */
  continued: number;
  attempt: number;
  tries: number;
  started_at: string | null;
  finished_at: string | null;
  /** JSON. */
  outputs: string | null;
  /** JSON. */
  items: string | null;
  error: string | null;
}

export interface StepLogsTable {
  run_id: string;
  sequence: number;
  step: string;
  at: string;
  level: string;
  text: string;
}

interface StepProcessesTable {
  run_id: string;
  step: string;
  machine: string;
  pid: number;
  start: string;
}

export interface WorkflowWaitsTable {
  run_id: string;
  step: string;
  kind: string;
  until: string | null;
  prompt: string | null;
  /** JSON. */
  approvers: string | null;
  child: string | null;
  approved: number | null;
  decided_by: string | null;
  decided_at: string | null;
  comment: string | null;
}

/** One row a check run. */
export interface QualityChecksTable {
  id: string;
  started_at: string;
  duration_ms: number;
  branch: string;
  head: string | null;
  scope: string;
  base: string | null;
  profile: string;
  codeflow_version: string;
  verdict: string;
  /** JSON: the verdict's reasons. */
  reasons: string;
  files: number;
  errors: number;
  warnings: number;
  infos: number;
  new_findings: number;
  unchanged_findings: number;
  fixed_findings: number;
  suppressed_findings: number;
  /** JSON of the findings, deflated, base64; null once only the summary is kept. */
  findings_packed: string | null;
}

interface AnalyzerRunsTable {
  check_id: string;
  analyzer: string;
  version: string;
  status: string;
  duration_ms: number;
  files: number;
  cached_files: number;
  findings: number;
}

interface MetricsTable {
  check_id: string;
  name: string;
  value: number;
  at: string;
  branch: string;
  scope: string;
}

/** The ledger of tracker issues: which group of findings has which issue where. */
export interface IssuesTable {
  id: string;
  /** Stable name of the group of findings that the issue is about. */
  fingerprint_group: string;
  tracker: string;
  /** Repository, team or project within the tracker. */
  project: string;
  external_id: string;
  url: string;
  title: string;
  state: string;
  /** Why it was closed, in the tracker's words: a person's "won't fix" is respected. */
  state_reason: string | null;
  category: string;
  priority: string;
  created_at: string;
  updated_at: string;
  closed_at: string | null;
}

interface LearningMemoryTable {
  id: string;
  kind: string;
  /** Rule and path patterns that it applies to. */
  rule: string | null;
  path: string | null;
  fingerprint: string | null;
  content: string;
  provenance: string;
  created_at: string;
  expires_at: string | null;
}

export type FindingStatus = "open" | "fixed" | "suppressed";

/** The current set of findings on each branch, with their lifetimes. */
export interface FindingsTable {
  id: string;
  branch: string;
  fingerprint: string;
  rule: string;
  analyzer: string;
  path: string;
  severity: string;
  category: string;
  message: string;
  start_line: number;
  /** How many equal ones there are. */
  occurrences: number;
  status: FindingStatus;
  /** What keeps it from counting, kept when it is fixed. */
  suppression: string | null;
  suppression_reason: string | null;
  first_seen_check: string;
  first_seen_at: string;
  last_seen_check: string;
  last_seen_at: string;
  fixed_check: string | null;
  fixed_at: string | null;
  regressions: number;
}

export type FindingEventKind = "fixed" | "regressed" | "suppressed" | "unsuppressed";

/** What became of findings, for learning from outcomes. */
interface FindingEventsTable {
  id: string;
  finding_id: string;
  check_id: string;
  kind: FindingEventKind;
  at: string;
  detail: string | null;
}

interface NoticesTable {
  channel: string;
  target: string;
  key: string;
  thread: string | null;
  /** Of the text that stands there; null until it was sent. */
  digest: string | null;
  /** How the service knows the message. */
  reference: string | null;
  first_sent_at: string | null;
  claimed_until: string | null;
  claimed_by: string | null;
  /** What is about to be sent, until it is known that it was. */
  attempt: string | null;
  attempt_digest: string | null;
  attempt_at: string | null;
}

interface NoticeOutboxTable {
  id: string;
  channel: string;
  target: string;
  key: string;
  state: "held" | "failed";
  /** JSON. */
  notice: string;
  digest: string;
  reason: string;
  attempts: number;
  at: string;
  updated_at: string;
}

export interface Tables {
  workflows: WorkflowsTable;
  workflow_executions: WorkflowExecutionsTable;
  workflow_plans: WorkflowPlansTable;
  workflow_leases: WorkflowLeasesTable;
  workflow_steps: WorkflowStepsTable;
  step_logs: StepLogsTable;
  step_processes: StepProcessesTable;
  workflow_waits: WorkflowWaitsTable;
  quality_checks: QualityChecksTable;
  analyzer_runs: AnalyzerRunsTable;
  metrics: MetricsTable;
  issues: IssuesTable;
  learning_memory: LearningMemoryTable;
  findings: FindingsTable;
  finding_events: FindingEventsTable;
  notices: NoticesTable;
  notice_outbox: NoticeOutboxTable;
}
