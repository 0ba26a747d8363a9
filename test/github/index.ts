/** A GitHub of one's own: a local server with real git behind it, for tests of everything that talks to GitHub. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFaults, type Faults } from "./http/faults.ts";
import {
  createRateLimits,
  defaultPrimaryLimits,
  type PrimaryLimits,
  type RateLimits,
  type SecondaryLimits,
} from "./http/rate-limits.ts";
import { createRequestLog, type RequestLog } from "./http/request-log.ts";
import { createRouter } from "./http/router.ts";
import { listen } from "./http/server.ts";
import { routes } from "./routes/index.ts";
import { createSeededRepository, type SeededRepository } from "./seed/repository.ts";
import { createWebhooks, type EventPayload, payloadOf, type Webhooks } from "./webhooks.ts";
import type { FileContent } from "./world/commits.ts";
import { findPull } from "./world/pulls.ts";
import { findReviewComment } from "./world/reviews.ts";
import { makeRepository } from "./world/repositories.ts";
import type { Happening, Limits, Role, Token, User, UserType, World } from "./world/state.ts";

export interface GithubServerOptions {
  /** The clock of every timestamp and rate limit; the machine's unless said. */
  readonly now?: () => Date;
  readonly limits?: Partial<Limits>;
  readonly primaryLimits?: Partial<PrimaryLimits>;
  /** Off unless given: `documentedSecondaryLimits` are GitHub's own. */
  readonly secondaryLimits?: SecondaryLimits;
  /** Answers `mergeable: null` to the first who asks after a push, as GitHub does. */
  readonly lazyMergeability?: boolean;
}

export interface UserSeed {
  readonly login: string;
  readonly type?: UserType;
  readonly name?: string;
  readonly email?: string;
}

export interface RepositorySeed {
  readonly owner: string;
  readonly name: string;
  readonly private?: boolean;
  readonly defaultBranch?: string;
  readonly description?: string;
  /** The first commit; without it the repository is empty. */
  readonly files?: Readonly<Record<string, FileContent>>;
  readonly collaborators?: Readonly<Record<string, Role>>;
}

/** Which event to build a payload of. */
export type EventSeed =
  | { readonly event: "pull_request"; readonly number: number; readonly action?: string; readonly as?: string }
  | {
      readonly event: "push";
      readonly ref: string;
      readonly before: string;
      readonly after: string;
      readonly as?: string;
    }
  | {
      readonly event: "issue_comment" | "pull_request_review_comment";
      readonly commentId: number;
      readonly action?: string;
    }
  | { readonly event: "workflow_run"; readonly runId: number; readonly action?: string }
  | { readonly event: "check_suite"; readonly suiteId: number; readonly action?: string };

