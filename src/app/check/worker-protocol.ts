/** What the check's main thread and its worker threads say to each other. Everything survives structured cloning. */
import type { ConfigFile, FileNote, Profile } from "../../model/analyzer.ts";
import type { Config } from "../../model/config.ts";
import type { IdentifiedFinding, RawFinding } from "../../model/finding.ts";
import type { Directive } from "../../findings/suppress.ts";
import type { FileMarks } from "../../findings/generated.ts";

/** Given once to each worker thread. */
export interface WorkerSetup {
  readonly config: Config;
  readonly profile: Profile;
  readonly secretKey: string;
  /** Options and repository configuration of each analyzer that runs, by id. */
  readonly analyzers: Readonly<Record<string, { readonly options: unknown; readonly config: readonly ConfigFile[] }>>;
}

/** The setup comes first; each task is answered, in their order. */
export type ToWorker = { readonly setup: WorkerSetup } | { readonly task: Task };

/** `error`: the thread could not do its work; what analyzers throw is part of the answers. */
export type FromWorker = { readonly answers: readonly FileAnswer[] } | { readonly error: string };

export interface FileTask {
  readonly path: string;
  readonly mode: string;
  /** Content; absent when the worker must read it from disk under the task's root. */
  readonly bytes?: Uint8Array;
  /** Ids of file analyzers to run. */
  readonly analyze: readonly string[];
  /** Ids of project analyzers whose facts are wanted. */
  readonly extract: readonly string[];
  /** Findings of analyzers that ran elsewhere and still lack an identity. */
  readonly identify: readonly RawFinding[];
  /** Whether suppression directives and content marks are wanted. */
  readonly core: boolean;
}

export interface Task {
  readonly root: string | undefined;
  /** When the tree was listed, in milliseconds of the epoch. */
  readonly listedAtMs: number;
  readonly files: readonly FileTask[];
}

/** One analyzer on one file. Exactly one of the three; times are milliseconds. `note` is about another file. */
export type FileOutcome =
  | { readonly findings: readonly IdentifiedFinding[]; readonly ms: number; readonly note?: FileNote }
  | { readonly skip: string; readonly ms: number; readonly note?: FileNote }
  | { readonly error: string; readonly ms: number };

export interface FileCore {
  readonly directives: readonly Directive[];
  readonly marks: FileMarks;
  /** Why no analyzer looked at it (binary, too large, an LFS pointer), if so. */
  readonly unread?: string;
}

export interface FileAnswer {
  readonly path: string;
  readonly outcomes: Readonly<Record<string, FileOutcome>>;
  /** By analyzer id; null means nothing of interest. */
  readonly facts: Readonly<Record<string, { readonly value: unknown; readonly ms: number; readonly error?: string }>>;
  readonly identified: readonly IdentifiedFinding[];
  readonly core?: FileCore;
  /** The file was written to since it was listed: nothing of this may be cached. */
  readonly isUnstable: boolean;
}
