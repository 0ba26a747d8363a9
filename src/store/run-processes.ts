/** Programs that steps began, as long as they may still run. */
import type { Kysely } from "kysely";
import type { StepProcess } from "../model/workflow-run.ts";
import type { Tables } from "./tables.ts";

type Db = Kysely<Tables>;

/** Of a run's steps that were begun and did not end. */
export async function selectProcesses(db: Db, run: string): Promise<StepProcess[]> {
  return db
    .selectFrom("step_processes")
    .innerJoin("workflow_steps", (join) =>
      join.onRef("workflow_steps.run_id", "=", "step_processes.run_id").onRef("path", "=", "step"),
    )
    .select(["step_processes.run_id as run", "step", "machine", "pid", "start"])
    .where("step_processes.run_id", "=", run)
    .where("status", "=", "running")
    .orderBy("step")
    .orderBy("pid")
    .execute();
}

/** Of runs that are over: who gives a run back says that nothing of it runs any more, so somebody else ended these. */
export async function selectLeft(db: Db): Promise<StepProcess[]> {
  return db
    .selectFrom("step_processes")
    .innerJoin("workflow_executions", "workflow_executions.id", "run_id")
    .select(["run_id as run", "step", "machine", "pid", "start"])
    .where("status", "in", ["succeeded", "failed", "cancelled"])
    .orderBy("run_id")
    .orderBy("step")
    .orderBy("pid")
    .execute();
}

export async function forgetProcesses(db: Db, processes: readonly StepProcess[]): Promise<void> {
  for (const { run, step, machine, pid } of processes) {
    await db
      .deleteFrom("step_processes")
      .where("run_id", "=", run)
      .where("step", "=", step)
      .where("machine", "=", machine)
      .where("pid", "=", pid)
      .execute();
  }
}
