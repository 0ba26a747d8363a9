/** The contract of everything that finds without an LLM. One file in `src/analyzers` fulfils it once. */
import type { RawFinding } from "./finding.ts";
import type { RuleDefinition } from "./rule.ts";
import type { SourceFile } from "./source-file.ts";
import type { Exec } from "./system.ts";

/** `fast`: bundled, per file. `smart`: also the project-wide bundled ones and the repository's quick tools. `comprehensive`: everything that applies. */
export const profiles = ["fast", "smart", "comprehensive", "ai"] as const;
export type Profile = (typeof profiles)[number];

/** A file known by name only; contents are not read to decide whether an analyzer applies. */
export interface FileEntry {
  readonly path: string;
  /** Git blob id (hex) of the content, the cache's key. */
  readonly blob: string;
  /** Git mode: `100644`, `100755`, `120000` (symlink), `160000` (submodule). */
  readonly mode: string;
  /** Bytes, when known without reading. */
  readonly size?: number;
}

/** A configuration file of the reviewed repository, read as data, never executed. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/** Anything with zod's `safeParse` fits; loaded lazily because a schema library costs start-up time. */
export interface OptionsDefinition<Options> {
  readonly defaults: Options;
  /** Imports zod and returns the schema; unknown keys must be refused. */
  readonly schema: () => Promise<unknown>;
}

interface AnalyzerBase<Options> {
  /** Kebab-case; equals the file's name. */
  readonly id: string;
  /** One sentence. */
  readonly summary: string;
  /** Enters every cache key: raise it whenever output can change for the same input. Include the engine's version. */
  readonly version: string;
  /** The lowest profile in which it runs without being asked for. */
  readonly profile: Profile;
  /** What it reports. An engine with more rules than these sets `openRules`. */
  readonly rules: readonly RuleDefinition[];
  readonly openRules?: boolean;
  readonly options?: OptionsDefinition<Options>;
  /**
   * The repository's files that change its output. An entry without `/` is a base name (`ruff.toml`,
   * `.oxlintrc.json`): all tracked files of that name, wherever they are. An entry with `/` is a glob of paths from the
   * root (`.codeflow/rules/*.yml`), in picomatch's syntax with `dot: true`. What matches is handed over as `config` and
   * enters the cache key.
   */
  readonly configFiles?: readonly string[];
  /** True for what matters in any file (secrets, conflict markers): vendored files are looked at as well. */
  readonly seesVendored?: boolean;
  /** True for what judges symlinks: their "content" is their target. Nobody else is given them. */
  readonly seesLinks?: boolean;
}

export interface LoadContext<Options> {
  readonly options: Options;
  readonly config: readonly ConfigFile[];
  /**
   * Ids of the rules that are on, after profile and configuration; undefined means the recommended ones. An analyzer
   * may return findings of rules that are off: the pipeline marks them; skipping the work is an optimisation.
   */
  readonly isRuleOn: (rule: string) => boolean;
  /**
   * Ids of rules of this analyzer that the configuration names and does not turn off for this file: an engine with rules
   * beyond those listed turns them on. Absent in worker threads.
   */
  readonly rulesNamed?: (path: string) => readonly string[];
  /** Key for hashing secrets into identities. Never stored. */
  readonly secretKey: string;
}

/** Runs in worker threads, one file at a time; the content is read once and shared with the other file analyzers. */
export interface FileAnalyzer<Options = any> extends AnalyzerBase<Options> {
  readonly kind: "file";
  /** By name only; must be cheap, it runs for every file of the repository. */
  appliesTo(file: FileEntry): boolean;
  /** Loads engines (lazy imports go here); called once a worker and configuration. */
  load(context: LoadContext<Options>): Promise<FileAnalysis>;
}

export interface FileAnalysis {
  /** Throws `SkipFile` for a file that it cannot judge; any other error makes the verdict incomplete. */
  analyze(file: SourceFile): readonly RawFinding[] | Promise<readonly RawFinding[]>;
}

/** A bundled engine that runs as a process of its own over many files on disk; results are still per file. */
export interface BatchAnalyzer<Options = any> extends AnalyzerBase<Options> {
  readonly kind: "batch";
  appliesTo(file: FileEntry): boolean;
  /** How many processes may run at once; `1` for an engine with threads of its own. */
  readonly parallelism: number;
  /** Files below which splitting over several processes is not worth it. */
  readonly minimumBatch: number;
  run(batch: Batch<Options>): Promise<BatchResult>;
}

export interface Batch<Options> extends LoadContext<Options> {
  /** Absolute directory under which every file of the batch exists at its path with the content to judge. */
  readonly root: string;
  readonly files: readonly string[];
  /** Absolute, empty, removed after the run. */
  readonly tempDirectory: string;
  readonly exec: Exec;
  readonly signal: AbortSignal;
}

export interface BatchResult {
  readonly findings: readonly RawFinding[];
  /** Files that could not be judged, with the reason. */
  readonly skipped?: ReadonlyMap<string, string>;
  /** By judged file: what is to be told of another file that it was judged by, such as a setting that was not heeded. */
  readonly notes?: ReadonlyMap<string, FileNote>;
}

export interface FileNote {
  readonly path: string;
  readonly reason: string;
}

/**
 * Sees the whole project: per-file facts, extracted in worker threads and cached by content, then combined.
 * Facts must survive JSON.
 */
