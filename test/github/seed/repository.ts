/** A repository in the hands of a test: what people do in it, without the API. */
import { type FileContent, makeCommit, rebased } from "../world/commits.ts";
import { git, type GitIdentity, readBlob, resolveCommit } from "../world/git.ts";
import { newIssue } from "../world/issues.ts";
import { openPull, refsMoved } from "../world/pulls.ts";
import { makeRepository } from "../world/repositories.ts";
import { mergeWhatIsReady } from "../world/protection.ts";
import {
  type CommitStatus,
  fullName,
  type Issue,
  type Repository,
  type Role,
  type SarifUpload,
  type User,
  type WorkflowRun,
  type World,
} from "../world/state.ts";
import { zipOf } from "../world/zip.ts";
import { createSeededPull, type SeededPull } from "./pull.ts";

export interface CommitSeed {
  /** The branch that moves; the default one unless said. Made where it does not exist. */
  readonly branch?: string;
  /** Where a new branch starts; the default branch unless said. */
  readonly from?: string;
  readonly files?: Readonly<Record<string, FileContent>>;
  /** Old path to new path, before `files`. */
  readonly renames?: Readonly<Record<string, string>>;
  readonly message?: string;
  /** A login. */
  readonly as?: string;
}

export interface PullSeed {
  readonly head: string;
  readonly base?: string;
  readonly title?: string;
  readonly body?: string;
  readonly draft?: boolean;
  readonly as?: string;
  /** The fork that holds the head. */
  readonly from?: SeededRepository;
}

export interface RunSeed {
  readonly name?: string;
  readonly path?: string;
  readonly event?: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly headRepository?: SeededRepository;
  readonly conclusion?: WorkflowRun["conclusion"];
  readonly as?: string;
  readonly jobs?: readonly {
    readonly name: string;
    readonly log?: string;
    readonly conclusion?: WorkflowRun["conclusion"];
    readonly steps?: readonly string[];
  }[];
  /** Artifacts by name; each becomes a zip of these files. */
  readonly artifacts?: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>>;
}

export interface SeededRepository {
  readonly owner: string;
  readonly name: string;
  readonly fullName: string;
  readonly id: number;
  /** The bare repository, for git commands of the test's own; call `pushed` after moving refs by hand. */
  readonly gitDir: string;
  /** The whole state, to look at. */
  readonly state: Repository;
  /** With a token inside, as a workflow's checkout has it. */
  cloneUrl(token?: string): string;
  sha(name: string): string;
  read(branch: string, path: string): string | undefined;
  commit(seed: CommitSeed): string;
  branch(name: string, from?: string): void;
  /** Replays a branch onto another's tip, as `git rebase` and a force-push do. */
  rebase(branch: string, onto?: string, as?: string): string;
  /** Moves a branch to any commit. */
  forcePush(branch: string, sha: string, as?: string): void;
  deleteBranch(name: string, as?: string): void;
  tag(name: string, at: string): void;
  /** Tells the server that refs were moved behind its back. */
  pushed(as?: string): void;
  collaborator(login: string, role: Role): void;
  /** Protects a branch: no deletion, and no merge before these checks have succeeded. */
  protect(branch: string, requiredChecks?: readonly string[]): void;
  /** A status of another tool. */
  status(seed: {
    readonly sha: string;
    readonly context: string;
    readonly state: CommitStatus["state"];
    readonly as?: string;
  }): void;
  fork(login: string): SeededRepository;
  openPull(seed: PullSeed): SeededPull;
  pull(number: number): SeededPull;
  openIssue(seed: {
    readonly title: string;
    readonly body?: string;
    readonly labels?: readonly string[];
    readonly as?: string;
  }): Issue;
  /** A finished workflow run with its jobs and artifacts; returns its id. */
  workflowRun(seed: RunSeed): number;
  sarifs(): readonly SarifUpload[];
}

