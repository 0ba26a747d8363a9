/** Every migration, in order. A migration that was released is never edited: what is to change comes as a new one. */
import type { Kysely } from "kysely";
import * as begin from "./0001-begin.ts";
import * as runTime from "./0004-run-time.ts";
import * as stepProcesses from "./0005-step-processes.ts";
import * as noticeOutbox from "./0006-notice-outbox.ts";
import * as notices from "./0003-notices.ts";
import * as workflowRuns from "./0002-workflow-runs.ts";

export interface Migration {
  /** The file's name without its ending. */
  readonly name: string;
  readonly up: (db: Kysely<any>) => Promise<void>;
}

export const migrations: readonly Migration[] = [
  { name: "0001-begin", up: begin.up },
  { name: "0002-workflow-runs", up: workflowRuns.up },
  { name: "0003-notices", up: notices.up },
  { name: "0004-run-time", up: runTime.up },
  { name: "0005-step-processes", up: stepProcesses.up },
  { name: "0006-notice-outbox", up: noticeOutbox.up },
];
