/** Runs git on the bare repositories, apart from the machine's own configuration and identity. */
import { spawnSync } from "node:child_process";

export const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
export const noCommit = "0".repeat(40);

const maxOutput = 512 * 1024 * 1024;

export interface GitIdentity {
  readonly name: string;
  readonly email: string;
  readonly date: Date;
}

/** The environment of every git process: nobody's configuration, no prompts, no inherited repository. */
export function gitEnvironment(identity?: GitIdentity): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) if (!name.startsWith("GIT_")) env[name] = value;
  env["GIT_CONFIG_GLOBAL"] = "/dev/null";
  env["GIT_CONFIG_NOSYSTEM"] = "1";
  env["GIT_TERMINAL_PROMPT"] = "0";
  env["LC_ALL"] = "C";
  if (identity !== undefined) {
    const date = `${Math.floor(identity.date.getTime() / 1000)} +0000`;
    for (const who of ["AUTHOR", "COMMITTER"]) {
      env[`GIT_${who}_NAME`] = identity.name;
      env[`GIT_${who}_EMAIL`] = identity.email;
      env[`GIT_${who}_DATE`] = date;
    }
  }
  return env;
}

export interface GitOptions {
  readonly input?: string | Uint8Array;
  readonly identity?: GitIdentity;
}

/**
 * Synchronous on purpose: a request is then handled as one indivisible step, and no two requests can see a half-made
 * change of each other.
 */
export function tryGit(
  dir: string,
  args: readonly string[],
  options: GitOptions = {},
): { status: number; stdout: Buffer; stderr: string } {
  const result = spawnSync("git", ["-c", "gc.auto=0", "-c", "core.quotePath=false", ...args], {
    cwd: dir,
    env: gitEnvironment(options.identity),
    ...(options.input === undefined ? {} : { input: options.input }),
    maxBuffer: maxOutput,
  });
  if (result.error !== undefined) throw result.error;
  return { status: result.status ?? -1, stdout: result.stdout, stderr: result.stderr.toString() };
}

export function git(dir: string, args: readonly string[], options: GitOptions = {}): string {
  const result = tryGit(dir, args, options);
  if (result.status !== 0) throw new Error(`git ${args.join(" ")} ended with ${result.status}: ${result.stderr}`);
  return result.stdout.toString();
}

/** The commit that a name means, or undefined where it means none. */
export function resolveCommit(dir: string, name: string): string | undefined {
  if (name.startsWith("-")) return undefined;
  for (const candidate of [`refs/heads/${name}`, `refs/tags/${name}`, name]) {
    const result = tryGit(dir, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${candidate}^{commit}`]);
    if (result.status === 0) return result.stdout.toString().trim();
  }
  return undefined;
}

export function mergeBaseOf(dir: string, base: string, head: string): string | undefined {
  const result = tryGit(dir, ["merge-base", base, head]);
  return result.status === 0 ? result.stdout.toString().trim() : undefined;
}

export function isAncestor(dir: string, ancestor: string, descendant: string): boolean {
  return tryGit(dir, ["merge-base", "--is-ancestor", ancestor, descendant]).status === 0;
}

/** Branches and tags with what they point at. */
export function listRefs(dir: string): Map<string, string> {
  const refs = new Map<string, string>();
  const text = git(dir, ["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags"]);
  for (const line of text.split("\n")) {
    const space = line.lastIndexOf(" ");
    if (space > 0) refs.set(line.slice(0, space), line.slice(space + 1));
  }
  return refs;
}

export function readBlob(dir: string, revision: string, path: string): Buffer | undefined {
  const result = tryGit(dir, ["cat-file", "blob", `${revision}:${path}`]);
  return result.status === 0 ? result.stdout : undefined;
}

export interface CommitFacts {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly authorName: string;
  readonly authorEmail: string;
  readonly authorDate: string;
  readonly committerName: string;
  readonly committerEmail: string;
  readonly committerDate: string;
  readonly message: string;
}

const commitFormat = ["%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"].join("%x1f");

/** Newest first, as `git log` gives them. */
export function listCommits(dir: string, args: readonly string[]): CommitFacts[] {
  const text = git(dir, ["log", "-z", `--format=${commitFormat}`, ...args]);
  return text
    .split("\0")
    .filter((record) => record.trim() !== "")
    .map((record) => {
      const part = record.replace(/^\n/, "").split("\x1f");
      const at = (index: number): string => part[index] ?? "";
      return {
        sha: at(0),
        tree: at(1),
        parents: at(2).split(" ").filter(Boolean),
        authorName: at(3),
        authorEmail: at(4),
        authorDate: utc(at(5)),
        committerName: at(6),
        committerEmail: at(7),
        committerDate: utc(at(8)),
        message: at(9).trimEnd(),
      };
    });
}

function utc(date: string): string {
  return timestamp(new Date(date));
}

/** GitHub's timestamps have whole seconds. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
