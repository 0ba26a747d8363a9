/** What is asked about one tree, and what the answer looks like. */
import type { Analyzer, CommitFacts, LoadContext } from "../../model/analyzer.ts";
import type { Config } from "../../model/config.ts";
import type { IdentifiedFinding } from "../../model/finding.ts";
import type { ResultCache } from "../../model/store.ts";
import type { Exec } from "../../model/system.ts";
import type { Tree } from "../../project/checkout.ts";
import type { Git } from "../../project/git.ts";
import type { ProcessQueue } from "./processes.ts";
import type { FoundTool } from "./tools.ts";
import type { WorkerPool } from "./worker-pool.ts";
import type { FileCore } from "./worker-protocol.ts";

/** An analyzer with all that its results depend on. */
export interface Prepared {
  readonly analyzer: Analyzer;
  readonly context: LoadContext<unknown>;
  readonly key: string;
  readonly timeoutMs: number;
  /** For tools. */
  readonly tool?: FoundTool;
}

export interface TreeJob {
  readonly tree: Tree;
  readonly git: Git | undefined;
  /** Root of the working tree, if there is one: programs run there when contents are equal. */
  readonly worktree: string | undefined;
  /** True for the index: its contents often are what is on disk. */
  readonly mayEqualDisk: boolean;
  readonly targets: ReadonlySet<string>;
  readonly prepared: readonly Prepared[];
  readonly config: Config;
  readonly version: string;
  readonly cache: ResultCache;
  readonly pool: WorkerPool;
  readonly queue: ProcessQueue;
  readonly exec: Exec;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly commits: readonly CommitFacts[];
  readonly now: Date;
  readonly tempDirectory: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (event: TreeProgress) => void;
}

/** How far the work on a tree is. */
export type TreeProgress =
  /** So many files have to be looked at: of the others everything is known from before. */
  | { readonly type: "planned"; readonly files: number }
  /** So many of them have been. */
  | { readonly type: "looked"; readonly files: number }
  /** An analyzer's answer on some files, from the cache or not. */
  | { readonly type: "progress"; readonly analyzer: string; readonly files: number; readonly findings: number }
  /** Nothing more will come of this analyzer. */
  | { readonly type: "finished"; readonly analyzer: string };

export interface AnalyzerTally {
  files: number;
  cachedFiles: number;
  durationMs: number;
  /** Set when it could not do its work: the verdict is incomplete. */
  failure: string | undefined;
  readonly skipped: Map<string, string>;
  findings: IdentifiedFinding[];
  readonly covered: (path: string) => boolean;
}

export interface TreeAnswer {
  readonly tallies: ReadonlyMap<string, AnalyzerTally>;
  readonly core: ReadonlyMap<string, FileCore>;
  readonly metrics: Readonly<Record<string, number>>;
  /** Files were written to meanwhile: the answer is true for now, but must not be remembered. */
  readonly isUnstable: boolean;
}