export function createSeededRepository(
  world: World,
  repository: Repository,
  person: (login?: string) => User,
): SeededRepository {
  const identity = (user: User): GitIdentity => ({ name: user.name, email: user.email, date: world.now() });
  const owner = (login: string | undefined): User => (login === undefined ? repository.owner : person(login));
  const sha = (name: string): string => {
    const found = resolveCommit(repository.gitDir, name);
    if (found === undefined) throw new Error(`${fullName(repository)} has no ${name}`);
    return found;
  };
  const moved = (login?: string): void => refsMoved(world, repository, owner(login));

  return {
    owner: repository.owner.login,
    name: repository.name,
    fullName: fullName(repository),
    id: repository.id,
    gitDir: repository.gitDir,
    state: repository,
    cloneUrl(token) {
      const url = new URL(`${world.url}/${fullName(repository)}.git`);
      if (token !== undefined) {
        url.username = "x-access-token";
        url.password = token;
      }
      return url.href;
    },
    sha,
    read: (branch, path) => readBlob(repository.gitDir, sha(branch), path)?.toString(),
    commit(seed) {
      const branch = seed.branch ?? repository.defaultBranch;
      const tip = repository.refs.get(`refs/heads/${branch}`);
      const start = repository.refs.size === 0 ? undefined : sha(seed.from ?? repository.defaultBranch);
      const made = makeCommit(repository.gitDir, {
        ref: `refs/heads/${branch}`,
        parent: tip ?? start,
        message: seed.message ?? `Change ${Object.keys({ ...seed.files, ...seed.renames }).join(", ")}`,
        ...(seed.files === undefined ? {} : { files: seed.files }),
        ...(seed.renames === undefined ? {} : { renames: seed.renames }),
        identity: identity(owner(seed.as)),
      });
      moved(seed.as);
      return made;
    },
    branch(name, from) {
      git(repository.gitDir, ["update-ref", `refs/heads/${name}`, sha(from ?? repository.defaultBranch)]);
      moved();
    },
    rebase(branch, onto, as) {
      const target = sha(onto ?? repository.defaultBranch);
      const tip = rebased(repository.gitDir, sha(branch), target, identity(owner(as)));
      if (tip === undefined) throw new Error(`${branch} conflicts with ${onto ?? repository.defaultBranch}`);
      git(repository.gitDir, ["update-ref", `refs/heads/${branch}`, tip]);
      moved(as);
      return tip;
    },
    forcePush(branch, to, as) {
      git(repository.gitDir, ["update-ref", `refs/heads/${branch}`, to]);
      moved(as);
    },
    deleteBranch(name, as) {
      git(repository.gitDir, ["update-ref", "-d", `refs/heads/${name}`]);
      moved(as);
    },
    tag(name, at) {
      git(repository.gitDir, ["update-ref", `refs/tags/${name}`, sha(at)]);
      moved();
    },
    pushed: moved,
    collaborator(login, role) {
      repository.collaborators.set(person(login).login.toLowerCase(), role);
    },
    protect(branch, requiredChecks = []) {
      repository.protections.set(branch, requiredChecks);
    },
    status(seed) {
      const creator = owner(seed.as);
      const { context, state } = seed;
      const rest = { description: null, targetUrl: null, creator, createdAt: world.now() };
      repository.statuses.push({ id: world.nextId(), sha: seed.sha, context, state, ...rest });
      mergeWhatIsReady(world, repository, seed.sha);
    },
    fork(login) {
      const fork = makeRepository(world, {
        owner: person(login),
        name: repository.name,
        private: repository.private,
        defaultBranch: repository.defaultBranch,
        parent: repository,
      });
      return createSeededRepository(world, fork, person);
    },
    openPull(seed) {
      const head = seed.from?.state ?? repository;
      const issue = openPull(world, repository, {
        author: seed.as === undefined ? head.owner : person(seed.as),
        title: seed.title ?? `Change ${seed.head}`,
        body: seed.body ?? "",
        headRepository: head,
        headRef: seed.head,
        baseRef: seed.base ?? repository.defaultBranch,
        draft: seed.draft ?? false,
      });
      return createSeededPull(world, repository, issue.number, person);
    },
    pull: (number) => createSeededPull(world, repository, number, person),
    openIssue: (seed) =>
      newIssue(world, repository, {
        author: owner(seed.as),
        title: seed.title,
        body: seed.body ?? "",
        labels: seed.labels ?? [],
      }),
    workflowRun(seed) {
      const run: WorkflowRun = {
        id: world.nextId(),
        name: seed.name ?? "checks",
        path: seed.path ?? ".github/workflows/checks.yml",
        event: seed.event ?? "pull_request",
        headBranch: seed.headBranch,
        headSha: seed.headSha,
        headRepository: seed.headRepository?.state ?? repository,
        status: "completed",
        conclusion: seed.conclusion ?? "success",
        actor: owner(seed.as),
        createdAt: world.now(),
        jobs: (seed.jobs ?? []).map((job) => ({
          id: world.nextId(),
          name: job.name,
          status: "completed",
          conclusion: job.conclusion ?? "success",
          steps: (job.steps ?? []).map((name) => ({ name, conclusion: job.conclusion ?? "success" })),
          log: job.log ?? "",
        })),
      };
      repository.workflowRuns.set(run.id, run);
      for (const [name, files] of Object.entries(seed.artifacts ?? {})) {
        const artifact = { id: world.nextId(), name, run, zip: zipOf(files), expired: false, createdAt: world.now() };
        repository.artifacts.set(artifact.id, artifact);
      }
      world.happened(repository, run.actor, { event: "workflow_run", action: "completed", run });
      return run.id;
    },
    sarifs: () => [...repository.sarifs.values()],
  };
}