export interface GithubServer {
  /** Without a path: REST answers here and below `/api/v3`, GraphQL at `/graphql` and `/api/graphql`. */
  readonly url: string;
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  readonly requests: RequestLog;
  readonly faults: Faults;
  readonly rateLimits: RateLimits;
  readonly webhooks: Webhooks;
  /** Everything that the server knows, to look at. */
  readonly world: World;
  addUser(seed: UserSeed): User;
  /** A personal token; with `permissions` a fine-grained one. Makes the user where there is none. */
  personalToken(login: string, narrowed?: Pick<Token, "permissions" | "repositories">): string;
  /** What GITHUB_TOKEN is: the bot of an app, in one repository. Writes everything unless told otherwise. */
  installationToken(
    repository: string,
    given?: { readonly permissions?: Token["permissions"]; readonly appSlug?: string },
  ): string;
  /** GITHUB_TOKEN of a pull request from a fork: it reads, and writes nothing. */
  forkToken(repository: string): string;
  addRepository(seed: RepositorySeed): SeededRepository;
  /** The content of GITHUB_EVENT_PATH for an event as it would arrive now. */
  eventPayload(repository: SeededRepository, seed: EventSeed): EventPayload;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const githubLimits: Limits = {
  bodyCharacters: 65_536,
  annotationsPerRequest: 50,
  diffFiles: 300,
  diffLines: 20_000,
  compareFiles: 300,
  pullFiles: 3_000,
  filePatchBytes: 500_000,
  sarifRuns: 20,
  sarifResults: 25_000,
};

const allPermissions: NonNullable<Token["permissions"]> = {
  actions: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
  security_events: "write",
  statuses: "write",
};

const readPermissions: NonNullable<Token["permissions"]> = {
  actions: "read",
  checks: "read",
  contents: "read",
  issues: "read",
  metadata: "read",
  pull_requests: "read",
  security_events: "read",
  statuses: "read",
};

export async function createGithubServer(options: GithubServerOptions = {}): Promise<GithubServer> {
  const now = options.now ?? (() => new Date());
  const webhooks = createWebhooks();
  let lastId = 1000;
  const world: World = {
    url: "",
    folder: mkdtempSync(join(tmpdir(), "github-")),
    limits: { ...githubLimits, ...options.limits },
    lazyMergeability: options.lazyMergeability ?? false,
    now,
    nextId: () => {
      lastId += 1;
      return lastId;
    },
    happened: (repository, actor, happening) => webhooks.send(world, repository, actor, happening),
    users: new Map(),
    tokens: new Map(),
    repositories: new Map(),
  };
  const requests = createRequestLog();
  const faults = createFaults();
  const rateLimits = createRateLimits(
    now,
    { ...defaultPrimaryLimits, ...options.primaryLimits },
    options.secondaryLimits,
  );
  const server = await listen({ world, router: createRouter(routes), faults, limits: rateLimits, log: requests });

  const addUser = (seed: UserSeed): User => {
    const known = world.users.get(seed.login.toLowerCase());
    if (known !== undefined) return known;
    const id = world.nextId();
    const user: User = {
      id,
      login: seed.login,
      type: seed.type ?? (seed.login.endsWith("[bot]") ? "Bot" : "User"),
      name: seed.name ?? seed.login,
      email: seed.email ?? `${id}+${seed.login}@users.noreply.example.com`,
    };
    world.users.set(user.login.toLowerCase(), user);
    return user;
  };
  const person = (login = "someone"): User => addUser({ login });
  const addToken = (token: Omit<Token, "value">, prefix: string): string => {
    const value = `${prefix}_${world.nextId().toString(36).padStart(36, "0")}`;
    world.tokens.set(value, { ...token, value });
    return value;
  };
  const installationToken: GithubServer["installationToken"] = (repository, given) => {
    const appSlug = given?.appSlug ?? "github-actions";
    const { login } = addUser({ login: `${appSlug}[bot]`, type: "Bot" });
    const permissions = given?.permissions ?? allPermissions;
    return addToken({ login, kind: "installation", permissions, repositories: [repository], appSlug }, "ghs");
  };

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      await webhooks.settled();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(world.folder, { recursive: true, force: true, maxRetries: 3 });
    })();
    return closing;
  };

  return {
    url: world.url,
    apiUrl: `${world.url}/api/v3`,
    graphqlUrl: `${world.url}/api/graphql`,
    requests,
    faults,
    rateLimits,
    webhooks,
    world,
    addUser,
    personalToken: (login, narrowed) => addToken({ login: person(login).login, kind: "personal", ...narrowed }, "ghp"),
    installationToken,
    forkToken: (repository) => installationToken(repository, { permissions: readPermissions }),
    addRepository(seed) {
      const repository = makeRepository(world, {
        owner: person(seed.owner),
        name: seed.name,
        private: seed.private ?? false,
        defaultBranch: seed.defaultBranch ?? "main",
        description: seed.description,
      });
      const seeded = createSeededRepository(world, repository, person);
      for (const [login, role] of Object.entries(seed.collaborators ?? {})) seeded.collaborator(login, role);
      if (seed.files !== undefined) seeded.commit({ files: seed.files, message: "Begin" });
      return seeded;
    },
    eventPayload: (repository, seed) => {
      const { happening, actor } = happeningOf(repository, seed, person);
      return payloadOf(world, repository.state, actor, happening);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function happeningOf(
  repository: SeededRepository,
  seed: EventSeed,
  person: (login: string) => User,
): { readonly happening: Happening; readonly actor: User } {
  const { state } = repository;
  switch (seed.event) {
    case "pull_request": {
      const issue = known(findPull(state, seed.number), `pull request ${seed.number}`);
      const actor = seed.as === undefined ? issue.author : person(seed.as);
      return { happening: { event: seed.event, action: seed.action ?? "synchronize", issue }, actor };
    }
    case "push": {
      const { ref, before, after, as } = seed;
      const actor = as === undefined ? state.owner : person(as);
      return { happening: { event: "push", ref, before, after }, actor };
    }
    case "issue_comment": {
      const comment = known(state.comments.get(seed.commentId), `comment ${seed.commentId}`);
      return { happening: { event: seed.event, action: seed.action ?? "created", comment }, actor: comment.author };
    }
    case "pull_request_review_comment": {
      const comment = known(findReviewComment(state, seed.commentId), `review comment ${seed.commentId}`);
      return { happening: { event: seed.event, action: seed.action ?? "created", comment }, actor: comment.author };
    }
    case "workflow_run": {
      const run = known(state.workflowRuns.get(seed.runId), `workflow run ${seed.runId}`);
      return { happening: { event: seed.event, action: seed.action ?? "completed", run }, actor: run.actor };
    }
    case "check_suite": {
      const suite = known(
        state.checkSuites.find((each) => each.id === seed.suiteId),
        `check suite ${seed.suiteId}`,
      );
      return { happening: { event: seed.event, action: seed.action ?? "requested", suite }, actor: state.owner };
    }
  }
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`);
  return value;
}

export { documentedSecondaryLimits } from "./http/rate-limits.ts";
export type { ActiveFault, Fault, FaultMatch } from "./http/faults.ts";
export type { LoggedRequest, RequestFilter, RequestLog } from "./http/request-log.ts";
export type { PullView, Said, SeededPull, ThreadView } from "./seed/pull.ts";
export type { CommitSeed, PullSeed, RunSeed, SeededRepository } from "./seed/repository.ts";
export type { Delivery, EventPayload, Webhook } from "./webhooks.ts";
export type { FileContent } from "./world/commits.ts";