export interface ProjectAnalyzer<Options = any, Facts = any> extends AnalyzerBase<Options> {
  readonly kind: "project";
  appliesTo(file: FileEntry): boolean;
  load(context: LoadContext<Options>): Promise<FactExtraction<Facts>>;
  combine(project: ProjectView<Options, Facts>): ProjectResult | Promise<ProjectResult>;
  /**
   * True when `combine` looks at something outside the files' contents (installed packages, the clock, commits): the
   * combination is not cached, and it is not repeated on the base; what lies in the change counts as new.
   */
  readonly volatile?: boolean;
}

export interface FactExtraction<Facts> {
  /** Undefined: nothing of interest in this file. */
  extract(file: SourceFile): Facts | undefined | Promise<Facts | undefined>;
}

export interface ProjectView<Options, Facts> extends LoadContext<Options> {
  readonly facts: ReadonlyMap<string, Facts>;
  /** Every path of the tree under review, also those without facts. */
  readonly paths: ReadonlySet<string>;
  /** Of those, submodules: another repository's commit, no file. */
  readonly submodules?: ReadonlySet<string>;
  /** Of the files that this analyzer applies to, those with the executable bit, as git has it. */
  readonly executables?: ReadonlySet<string>;
  /** Absolute root of the working tree; undefined when the tree under review is not on disk. */
  readonly root: string | undefined;
  /** Commits of the change, newest first; empty without a change. */
  readonly commits: readonly CommitFacts[];
  readonly exec: Exec;
  readonly now: Date;
  readonly signal: AbortSignal;
}

export interface CommitFacts {
  readonly id: string;
  readonly author: string;
  readonly parents: number;
  readonly message: string;
}

export interface ProjectResult {
  readonly findings: readonly RawFinding[];
  /** Numbers for the gate and the history, e.g. `duplication.percent`. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** One of the repository's own tools: found where the repository has it, run at that version, never installed by us. */
export interface ToolAnalyzer<Options = any> extends AnalyzerBase<Options> {
  readonly kind: "tool";
  /** What one result depends on, for the cache: each file alone, or the whole project. */
  readonly scope: "file" | "project";
  /** Tools that write (build caches, `target/`) never run beside another that touches the same thing. */
  readonly effects: { readonly reads: readonly string[]; readonly writes: readonly string[] };
  readonly timeoutSeconds: number;
  appliesTo(file: FileEntry): boolean;
  /** Undefined: the repository does not use it. */
  detect(project: ToolProject): Promise<ToolDetection | undefined>;
  /** One process for these files (all of them, relative to the root; project-wide tools may ignore the list). */
  command(invocation: ToolInvocation<Options>): ToolCommand;
  /** Throws when the output is not what the tool prints: that makes the verdict incomplete, never green. */
  parse(output: ToolOutput): readonly RawFinding[];
}

export interface ToolProject {
  /** Absolute root of the checkout. */
  readonly root: string;
  readonly paths: ReadonlySet<string>;
  /** Text of a tracked file, undefined when absent. */
  read(path: string): Promise<string | undefined>;
  /**
   * Absolute path of an executable in the repository's own places (node_modules/.bin, .venv/bin, vendor/bin, bin) or
   * undefined. Looked for in the directory `from` (relative to the root) first, then in its parents up to the root.
   */
  localExecutable(name: string, from?: string): Promise<string | undefined>;
  /** The same on PATH. */
  pathExecutable(name: string): Promise<string | undefined>;
  readonly exec: Exec;
}

export type ToolDetection =
  | {
      readonly status: "found";
      /** Absolute path of the executable. */
      readonly executable: string;
      readonly version: string;
      /** Repository-relative configuration files that made us believe that the repository uses it. */
      readonly evidence: readonly string[];
      /** Where it runs, relative to the root; the root when absent. */
      readonly directory?: string;
      /** Set where this repository's configuration makes certain that each file's result depends on that file alone. */
      readonly scope?: "file";
      /** What detection learned and the command needs, e.g. which tsconfig. Part of the cache key. */
      readonly settings?: Readonly<Record<string, string>>;
      /**
       * The same tool in the other places of a monorepo, each run as a process of its own. Of a tool with scope `file`
       * a file belongs to the deepest of the places that hold it.
       */
      readonly elsewhere?: readonly ToolDetection[];
    }
  | {
      /**
       * The repository configures it, and this machine does not have it (`missing`), or has one that cannot even say its
       * version (`broken`): the first is told, the second makes the verdict incomplete like any tool that crashes.
       */
      readonly status: "missing" | "broken";
      readonly reason: string;
      readonly evidence: readonly string[];
      readonly directory?: string;
      readonly elsewhere?: readonly ToolDetection[];
    };

export interface ToolInvocation<Options> {
  readonly executable: string;
  readonly version: string;
  readonly root: string;
  readonly files: readonly string[];
  readonly evidence: readonly string[];
  /** Of the detection; `command` answers with it as `cwd`. */
  readonly directory?: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly options: Options;
  /** Absolute, empty, of this one process: reports and build information of two runs must not meet. */
  readonly tempDirectory: string;
}

export interface ToolCommand {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that mean "ran, and this is its answer". */
  readonly acceptedExitCodes: readonly number[];
  /** Absolute path of a file that the tool writes its answer to, when not standard output. */
  readonly outputFile?: string;
  /** Working directory relative to the root. */
  readonly cwd?: string;
}

export interface ToolOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Content of `outputFile`. */
  readonly file?: string;
  /** Absolute root: paths in the output are made relative to it. */
  readonly root: string;
  /** The command's `cwd`: what relative paths in the output start from. */
  readonly directory?: string;
  /** Text of a file as the tool saw it, for byte offsets of edits. */
  read(path: string): SourceFile | undefined;
}

export type Analyzer = FileAnalyzer | BatchAnalyzer | ProjectAnalyzer | ToolAnalyzer;
