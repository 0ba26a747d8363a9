/** Rows of workflow runs, and what they are to everybody else. */
import type { Insertable, Selectable } from "kysely";
import type { RunRecord, StepLog, StepRecord, StepWait } from "../model/workflow-run.ts";
import type { StepLogsTable, WorkflowExecutionsTable, WorkflowStepsTable, WorkflowWaitsTable } from "./tables.ts";

export function runOf(row: Selectable<WorkflowExecutionsTable>): RunRecord {
  return {
    id: row.id,
    // Without a row in `workflows` the path's own name stands for it.
    workflow: workflowId(row.workflow_path ?? row.workflow_name),
    name: row.workflow_name,
    path: row.workflow_path ?? "",
    trigger: row.trigger,
    status: row.status as RunRecord["status"],
    ...(row.parent_id === null ? {} : { parent: { run: row.parent_id, step: row.parent_step ?? "" } }),
    root: row.root_id ?? row.id,
    depth: row.depth ?? 0,
    ...(row.concurrency_group === null ? {} : { group: row.concurrency_group }),
    createdAt: row.started_at,
    usedMs: row.used_ms ?? 0,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.outputs === null ? {} : { outputs: JSON.parse(row.outputs) as Record<string, unknown> }),
    ...(row.cancel_requested_at === null
      ? {}
      : { cancelRequested: { at: row.cancel_requested_at, by: row.cancel_requested_by ?? "" } }),
  };
}

export function workflowId(path: string): string {
  return path.replace(/^.*[/\\]/, "").replace(/\.ya?ml$/, "");
}

/** Order of the columns in every row and statement. */
export function stepRow(run: string, step: StepRecord): Insertable<WorkflowStepsTable> {
  return {
    run_id: run,
    path: step.path,
    position: step.position,
    kind: step.kind,
    name: step.name,
    status: step.status,
    continued: step.continued ? 1 : 0,
    attempt: step.attempt,
    tries: step.tries,
    started_at: step.startedAt ?? null,
    finished_at: step.finishedAt ?? null,
    outputs: step.outputs === undefined ? null : JSON.stringify(step.outputs),
    items: step.items === undefined ? null : JSON.stringify(step.items),
    error: step.error ?? null,
  };
}

export function stepOf(row: Selectable<WorkflowStepsTable>): StepRecord {
  return {
    path: row.path,
    position: row.position,
    kind: row.kind as StepRecord["kind"],
    name: row.name,
    status: row.status as StepRecord["status"],
    continued: row.continued === 1,
    attempt: row.attempt,
    tries: row.tries,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(row.outputs === null ? {} : { outputs: JSON.parse(row.outputs) as NonNullable<StepRecord["outputs"]> }),
    ...(row.items === null ? {} : { items: JSON.parse(row.items) as unknown[] }),
    ...(row.error === null ? {} : { error: row.error }),
  };
}

export function logRow(run: string, log: StepLog): Insertable<StepLogsTable> {
  return { run_id: run, sequence: log.sequence, step: log.step, at: log.at, level: log.level, text: log.text };
}

export function logOf({ sequence, step, at, level, text }: Selectable<StepLogsTable>): StepLog {
  return { sequence, step, at, level: level as StepLog["level"], text };
}

/** Decisions come later, by themselves. */
export function waitRow(wait: StepWait): Insertable<WorkflowWaitsTable> {
  return {
    run_id: wait.run,
    step: wait.step,
    kind: wait.kind,
    until: wait.until ?? null,
    prompt: wait.prompt ?? null,
    approvers: wait.approvers === undefined ? null : JSON.stringify(wait.approvers),
    child: wait.child ?? null,
    approved: null,
    decided_by: null,
    decided_at: null,
    comment: null,
  };
}

export function waitOf(row: Selectable<WorkflowWaitsTable>): StepWait {
  return {
    run: row.run_id,
    step: row.step,
    kind: row.kind as StepWait["kind"],
    ...(row.until === null ? {} : { until: row.until }),
    ...(row.prompt === null ? {} : { prompt: row.prompt }),
    ...(row.approvers === null ? {} : { approvers: JSON.parse(row.approvers) as string[] }),
    ...(row.child === null ? {} : { child: row.child }),
    ...(row.decided_at === null
      ? {}
      : {
          decision: {
            approved: row.approved === 1,
            by: row.decided_by ?? "",
            at: row.decided_at,
            ...(row.comment === null ? {} : { comment: row.comment }),
          },
        }),
  };
}
