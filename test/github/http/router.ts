/** Finds the route of a request and lets it in only where GitHub would. */
import { Refusal, notFound } from "../world/refusal.ts";
import { isAtLeast, roleOf } from "../world/repositories.ts";
import { fullName, type Level, type Repository, repositoryByName, type Scope } from "../world/state.ts";
import { Call, type CallParts, type Need, type Reply, RepositoryCall, type Viewer } from "./call.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Route {
  readonly method: Method;
  readonly pattern: string;
  readonly answer: (parts: CallParts) => Reply;
}

/** Anything that is not below `/repos/{owner}/{repo}`. */
export function route(method: Method, pattern: string, handle: (call: Call) => Reply): Route {
  return { method, pattern, answer: (parts) => handle(new Call(parts)) };
}

type NeedText = `${string}:${Need["level"]}`;

/** `need` is "scope:level" or "scope|scope:level"; the pattern goes on from the repository. */
export function repositoryRoute(
  method: Method,
  pattern: string,
  need: NeedText,
  handle: (call: RepositoryCall) => Reply,
): Route {
  const [scopes = "", level = "read"] = need.split(":") as [string, Need["level"]];
  const parsed: Need = { scopes: scopes.split("|") as Scope[], level };
  return {
    method,
    pattern: `/repos/:owner/:repo${pattern}`,
    answer: (parts) => {
      const repository = repositoryByName(parts.world, `${parts.params["owner"]}/${parts.params["repo"]}`);
      if (repository === undefined || !isVisible(repository, parts.viewer)) throw notFound();
      checkNeed(repository, parts.viewer, parsed);
      return handle(new RepositoryCall(parts, repository));
    },
  };
}

function reaches(repository: Repository, viewer: Viewer): boolean {
  const reach = viewer.token?.repositories;
  return reach === undefined || reach.some((name) => name.toLowerCase() === fullName(repository).toLowerCase());
}

/** Private repositories do not exist for those who may not read them. */
export function isVisible(repository: Repository, viewer: Viewer): boolean {
  if (!repository.private) return true;
  if (viewer.token === undefined || !reaches(repository, viewer)) return false;
  return viewer.token.kind === "installation" || isAtLeast(roleOf(repository, viewer.user), "read");
}

function levelOf(viewer: Viewer, scope: Scope): Level {
  if (viewer.token === undefined) return "none";
  return viewer.token.permissions === undefined ? "write" : (viewer.token.permissions[scope] ?? "none");
}

/** Whether the viewer may do it, by token and by role; the router and GraphQL ask alike. */
export function checkNeed(repository: Repository, viewer: Viewer, need: Need): void {
  const { token } = viewer;
  const hidden = token?.permissions !== undefined && need.scopes.every((scope) => levelOf(viewer, scope) === "none");
  const open = need.scopes.includes("metadata") || !hidden || !repository.private;
  if (need.level === "read") {
    if (!open) throw inaccessible(viewer);
    return;
  }
  if (token === undefined) throw new Refusal(401, "Requires authentication");
  const mayWrite = reaches(repository, viewer) && need.scopes.some((scope) => levelOf(viewer, scope) === "write");
  if (!mayWrite) throw inaccessible(viewer);
  if (need.scopes.includes("checks") && token.kind !== "installation") {
    throw new Refusal(403, "You must authenticate via a GitHub App.");
  }
  if (token.kind === "installation" || need.level === "open") return;
  if (isAtLeast(roleOf(repository, viewer.user), need.level)) return;
  throw need.scopes.includes("contents") ? notFound() : new Refusal(403, "Must have admin rights to Repository.");
}

function inaccessible(viewer: Viewer): Refusal {
  if (viewer.token?.kind === "installation") return new Refusal(403, "Resource not accessible by integration");
  return new Refusal(403, "Resource not accessible by personal access token");
}

/** What somebody else wrote may be changed only by those who can write. */
export function checkAuthor(call: RepositoryCall, author: { readonly login: string }): void {
  if (author.login === call.viewer.user?.login) return;
  const isApp = call.viewer.token?.kind === "installation";
  if (isApp || isAtLeast(roleOf(call.repository, call.viewer.user), "write")) return;
  throw new Refusal(403, "Must have admin rights to Repository.");
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export interface Router {
  /** Undefined where nothing answers: a 404, as for a thing that is not there. */
  match(method: string, path: string): Match | undefined;
}

/** `:name` takes one part of the path; `*name` takes the rest. The first route that fits wins. */
export function createRouter(routes: readonly Route[]): Router {
  const compiled = routes.map((each) => ({ route: each, pattern: compile(each.pattern) }));
  return {
    match(method, path) {
      for (const { route: each, pattern } of compiled) {
        if (each.method !== method) continue;
        const found = pattern.exec(path);
        if (found === null) continue;
        const entries = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
        return { route: each, params: Object.fromEntries(entries) as Record<string, string> };
      }
      return undefined;
    },
  };
}

function compile(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replace(/:(\w+)/g, "(?<$1>[^/]+)")
    .replace(/\*(\w+)/g, "(?<$1>.*)");
  return new RegExp(`^${source}$`);
}
