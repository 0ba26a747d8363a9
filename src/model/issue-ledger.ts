/** The port of the ledger of tracker issues: which group of findings has which issue where. */
import type { Category } from "./finding.ts";
import type { Priority } from "./tracker.ts";

/** `pending`: about to be made; whether it was is not known when the process ended there. */
export type LedgerState = "pending" | "open" | "closed";

export interface LedgerEntry {
  readonly tracker: string;
  readonly project: string;
  /** Key of the group of findings. */
  readonly group: string;
  /** The tracker's; empty while pending. */
  readonly externalId: string;
  readonly url: string;
  readonly title: string;
  readonly state: LedgerState;
  /** `completed`, `not-planned`, `duplicate`, where it is closed. */
  readonly reason?: string;
  readonly category: Category;
  readonly priority: Priority;
}

export interface StoredIssue extends LedgerEntry {
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly closedAt?: string;
}

export interface IssueLedger {
  /** What happened on opening that a person should know. */
  readonly notices: readonly string[];
  /** Oldest first. */
  issues(filter?: { readonly tracker?: string; readonly project?: string }): Promise<readonly StoredIssue[]>;
  /** One entry for each group in a project of a tracker: added, or brought up to date. */
  put(entry: LedgerEntry): Promise<void>;
  /** Forgets what never became an issue. */
  remove(entry: Pick<LedgerEntry, "tracker" | "project" | "group">): Promise<void>;
  close(): Promise<void>;
}
