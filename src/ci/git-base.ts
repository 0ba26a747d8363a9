/** What the event's commit is compared with. Runners clone with one commit only: what is missing is fetched. */
import type { World } from "../app/world.ts";
import { exitCodes, Failure } from "../model/failure.ts";
import { isCommit, type Job, type PullRequestFacts } from "./job.ts";

export interface Comparison {
  /** The merge base. */
  readonly base: string;
  /** What is checked out. */
  readonly head: string;
  /** What is checked out is not the head of the pull request, but GitHub's merge of it. */
  readonly isMerge: boolean;
}

/** Each fetch goes this much deeper; then everything. */
const depths = [50, 250, 1_250];
const fetchTimeoutMs = 300_000;

/** `wanted`: a commit, or a name on the remote. */
export async function compareWith(
  wanted: string,
  job: Job,
  token: string | undefined,
  world: World,
): Promise<Comparison> {
  const git = gitOf(world, job, token);
  const head = await git.commit("HEAD");
  if (head === undefined) {
    throw new Failure("CF553", "there is no commit checked out", {
      why: await git.complaint(),
      next: "add a step with actions/checkout before",
    });
  }
  const pull = job.pullRequest;
  // A merge that GitHub made is compared with its own first parent: `base.sha` may be older, and what others merged
  // meanwhile is not this pull request's.
  const isMerge = pull !== undefined && head !== pull.headSha && head === job.sha;
  let tip = await git.commit(isCommit(wanted) ? wanted : `refs/remotes/origin/${wanted}`);
  if (isMerge) {
    await git.fetch(["--depth=2", "origin", head]);
    const [first, second] = await git.parents(head);
    if (first !== undefined && second === pull.headSha) return { base: first, head, isMerge };
  }
  const target = isCommit(wanted) ? wanted : `+refs/heads/${wanted}:refs/remotes/origin/${wanted}`;
  if (tip === undefined) {
    await git.fetch(["--depth=1", "origin", target]);
    tip = await git.commit(isCommit(wanted) ? wanted : `refs/remotes/origin/${wanted}`);
  }
  if (tip === undefined) throw missing(wanted, git.lastError());
  let base = await git.mergeBase(tip, head);
  for (const depth of depths) {
    if (base !== undefined || !(await git.isShallow())) break;
    world.log.debug(`the clone is shallow: fetching ${depth} commits more`);
    await git.fetch([`--deepen=${depth}`, "origin", target, head]);
    base = await git.mergeBase(tip, head);
  }
  if (base === undefined && (await git.isShallow())) {
    await git.fetch(["--unshallow", "origin", target, head]);
    base = await git.mergeBase(tip, head);
  }
  if (base === undefined) throw missing(wanted, git.lastError());
  await requireHead(git, head, job);
  return { base, head, isMerge };
}

/** Where nothing is compared: a verdict about the pull request is one about its code all the same. */
export async function requirePullRequest(job: Job, token: string | undefined, world: World): Promise<void> {
  const git = gitOf(world, job, token);
  const head = await git.commit("HEAD");
  if (head !== undefined) await requireHead(git, head, job);
}

async function requireHead(git: ReturnType<typeof gitOf>, head: string, job: Job): Promise<void> {
  const pull = job.pullRequest;
  if (pull !== undefined && !(await git.contains(head, pull.headSha))) throw elsewhere(pull, head, job);
}

/** Of the base, which pull_request_target checks out by itself, nothing is new: that would be a verdict without a look. */
function elsewhere(pull: PullRequestFacts, head: string, { eventName }: Job): Failure {
  return new Failure("CF560", `what is checked out is not pull request #${pull.number}`, {
    why: `${head.slice(0, 10)} does not contain its head ${pull.headSha.slice(0, 10)}`,
    next:
      eventName === "pull_request_target"
        ? "use the event pull_request, and for forks the pair of workflows that codeflow init --github writes"
        : "give actions/checkout ref: ${{ github.event.pull_request.head.sha }}",
    exitCode: exitCodes.incomplete,
  });
}

function missing(wanted: string, fetchError: string): Failure {
  return new Failure("CF554", `${wanted} and what is checked out have no common commit here`, {
    why: fetchError === "" ? "their histories are unrelated" : `git fetch said: ${fetchError}`,
    next: "give actions/checkout fetch-depth: 0",
    exitCode: 3,
  });
}

function gitOf(world: World, job: Job, token: string | undefined) {
  let lastError = "";
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}, timeoutMs = 60_000) =>
    world.exec({
      command: "git",
      // A pull request may bring a folder that git takes for a bare repository, whose configuration names programs.
      args: ["-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "safe.bareRepository=explicit", ...args],
      cwd: world.cwd,
      env: { ...world.env, GIT_TERMINAL_PROMPT: "0", ...env },
      timeoutMs,
      signal: world.signal,
    });
  const line = async (args: readonly string[]): Promise<string | undefined> => {
    const { exitCode, stdout } = await run(args);
    return exitCode === 0 ? stdout.toString().trim() : undefined;
  };
  return {
    lastError: () => lastError,
    complaint: async () => {
      const { stderr } = await run(["rev-parse", "--verify", "HEAD^{commit}"]);
      return `git said: ${stderr.toString().trim().split("\n").at(-1) ?? ""}`;
    },
    commit: (name: string) => line(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]),
    mergeBase: async (one: string, other: string) => (await line(["merge-base", one, other]))?.split("\n")[0],
    isShallow: async () => (await line(["rev-parse", "--is-shallow-repository"])) === "true",
    /** Whether it is that commit, or was made on top of it; a shallow clone is asked for a little more. */
    async contains(commit: string, older: string): Promise<boolean> {
      const is = async (): Promise<boolean> =>
        commit === older || (await run(["merge-base", "--is-ancestor", older, commit])).exitCode === 0;
      if (await is()) return true;
      if ((await this.isShallow()) === false) return false;
      await this.fetch([`--deepen=${depths[0]}`, "origin", commit]);
      return is();
    },
    parents: async (commit: string) =>
      ((await line(["rev-list", "--parents", "-n", "1", commit, "--"])) ?? "").split(" ").slice(1),
    async fetch(args: readonly string[]): Promise<void> {
      const [option, ...rest] = args;
      const { exitCode, stderr } = await run(
        [
          "fetch",
          "--no-tags",
          "--no-recurse-submodules",
          "--quiet",
          ...(option === undefined ? [] : [option]),
          ...rest,
        ],
        await credentials(),
        fetchTimeoutMs,
      );
      if (exitCode !== 0) lastError = stderr.toString().trim().split("\n").at(-1) ?? "";
    },
  };

  /** In variables: arguments can be read by every process of the machine. Only for the server that gave the token. */
  async function credentials(): Promise<Record<string, string>> {
    if (token === undefined) return {};
    const url = await line(["remote", "get-url", "origin"]);
    const has = await line(["config", "--get-urlmatch", "http.extraheader", `${job.serverUrl}/`]);
    if (url?.startsWith(`${job.serverUrl}/`) !== true || has !== undefined) return {};
    const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
    return {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `http.${job.serverUrl}/.extraheader`,
      GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${basic}`,
    };
  }
}
