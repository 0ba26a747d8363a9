/** A code host in memory: JSON in (`CodeHostSeed`), the port's verbs on it, JSON out (`state`). */
import type { CodeHost } from "../../../src/model/code-host.ts";
import { absent, checksOf, pullRequestVerbs, refused } from "./host-pulls.ts";
import { type CodeHostSeed, FakeHostWorld, type HostState } from "./host-state.ts";
import { talkVerbs } from "./host-talk.ts";

export interface FakeCodeHost extends CodeHost {
  readonly world: FakeHostWorld;
  readonly state: HostState;
}

/** `now`: the time before the first thing happens; each thing takes a second. */
export function createFakeCodeHost(seed: CodeHostSeed = {}, now?: string): FakeCodeHost {
  const world = new FakeHostWorld(seed, now);
  const { state, history, time } = world;
  let requests = 0;

  const labelled = (number: number): { labels: string[]; updatedAt?: string } => {
    const found = [...state.pullRequests, ...state.issues].find((each) => each.number === number);
    if (found === undefined) throw absent(`#${number}`);
    return found as { labels: string[]; updatedAt?: string };
  };
  const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

  const host: CodeHost = {
    id: "github",
    slug: world.slug,
    ...pullRequestVerbs(world),
    ...talkVerbs(world),
    async repository() {
      const [owner = "", name = ""] = world.slug.split("/");
      const { isPrivate = false, isArchived = false } = seed;
      const url = `https://github.example/${world.slug}`;
      return { owner, name, defaultBranch: world.defaultBranch, isPrivate, isArchived, url, cloneUrl: `${url}.git` };
    },
    async viewer() {
      return world.user(world.viewer);
    },
    async permissionOf(login) {
      return world.people[login] ?? "none";
    },

    async labels() {
      return state.labels.map((label) => ({ ...label }));
    },
    async ensureLabel({ name, ...wanted }) {
      const known = state.labels.find((label) => isSame(label.name, name));
      if (known === undefined) {
        state.labels.push({ name, color: "ededed", description: "", ...wanted });
        state.writes.push(`ensureLabel ${name} created`);
      } else if (Object.entries(wanted).some(([key, value]) => known[key as keyof typeof known] !== value)) {
        Object.assign(known, wanted);
        state.writes.push(`ensureLabel ${name} updated`);
      }
    },
    async addLabels(number, labels) {
      const target = labelled(number);
      const fresh = labels.filter((name) => !target.labels.some((own) => isSame(own, name)));
      for (const name of fresh) {
        world.ensureLabel(name);
        target.labels.push(name);
      }
      if (fresh.length > 0) state.writes.push(`addLabels #${number} ${fresh.join(", ")}`);
    },
    async removeLabels(number, labels) {
      const target = labelled(number);
      const gone = target.labels.filter((own) => labels.some((name) => isSame(own, name)));
      target.labels = target.labels.filter((own) => !gone.includes(own));
      if (gone.length > 0) state.writes.push(`removeLabels #${number} ${gone.join(", ")}`);
    },
    async assign(number, logins) {
      const target = labelled(number) as { assignees?: string[] };
      const known = logins.filter((login) => world.people[login] !== undefined && world.people[login] !== "none");
      const assignees = (target.assignees ??= []);
      const fresh = known.filter((login) => !assignees.includes(login));
      assignees.push(...fresh);
      if (fresh.length > 0) state.writes.push(`assign #${number} ${fresh.join(", ")}`);
      return { unknown: logins.filter((login) => !known.includes(login)) };
    },

    async setStatus(sha, status) {
      if (history.get(sha) === undefined) throw refused(`cannot set a status`, `422 no commit ${sha}`);
      const wanted = { sha, ...status, description: [...status.description].slice(0, 140).join("") };
      const known = state.statuses.findIndex((each) => each.sha === sha && each.context === status.context);
      if (known >= 0) {
        const before = state.statuses[known];
        if (before?.state === wanted.state && before.description === wanted.description && before.url === wanted.url) {
          return { outcome: "unchanged" };
        }
        state.statuses.splice(known, 1);
      }
      state.statuses.push(wanted);
      state.writes.push(`setStatus ${status.context} ${status.state}`);
      return { outcome: "set" };
    },
    async ensureCheckRun(draft) {
      if (history.get(draft.sha) === undefined) throw refused(`cannot report a check`, `422 no commit ${draft.sha}`);
      if (draft.status === "completed" && draft.conclusion === undefined) {
        throw refused(`cannot end check ${draft.name}`, "422 conclusion is missing");
      }
      const annotations = draft.annotations ?? [];
      for (const each of annotations) {
        if (each.startColumn !== undefined && each.startLine !== each.endLine) {
          throw refused(`cannot annotate ${each.path}`, "422 columns need start and end on one line");
        }
      }
      const known = state.checkRuns.find(
        (run) => run.name === draft.name && run.sha === draft.sha && run.externalId === draft.externalId,
      );
      const id = known?.id ?? world.nextId();
      const run = { ...draft, id, annotations };
      if (known === undefined) state.checkRuns.push(run);
      else if (JSON.stringify(known) !== JSON.stringify({ ...known, ...run })) Object.assign(known, run);
      else return { id, url: world.url(`runs/${id}`) };
      state.writes.push(`ensureCheckRun ${draft.name} ${draft.conclusion ?? draft.status}`);
      return { id, url: world.url(`runs/${id}`) };
    },
    async checksOf(sha) {
      return checksOf(world, sha);
    },
    async uploadSarif(upload) {
      const known = state.sarif.find(
        ({ sha, ref, sarif }) => sha === upload.sha && ref === upload.ref && sarif === upload.sarif,
      );
      if (known !== undefined) return { id: known.id, state: "complete" };
      const { version } = JSON.parse(upload.sarif) as { version?: string };
      if (version !== "2.1.0") throw refused("will not take this SARIF", `its version is ${version}`);
      const id = String(world.nextId());
      state.sarif.push({ id, ...upload });
      state.writes.push(`uploadSarif ${upload.ref}`);
      return { id, state: "complete" };
    },

    async branches() {
      return Object.entries(state.branches)
        .filter(([name]) => !state.pullRequests.some((pull) => pull.isFork && pull.head.branch === name))
        .map(([name, sha]) => ({ name, sha, isProtected: world.protected.includes(name) }));
    },
    async deleteBranch(name, sha) {
      const tip = state.branches[name];
      if (tip === undefined) return { outcome: "unchanged" };
      if (name === world.defaultBranch) return { outcome: "refused", reason: "it is the default branch" };
      if (world.protected.includes(name)) return { outcome: "refused", reason: "it is protected" };
      if (tip !== sha) return { outcome: "refused", reason: `it has moved to ${tip.slice(0, 12)}` };
      delete state.branches[name];
      state.writes.push(`deleteBranch ${name}`);
      return { outcome: "deleted" };
    },
    async tags() {
      return Object.entries(state.tags).map(([name, sha]) => ({ name, sha }));
    },
    async ensureTag(name, sha) {
      const known = state.tags[name];
      if (known === sha) return { outcome: "unchanged" };
      if (known !== undefined) throw refused(`will not move tag ${name}`, `it is at ${known.slice(0, 12)}`);
      if (history.get(sha) === undefined) throw refused(`cannot make tag ${name}`, `422 no commit ${sha}`);
      state.tags[name] = sha;
      state.writes.push(`ensureTag ${name}`);
      return { outcome: "created" };
    },
    async releases() {
      return state.releases.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).map((release) => ({ ...release }));
    },
    async ensureRelease({ isPrerelease = false, replaces, ...draft }) {
      const wanted = { ...draft, isPrerelease };
      const known =
        state.releases.find(({ tag }) => tag === draft.tag) ??
        state.releases.find(({ tag, isDraft }) => isDraft && tag === replaces);
      if (known === undefined) {
        const release = world.release(wanted);
        state.releases.push(release);
        if (!draft.isDraft) state.tags[draft.tag] ??= state.branches[draft.target] ?? draft.target;
        state.writes.push(`ensureRelease ${draft.tag} created`);
        return { release: { ...release }, outcome: "created" };
      }
      const next = { ...wanted, isDraft: known.isDraft && draft.isDraft };
      // Where a published one points is its tag's business.
      const { target: _target, ...text } = next;
      const change: Partial<typeof next> = known.isDraft ? next : text;
      if (Object.entries(change).every(([key, value]) => known[key as keyof typeof known] === value)) {
        return { release: { ...known }, outcome: "unchanged" };
      }
      if (known.isDraft && !next.isDraft) {
        known.publishedAt = time.next();
        state.tags[draft.tag] ??= state.branches[draft.target] ?? draft.target;
      }
      Object.assign(known, change);
      state.writes.push(`ensureRelease ${draft.tag} updated`);
      return { release: { ...known }, outcome: "updated" };
    },

    async readFile(path, ref) {
      const text = history.files(state.branches[ref] ?? state.tags[ref] ?? ref)[path];
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    async workflowRuns({ branch, sha, status, limit }) {
      return state.workflowRuns
        .filter((run) => branch === undefined || run.headBranch === branch)
        .filter((run) => sha === undefined || run.headSha === sha)
        .filter((run) => status === undefined || run.status === status || run.conclusion === status)
        .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
        .slice(0, limit)
        .map(({ jobs: _jobs, ...run }) => run);
    },
    async jobs(runId) {
      const run = state.workflowRuns.find(({ id }) => id === runId);
      if (run === undefined) throw absent(`workflow run ${runId}`);
      return run.jobs.map(({ log: _log, ...job }) => job);
    },
    async jobLog(jobId, maxBytes) {
      const job = state.workflowRuns.flatMap(({ jobs }) => jobs).find(({ id }) => id === jobId);
      if (job === undefined) throw absent(`job ${jobId}`);
      return Buffer.from(job.log).subarray(-maxBytes).toString();
    },
    usage() {
      return { requests, notModified: 0, remaining: undefined };
    },
  };

  return Object.assign(
    counted(host, () => (requests += 1)),
    { world, state },
  );
}

/** Every asking is a request, and what comes out is the caller's own copy. */
function counted(host: CodeHost, count: () => void): CodeHost {
  return Object.fromEntries(
    Object.entries(host).map(([name, verb]) => [
      name,
      typeof verb !== "function" || name === "usage"
        ? verb
        : async (...args: unknown[]) => {
            count();
            const answer: unknown = await (verb as (...args: unknown[]) => Promise<unknown>).apply(host, args);
            return answer instanceof Uint8Array ? answer : structuredClone(answer);
          },
    ]),
  ) as unknown as CodeHost;
}
