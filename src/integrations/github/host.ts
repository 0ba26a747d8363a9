/** GitHub as a code host: every verb of the port, on one client. */
import * as z from "zod";
import type { CodeHost, HostPermission, HostRepository, HostUser } from "../../model/code-host.ts";
import { checkVerbs } from "./checks.ts";
import { createClient, type GithubOptions } from "./client.ts";
import { commentVerbs } from "./comments.ts";
import { labelVerbs } from "./labels.ts";
import { pullVerbs } from "./pulls.ts";
import { releaseVerbs } from "./releases.ts";
import { reviewVerbs } from "./reviews.ts";
import { runVerbs } from "./runs.ts";
import { RepositoryShape, userOf, UserShape } from "./shapes.ts";
import { askViewer, threadVerbs } from "./threads.ts";

export function createGithubHost(options: GithubOptions): CodeHost {
  const client = createClient(options);
  let viewing: Promise<HostUser> | undefined;
  const viewer = (): Promise<HostUser> => {
    viewing ??= askViewer(client).catch((error: unknown) => {
      // The next one may ask again.
      viewing = undefined;
      throw error;
    });
    return viewing;
  };

  async function repository(): Promise<HostRepository> {
    const found = await client.get(
      { route: "GET /repos/{owner}/{repo}", what: `read repository ${client.slug}`, permission: "metadata: read" },
      RepositoryShape,
    );
    return {
      owner: found.owner.login,
      name: found.name,
      defaultBranch: found.default_branch,
      isPrivate: found.private,
      isArchived: found.archived ?? false,
      url: found.html_url,
      cloneUrl: found.clone_url,
    };
  }

  return {
    id: "github",
    slug: client.slug,
    repository,
    viewer,

    async permissionOf(login) {
      const found = await client.find(
        {
          route: "GET /repos/{owner}/{repo}/collaborators/{login}/permission",
          params: { login },
          what: `learn what ${login} may do`,
          permission: "metadata: read",
        },
        z.object({ permission: z.string(), role_name: z.string().optional() }),
      );
      if (found === undefined) return "none";
      // A role of an organisation's own making has a name of its own; the coarse word is always one of these.
      return (
        roles.find((role) => role === found.role_name) ?? roles.find((role) => role === found.permission) ?? "none"
      );
    },

    async commitAuthor(sha) {
      const found = await client.find(
        {
          route: "GET /repos/{owner}/{repo}/commits/{sha}",
          // Of its files none are wanted; the least is one.
          params: { sha, per_page: 1 },
          what: `learn who wrote commit ${sha.slice(0, 10)}`,
          permission: "contents: read",
        },
        z.object({ author: UserShape }),
        // "No commit found for SHA": what is no commit of this repository.
        [422],
      );
      const author = found?.author;
      return author === null || author === undefined ? undefined : userOf(author);
    },

    ...pullVerbs(client),
    ...commentVerbs(client, viewer),
    ...reviewVerbs(client, viewer),
    ...threadVerbs(client),
    ...labelVerbs(client),
    ...checkVerbs(client),
    ...releaseVerbs(client, repository),
    ...runVerbs(client),

    usage: client.usage,
  };
}

const roles: readonly HostPermission[] = ["admin", "maintain", "write", "triage", "read", "none"];
