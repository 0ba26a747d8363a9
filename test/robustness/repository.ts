/** Repositories for the robustness tests, and the built program run in them as a person or a hook would run it. */
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const project = join(import.meta.dirname, "../..");
export const program = join(project, "bin/codeflow.js");

export interface Outcome {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** The parts of the JSON report that tests look at. */
export interface Report {
  readonly verdict: {
    readonly status: string;
    readonly reasons: readonly { readonly kind: string; readonly message: string }[];
  };
  readonly summary: { readonly files: number };
  readonly findings: readonly {
    readonly rule: string;
    readonly message: string;
    readonly state: string;
    readonly location: { readonly path: string; readonly startLine: number };
  }[];
  readonly analyzers: readonly {
    readonly id: string;
    readonly status: string;
    readonly reason?: string;
    readonly files: number;
    readonly cachedFiles: number;
    readonly skippedFiles: readonly { readonly path: string; readonly reason: string }[];
  }[];
  readonly notices: readonly string[];
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
  /** Called with the process id once it runs. */
  readonly onStart?: (pid: number) => void;
  /** The Node to run it with; this one unless said. */
  readonly node?: string;
  /** Another installation's program. */
  readonly program?: string;
}

export class Repository {
  /** Everything of one test: the repository, a home, a temporary folder. */
  readonly base: string;
  readonly root: string;

  constructor(options: { readonly init?: boolean; readonly folder?: string } = {}) {
    this.base = realpathSync(mkdtempSync(join(tmpdir(), "codeflow-robust-")));
    this.root = join(this.base, options.folder ?? "repository");
    for (const folder of [this.root, join(this.base, "home"), this.temporary]) mkdirSync(folder, { recursive: true });
    if (options.init !== false) this.git("init", "-q", "-b", "main", ".");
  }

  /** TMPDIR of every run: what is left in it was left by the program. */
  get temporary(): string {
    return join(this.base, "tmp");
  }

  /** Where the program keeps its cache. */
  get data(): string {
    return join(this.root, ".git/codeflow");
  }

  get env(): Record<string, string> {
    return {
      // Not the PATH of npm scripts: this project's own tools are no part of the repository under test.
      PATH: "/usr/local/bin:/usr/bin:/bin",
      HOME: join(this.base, "home"),
      TMPDIR: this.temporary,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_AUTHOR_NAME: "Case",
      GIT_AUTHOR_EMAIL: "case@example.invalid",
      GIT_COMMITTER_NAME: "Case",
      GIT_COMMITTER_EMAIL: "case@example.invalid",
    };
  }

  git(...args: string[]): string {
    return this.gitIn(this.root, ...args);
  }

  gitIn(cwd: string, ...args: string[]): string {
    return execFileSync("git", ["-c", "protocol.file.allow=always", ...args], {
      cwd,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 28,
    }).toString();
  }

  write(path: string, content: string | Uint8Array, mode?: number): string {
    const absolute = join(this.root, path);
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, content);
    if (mode !== undefined) chmodSync(absolute, mode);
    return absolute;
  }

  writeAll(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  commit(files: Readonly<Record<string, string | Uint8Array>> = {}, message = "change"): void {
    this.writeAll(files);
    this.git("add", "-A");
    this.git("commit", "-q", "--allow-empty", "-m", message);
  }

  /**
   * Waits until what was written last is old enough to be kept: a file that was written a moment before it is listed
   * may be written again within the same tick of the clock, so nothing of it goes to the cache.
   */
  async settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 300));
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return runProgram(args, { ...options, cwd: options.cwd ?? this.root, env: { ...this.env, ...options.env } });
  }

  /** `check --format json` with its report; throws with what was printed when there is none. */
  async check(args: readonly string[] = [], options: RunOptions = {}): Promise<Outcome & { report: Report }> {
    const outcome = await this.run(["check", "--format", "json", ...args], options);
    let report: Report;
    try {
      report = JSON.parse(outcome.stdout) as Report;
    } catch (error) {
      throw new Error(
        `no report (exit ${outcome.exit}, ${outcome.signal}): ${outcome.stderr}${outcome.stdout.slice(0, 500)}`,
        {
          cause: error,
        },
      );
    }
    return { ...outcome, report };
  }

  /** What the program left in its temporary folder. */
  leftovers(): string[] {
    return readdirSync(this.temporary).filter((name) => name.startsWith("codeflow"));
  }

  remove(): void {
    if (existsSync(this.base)) rmSync(this.base, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Findings as comparable lines, without what may differ between two equal runs (times, ids). */
export function linesOf(report: Report): string[] {
  return [
    `verdict ${report.verdict.status}`,
    ...report.verdict.reasons.map(({ message }) => `reason ${message}`),
    ...report.findings.map((finding) => JSON.stringify(finding)),
    ...report.analyzers.map(({ id, status, files, skippedFiles }) =>
      JSON.stringify([id, status === "cached" ? "ran" : status, files, skippedFiles]),
    ),
    ...report.notices.map((notice) => `notice ${notice}`),
  ];
}

function runProgram(
  args: readonly string[],
  { cwd, env, timeoutMs = 90_000, onStart, node = process.execPath, program: file = program }: RunOptions,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(node, [file, ...args], {
      cwd,
      env: env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    child.once("error", reject);
    child.once("close", (exit, signal) => {
      clearTimeout(timer);
      resolve({
        exit,
        signal,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
        ms: performance.now() - start,
      });
    });
    if (child.pid !== undefined) onStart?.(child.pid);
  });
}
