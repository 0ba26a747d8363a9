/** Releases: list, draft, publish, change. */
import * as z from "zod";
import type { RestEndpointMethodTypes as Rest } from "@octokit/rest";
import { created, noContent, ok, type RepositoryCall } from "../http/call.ts";
import { type Route, repositoryRoute } from "../http/router.ts";
import { repositoryApi, repositoryPage } from "../shapes/links.ts";
import { userShape } from "../shapes/people.ts";
import { git, resolveCommit, timestamp } from "../world/git.ts";
import { nodeId } from "../world/ids.ts";
import { checkBody } from "../world/issues.ts";
import { refsMoved } from "../world/pulls.ts";
import { notFound, validationFailed } from "../world/refusal.ts";
import { isAtLeast, roleOf } from "../world/repositories.ts";
import type { Release } from "../world/state.ts";

const Fields = {
  target_commitish: z.string().optional(),
  name: z.string().nullish(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
  prerelease: z.boolean().optional(),
};
const NewRelease = z.object({ tag_name: z.string(), ...Fields });
const ReleaseChange = z.object({ tag_name: z.string().optional(), ...Fields });

function shape(call: RepositoryCall, release: Release): Rest["repos"]["getRelease"]["response"]["data"] {
  const url = repositoryApi(call.world, call.repository, `/releases/${release.id}`);
  const tag = encodeURIComponent(release.tagName);
  return {
    url,
    html_url: repositoryPage(call.world, call.repository, `/releases/tag/${tag}`),
    assets_url: `${url}/assets`,
    upload_url: `${url}/assets{?name,label}`,
    tarball_url: release.draft ? null : repositoryApi(call.world, call.repository, `/tarball/${tag}`),
    zipball_url: release.draft ? null : repositoryApi(call.world, call.repository, `/zipball/${tag}`),
    id: release.id,
    node_id: nodeId("RE", release.id),
    tag_name: release.tagName,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft: release.draft,
    prerelease: release.prerelease,
    created_at: timestamp(release.createdAt),
    published_at: release.publishedAt === null ? null : timestamp(release.publishedAt),
    author: userShape(call.world, release.author),
    assets: [],
  };
}

/** Drafts are seen by those who can write. */
function shown(call: RepositoryCall): Release[] {
  const insider =
    call.viewer.token?.kind === "installation" || isAtLeast(roleOf(call.repository, call.viewer.user), "write");
  return [...call.repository.releases.values()].filter((release) => insider || !release.draft).reverse();
}

function published(call: RepositoryCall, found: Release | undefined) {
  if (found === undefined) throw notFound();
  return ok(shape(call, found));
}

function releaseOf(call: RepositoryCall): Release {
  const release = shown(call).find((each) => each.id === call.number("id"));
  if (release === undefined) throw notFound();
  return release;
}

/** Publishing makes the tag where there is none. */
function publish(call: RepositoryCall, release: Release): void {
  const { repository, world } = call;
  release.publishedAt ??= world.now();
  if (repository.refs.has(`refs/tags/${release.tagName}`)) return;
  const sha = resolveCommit(repository.gitDir, release.target);
  if (sha === undefined) throw validationFailed({ resource: "Release", field: "target_commitish", code: "invalid" });
  git(repository.gitDir, ["update-ref", `refs/tags/${release.tagName}`, sha]);
  refsMoved(world, repository, call.user);
}

export const releaseRoutes: readonly Route[] = [
  repositoryRoute("GET", "/releases", "contents:read", (call) =>
    call.page(shown(call), (release) => shape(call, release)),
  ),

  repositoryRoute("POST", "/releases", "contents:write", (call) => {
    const input = call.read(NewRelease);
    const { world, repository } = call;
    checkBody(world, "Release", input.body ?? "");
    const twin = [...repository.releases.values()].some((each) => !each.draft && each.tagName === input.tag_name);
    if (twin) throw validationFailed({ resource: "Release", code: "already_exists", field: "tag_name" });
    const release: Release = {
      id: world.nextId(),
      tagName: input.tag_name,
      target: input.target_commitish ?? repository.defaultBranch,
      name: input.name ?? null,
      body: input.body ?? null,
      draft: input.draft ?? false,
      prerelease: input.prerelease ?? false,
      author: call.user,
      createdAt: world.now(),
      publishedAt: null,
    };
    if (!release.draft) publish(call, release);
    repository.releases.set(release.id, release);
    return created(shape(call, release));
  }),

  repositoryRoute("GET", "/releases/latest", "contents:read", (call) =>
    published(
      call,
      shown(call).find((release) => !release.draft && !release.prerelease),
    ),
  ),

  repositoryRoute("GET", "/releases/tags/*tag", "contents:read", (call) =>
    published(
      call,
      shown(call).find((release) => !release.draft && release.tagName === call.param("tag")),
    ),
  ),

  repositoryRoute("GET", "/releases/:id", "contents:read", (call) => ok(shape(call, releaseOf(call)))),

  repositoryRoute("PATCH", "/releases/:id", "contents:write", (call) => {
    const release = releaseOf(call);
    const input = call.read(ReleaseChange);
    checkBody(call.world, "Release", input.body ?? "");
    release.tagName = input.tag_name ?? release.tagName;
    release.target = input.target_commitish ?? release.target;
    if (input.name !== undefined) release.name = input.name;
    if (input.body !== undefined) release.body = input.body;
    release.prerelease = input.prerelease ?? release.prerelease;
    if (input.draft === false && release.draft) publish(call, release);
    release.draft = input.draft ?? release.draft;
    return ok(shape(call, release));
  }),

  repositoryRoute("DELETE", "/releases/:id", "contents:write", (call) => {
    call.repository.releases.delete(releaseOf(call).id);
    return noContent;
  }),
];
