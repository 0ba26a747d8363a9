/** The pull requests of the in-memory code host. */
import type { CodeHost, CommitCheck, HostPullRequest } from "../../../src/model/code-host.ts";
import { Failure } from "../../../src/model/failure.ts";
import { changedFiles } from "./host-history.ts";
import type { FakeHostWorld, FakePullRequest } from "./host-state.ts";

/** CF702: the host understood and said no. */
export function refused(what: string, why: string): Failure {
  return new Failure("CF702", what, { why, next: "mend what the host names, then run it again", exitCode: 3 });
}

/** CF703: what is acted upon is not there. */
export function absent(what: string): Failure {
  return new Failure("CF703", `${what} is not there`, { why: "the host answered 404", exitCode: 3 });
}

export function requirePull(world: FakeHostWorld, number: number): FakePullRequest {
  const pull = world.state.pullRequests.find((each) => each.number === number);
  if (pull === undefined) throw absent(`pull request #${number}`);
  return pull;
}

/** Latest of each name: statuses of ours, check runs of ours, checks of other tools. */
export function checksOf(world: FakeHostWorld, sha: string): CommitCheck[] {
  const { statuses, checkRuns, checks } = world.state;
  const states = { success: "success", neutral: "neutral", skipped: "neutral" } as const;
  return [
    ...checks.filter((check) => check.sha === sha).map(({ sha: _sha, ...check }) => check),
    ...statuses
      .filter((status) => status.sha === sha)
      .map(({ context, state, url }): CommitCheck => ({
        name: context,
        kind: "status",
        state: state === "error" ? "failure" : (state as CommitCheck["state"]),
        ...(url === undefined ? {} : { url }),
      })),
    ...checkRuns
      .filter((run) => run.sha === sha)
      .map(({ id, name, externalId, status, conclusion }): CommitCheck => ({
        id,
        name,
        externalId,
        kind: "check",
        state: status === "completed" ? (states[conclusion as keyof typeof states] ?? "failure") : "pending",
        url: world.url(`runs/${id}`),
      })),
  ];
}

