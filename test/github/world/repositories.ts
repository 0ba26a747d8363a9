/** Makes repositories and forks, and says who may do what in them. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { git, listRefs } from "./git.ts";
import { fullName, type Repository, type Role, type User, type World } from "./state.ts";

export interface NewRepository {
  readonly owner: User;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly description?: string | undefined;
  readonly parent?: Repository;
}

/** GitHub gives every new repository these. */
const defaultLabels: readonly (readonly [string, string, string])[] = [
  ["bug", "d73a4a", "Something isn't working"],
  ["documentation", "0075ca", "Improvements or additions to documentation"],
  ["duplicate", "cfd3d7", "This issue or pull request already exists"],
  ["enhancement", "a2eeef", "New feature or request"],
  ["good first issue", "7057ff", "Good for newcomers"],
  ["help wanted", "008672", "Extra attention is needed"],
  ["invalid", "e4e669", "This doesn't seem right"],
  ["question", "d876e3", "Further information is requested"],
  ["wontfix", "ffffff", "This will not be worked on"],
];

const settings: readonly (readonly [string, string])[] = [
  ["http.receivepack", "true"],
  ["uploadpack.allowFilter", "true"],
  ["uploadpack.allowAnySHA1InWant", "true"],
  // Pull request refs are the server's own: GitHub refuses pushes to them.
  ["receive.hideRefs", "refs/pull"],
  ["receive.advertisePushOptions", "true"],
  ["gc.auto", "0"],
  ["core.logAllRefUpdates", "false"],
];

export function makeRepository(world: World, wanted: NewRepository): Repository {
  const gitDir = join(world.folder, wanted.owner.login, `${wanted.name}.git`);
  mkdirSync(gitDir, { recursive: true });
  git(gitDir, ["init", "--quiet", "--bare", `--initial-branch=${wanted.defaultBranch}`]);
  for (const [name, value] of settings) git(gitDir, ["config", name, value]);
  if (wanted.parent !== undefined) {
    git(gitDir, ["fetch", "--quiet", wanted.parent.gitDir, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]);
  }
  const repository: Repository = {
    id: world.nextId(),
    owner: wanted.owner,
    name: wanted.name,
    private: wanted.private,
    description: wanted.description ?? null,
    defaultBranch: wanted.defaultBranch,
    parent: wanted.parent ?? null,
    createdAt: world.now(),
    pushedAt: world.now(),
    gitDir,
    refs: listRefs(gitDir),
    collaborators: new Map<string, Role>(),
    protections: new Map<string, readonly string[]>(),
    labels: defaultLabels.map(([name, color, description]) => ({ id: world.nextId(), name, color, description })),
    milestones: [],
    issues: new Map(),
    comments: new Map(),
    reviews: new Map(),
    threads: new Map(),
    checkSuites: [],
    checkRuns: new Map(),
    statuses: [],
    releases: new Map(),
    workflowRuns: new Map(),
    artifacts: new Map(),
    sarifs: new Map(),
  };
  world.repositories.set(fullName(repository).toLowerCase(), repository);
  return repository;
}

const ranks: readonly Role[] = ["none", "read", "triage", "write", "maintain", "admin"];

export function isAtLeast(role: Role, wanted: Role): boolean {
  return ranks.indexOf(role) >= ranks.indexOf(wanted);
}

/** A user's own role, before any token narrows it. */
export function roleOf(repository: Repository, user: User | undefined): Role {
  if (user !== undefined && user === repository.owner) return "admin";
  const given = user === undefined ? undefined : repository.collaborators.get(user.login.toLowerCase());
  return given ?? (repository.private ? "none" : "read");
}

export type Association = "OWNER" | "MEMBER" | "COLLABORATOR" | "CONTRIBUTOR" | "NONE";

export function associationOf(repository: Repository, user: User): Association {
  if (user === repository.owner) return "OWNER";
  const role = repository.collaborators.get(user.login.toLowerCase());
  if (role !== undefined && role !== "none") {
    return repository.owner.type === "Organization" ? "MEMBER" : "COLLABORATOR";
  }
  const contributed = [...repository.issues.values()].some(
    (issue) => issue.author === user && issue.pull !== undefined && issue.pull.mergedAt !== null,
  );
  return contributed ? "CONTRIBUTOR" : "NONE";
}
