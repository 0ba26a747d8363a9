/** Repositories, branches, tags, collaborators and users. */
import { created, ok } from "../http/call.ts";
import { isVisible, type Route, repositoryRoute, route } from "../http/router.ts";
import { commitShape } from "../shapes/commits.ts";
import { repositoryApi, repositoryPage } from "../shapes/links.ts";
import { userShape } from "../shapes/people.ts";
import { fullRepositoryShape, repositoryShape } from "../shapes/repository.ts";
import { listCommits } from "../world/git.ts";
import { notFound, Refusal } from "../world/refusal.ts";
import { isAtLeast, makeRepository, roleOf } from "../world/repositories.ts";
import { fullName, type Repository, type Role, repositoryByName } from "../world/state.ts";
import type { Call, RepositoryCall } from "../http/call.ts";

/** The coarse word that GitHub kept for older clients. */
function permissionWord(role: Role): "admin" | "write" | "read" | "none" {
  if (role === "maintain") return "write";
  return role === "triage" ? "read" : role;
}

/** An app's role is what its token may do to the contents. */
function viewerRole(call: Call, repository: Repository): Role {
  const { token, user } = call.viewer;
  if (token?.kind !== "installation") return roleOf(repository, user);
  return token.permissions?.contents === "write" ? "write" : "read";
}

function branches(repository: Repository): { readonly name: string; readonly sha: string }[] {
  return refsBelow(repository, "refs/heads/");
}

function refsBelow(repository: Repository, prefix: string): { readonly name: string; readonly sha: string }[] {
  return [...repository.refs]
    .filter(([ref]) => ref.startsWith(prefix))
    .map(([ref, sha]) => ({ name: ref.slice(prefix.length), sha }));
}

function shortBranch(call: RepositoryCall, branch: { readonly name: string; readonly sha: string }) {
  const url = repositoryApi(call.world, call.repository, `/commits/${branch.sha}`);
  return {
    name: branch.name,
    commit: { sha: branch.sha, url },
    protected: call.repository.protections.has(branch.name),
  };
}

export const repositoryRoutes: readonly Route[] = [
  // The server answers this before it comes to routes: asking for the limits is free.
  route("GET", "/rate_limit", () => ok({})),

  route("GET", "/user", (call) => {
    if (call.viewer.token === undefined) throw new Refusal(401, "Requires authentication");
    // GITHUB_TOKEN is no user, and GitHub says so.
    if (call.viewer.token.kind === "installation") throw new Refusal(403, "Resource not accessible by integration");
    return ok({ ...userShape(call.world, call.user), name: call.user.name, email: call.user.email });
  }),

  route("GET", "/users/:login", (call) => {
    const user = call.world.users.get(call.param("login").toLowerCase());
    if (user === undefined) throw notFound();
    return ok({ ...userShape(call.world, user), name: user.name, email: user.email });
  }),

  route("GET", "/repositories/:id", (call) => {
    const found = [...call.world.repositories.values()].find((each) => each.id === call.number("id"));
    if (found === undefined || !isVisible(found, call.viewer)) throw notFound();
    return ok(fullRepositoryShape(call.world, found, viewerRole(call, found)));
  }),

  repositoryRoute("GET", "", "metadata:read", (call) =>
    ok(fullRepositoryShape(call.world, call.repository, viewerRole(call, call.repository))),
  ),

  repositoryRoute("POST", "/forks", "contents:open", (call) => {
    const { world, repository, user } = call;
    const known = repositoryByName(world, `${user.login}/${repository.name}`);
    const fork =
      known ??
      makeRepository(world, {
        owner: user,
        name: repository.name,
        private: repository.private,
        defaultBranch: repository.defaultBranch,
        parent: repository,
      });
    return { ...created(fullRepositoryShape(world, fork, "admin")), status: 202 };
  }),

  repositoryRoute("GET", "/branches", "contents:read", (call) =>
    call.page(branches(call.repository), (branch) => shortBranch(call, branch)),
  ),

  repositoryRoute("GET", "/branches/*branch", "contents:read", (call) => {
    const branch = branches(call.repository).find((each) => each.name === call.param("branch"));
    if (branch === undefined) throw new Refusal(404, "Branch not found");
    const [commit] = listCommits(call.repository.gitDir, ["-1", branch.sha]);
    if (commit === undefined) throw notFound();
    const self = repositoryApi(call.world, call.repository, `/branches/${branch.name}`);
    return ok({
      ...shortBranch(call, branch),
      commit: commitShape(call.world, call.repository, commit),
      _links: { self, html: repositoryPage(call.world, call.repository, `/tree/${branch.name}`) },
      protection: { enabled: call.repository.protections.has(branch.name) },
      protection_url: `${self}/protection`,
    });
  }),

  repositoryRoute("GET", "/tags", "contents:read", (call) =>
    call.page(refsBelow(call.repository, "refs/tags/").reverse(), (tag) => ({
      name: tag.name,
      commit: { sha: tag.sha, url: repositoryApi(call.world, call.repository, `/commits/${tag.sha}`) },
      zipball_url: repositoryApi(call.world, call.repository, `/zipball/refs/tags/${tag.name}`),
      tarball_url: repositoryApi(call.world, call.repository, `/tarball/refs/tags/${tag.name}`),
      node_id: `REF_${tag.name}`,
    })),
  ),

  repositoryRoute("GET", "/collaborators", "metadata:read", (call) => {
    const logins = [call.repository.owner.login.toLowerCase(), ...call.repository.collaborators.keys()];
    const users = logins.flatMap((login) => call.world.users.get(login) ?? []);
    return call.page(users, (user) => ({
      ...userShape(call.world, user),
      role_name: roleOf(call.repository, user),
    }));
  }),

  repositoryRoute("GET", "/collaborators/:login", "metadata:read", (call) => {
    const known = call.repository.collaborators.has(call.param("login").toLowerCase());
    if (!known && call.repository.owner.login !== call.param("login")) throw notFound();
    return { status: 204 };
  }),

  repositoryRoute("GET", "/collaborators/:login/permission", "metadata:read", (call) => {
    const user = call.world.users.get(call.param("login").toLowerCase());
    if (user === undefined) throw notFound();
    const asker = call.viewer.token?.kind === "installation" ? "admin" : roleOf(call.repository, call.viewer.user);
    if (!isAtLeast(asker, "write")) {
      throw new Refusal(403, "Must have push access to view collaborator permission.");
    }
    const role = roleOf(call.repository, user);
    return ok({
      permission: permissionWord(role),
      role_name: role,
      user: {
        ...userShape(call.world, user),
        permissions: repositoryShape(call.world, call.repository, role).permissions,
        role_name: role,
      },
    });
  }),

  repositoryRoute("GET", "/assignees", "issues:read", (call) =>
    call.page(
      [...call.world.users.values()].filter((user) => isAtLeast(roleOf(call.repository, user), "write")),
      (user) => userShape(call.world, user),
    ),
  ),

  repositoryRoute("GET", "/assignees/:login", "issues:read", (call) => {
    const user = call.world.users.get(call.param("login").toLowerCase());
    if (user === undefined || !isAtLeast(roleOf(call.repository, user), "write")) throw notFound();
    return { status: 204 };
  }),

  repositoryRoute("GET", "/forks", "metadata:read", (call) =>
    call.page(
      [...call.world.repositories.values()].filter(
        (each) => each.parent !== null && fullName(each.parent) === fullName(call.repository),
      ),
      (fork) => repositoryShape(call.world, fork),
    ),
  ),
];