export function pullRequestVerbs(world: FakeHostWorld) {
  const { state, history, time } = world;

  function seen(pull: FakePullRequest): HostPullRequest {
    const { isMergeable, mergeState, ...rest } = pull;
    const baseSha = pull.state === "open" ? (state.branches[pull.base.branch] ?? pull.base.sha) : pull.base.sha;
    const from = history.mergeBase(baseSha, pull.head.sha) ?? baseSha;
    const files = changedFiles(history.files(from), history.files(pull.head.sha));
    const sum = (key: "additions" | "deletions"): number => files.reduce((total, file) => total + file[key], 0);
    const mergeable = isMergeable ?? history.merged(baseSha, pull.head.sha) !== undefined;
    return {
      ...structuredClone(rest),
      base: { ...pull.base, sha: baseSha },
      isMergeable: "isMergeable" in pull ? isMergeable : mergeable,
      mergeState: mergeState ?? mergeStateOf(pull, mergeable),
      additions: pull.additions === 0 ? sum("additions") : pull.additions,
      deletions: pull.deletions === 0 ? sum("deletions") : pull.deletions,
      changedFiles: pull.changedFiles === 0 ? files.length : pull.changedFiles,
    };
  }

  function mergeStateOf(pull: FakePullRequest, isMergeable: boolean): string {
    if (!isMergeable) return "dirty";
    if (pull.isDraft) return "draft";
    const checks = checksOf(world, pull.head.sha);
    const isMet = (name: string): boolean => checks.some((check) => check.name === name && check.state === "success");
    if (world.protected.includes(pull.base.branch) && !world.requiredChecks.every(isMet)) return "blocked";
    return checks.some((check) => check.state === "failure") ? "unstable" : "clean";
  }

  function merge(pull: FakePullRequest, title: string): void {
    const base = state.branches[pull.base.branch] ?? pull.base.sha;
    const files = history.merged(base, pull.head.sha);
    if (files === undefined) throw refused(`cannot merge #${pull.number}`, "405 Pull Request is not mergeable");
    const date = time.next();
    const commit = history.add({ parents: [base, pull.head.sha], message: title, author: world.viewer, date, files });
    state.branches[pull.base.branch] = commit.sha;
    Object.assign(pull, { state: "closed", isMerged: true, mergedAt: date, mergeCommit: commit.sha, updatedAt: date });
    pull.hasAutoMerge = false;
  }

  return {
    async pullRequest(number) {
      const pull = state.pullRequests.find((each) => each.number === number);
      return pull === undefined ? undefined : seen(pull);
    },
    async pullRequests({ state: wanted = "open", base, head, limit }) {
      return state.pullRequests
        .filter((pull) => wanted === "all" || pull.state === wanted)
        .filter((pull) => base === undefined || pull.base.branch === base)
        .filter(({ head: own }) => {
          const owner = own.repository?.split("/")[0] ?? "";
          return head === undefined || head === `${owner}:${own.branch}` || head === own.branch;
        })
        .map(seen)
        .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
        .slice(0, limit);
    },
    async pullRequestsOf(commits) {
      const wanted = new Set(commits);
      const isOf = (pull: FakePullRequest): boolean =>
        wanted.has(pull.head.sha) ||
        wanted.has(pull.mergeCommit ?? "") ||
        history.between(pull.base.sha, pull.head.sha).some(({ sha }) => wanted.has(sha));
      return state.pullRequests.filter((pull) => pull.isMerged && isOf(pull)).map(seen);
    },
    async changedFiles(number) {
      const pull = requirePull(world, number);
      const from = history.mergeBase(pull.base.sha, pull.head.sha) ?? pull.base.sha;
      return { files: changedFiles(history.files(from), history.files(pull.head.sha)), isWhole: true };
    },
    async commits(number) {
      const pull = requirePull(world, number);
      return history
        .between(pull.base.sha, pull.head.sha)
        .map(({ sha, message, author }) => ({ sha, message, author }));
    },
    async commitAuthor(sha) {
      const login = history.get(sha)?.author;
      return login === undefined ? undefined : { login, isBot: login.endsWith("[bot]") };
    },
    async updatePullRequest(number, change) {
      const pull = requirePull(world, number);
      if (change.title?.trim() === "") throw refused(`cannot update #${number}`, "422 title can't be blank");
      const differs = (Object.keys(change) as (keyof typeof change)[]).some((key) => change[key] !== pull[key]);
      if (differs) {
        if (pull.isMerged && change.state === "open") throw refused(`cannot reopen #${number}`, "it is merged");
        Object.assign(pull, change, { updatedAt: time.next() });
        state.writes.push(`updatePullRequest #${number}`);
      }
      return seen(pull);
    },
    async ensurePullRequest({ head, base, title, body, isDraft }) {
      const open = state.pullRequests.find(
        (pull) => pull.state === "open" && pull.head.branch === head && pull.base.branch === base,
      );
      if (open !== undefined) {
        const isSame = open.title === title && open.body === body;
        if (!isSame) {
          Object.assign(open, { title, body, updatedAt: time.next() });
          state.writes.push(`ensurePullRequest #${open.number} updated`);
        }
        return { pullRequest: seen(open), outcome: isSame ? "unchanged" : "updated" };
      }
      const [from, to] = [state.branches[base], state.branches[head]];
      if (from === undefined || to === undefined) throw refused(`cannot propose ${head}`, "422 no such branch");
      if (history.between(from, to).length === 0) throw refused(`cannot propose ${head}`, "422 No commits between");
      const numbers = [...state.pullRequests, ...state.issues].map(({ number }) => number);
      const number = Math.max(0, ...numbers) + 1;
      const draft = { number, author: world.viewer, head, base, title, body, isDraft: isDraft ?? false };
      const pull = world.pullRequest(draft);
      state.pullRequests.push(pull);
      state.writes.push(`ensurePullRequest #${number} created`);
      return { pullRequest: seen(pull), outcome: "created" };
    },
    async mergePullRequest(number, { sha, title }) {
      const pull = requirePull(world, number);
      if (pull.isMerged) return { outcome: "unchanged" };
      if (pull.head.sha !== sha) throw refused(`cannot merge #${number}`, "409 Head branch was modified");
      const { mergeState } = seen(pull);
      if (pull.state === "closed" || ["dirty", "draft", "blocked"].includes(mergeState)) {
        throw refused(`cannot merge #${number}`, `405 ${pull.state === "closed" ? "it is closed" : mergeState}`);
      }
      merge(pull, title ?? pull.title);
      state.writes.push(`mergePullRequest #${number}`);
      return { outcome: "merged" };
    },
    async enableAutoMerge(number) {
      const pull = requirePull(world, number);
      if (pull.hasAutoMerge || pull.isMerged) return { outcome: "unchanged" };
      if (pull.state === "closed") throw refused(`cannot merge #${number} later`, "it is closed");
      if (seen(pull).mergeState === "clean") {
        throw refused(`cannot merge #${number} later`, "422 Pull request is in clean status");
      }
      pull.hasAutoMerge = true;
      state.writes.push(`enableAutoMerge #${number}`);
      return { outcome: "enabled" };
    },
    async requestReviewers(number, { users, teams }) {
      const pull = requirePull(world, number);
      const isOut = (login: string): boolean =>
        login === pull.author.login || ["none", undefined].includes(world.people[login]);
      const refusedTeams = teams.filter((team) => !world.teams.includes(team));
      const taken = {
        users: users.filter((login) => !isOut(login)),
        teams: teams.filter((team) => !refusedTeams.includes(team)),
      };
      const fresh = [
        ...taken.users.filter((login) => !pull.requestedReviewers.includes(login)),
        ...taken.teams.filter((team) => !pull.requestedTeams.includes(team)),
      ];
      pull.requestedReviewers = [...new Set([...pull.requestedReviewers, ...taken.users])];
      pull.requestedTeams = [...new Set([...pull.requestedTeams, ...taken.teams])];
      if (fresh.length > 0) state.writes.push(`requestReviewers #${number} ${fresh.join(" ")}`);
      return { requested: [...taken.users, ...taken.teams], refused: [...users.filter(isOut), ...refusedTeams] };
    },
  } satisfies Partial<CodeHost>;
}
