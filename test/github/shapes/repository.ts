/** A repository as the API shows it: much of it is templates of addresses. */
import type { RestEndpointMethodTypes as Rest } from "@octokit/rest";
import { timestamp } from "../world/git.ts";
import { nodeId } from "../world/ids.ts";
import { isAtLeast } from "../world/repositories.ts";
import { fullName, type Repository, type Role, type World } from "../world/state.ts";
import { repositoryApi, repositoryPage } from "./links.ts";
import { userShape } from "./people.ts";

export type RepositoryShape = Rest["pulls"]["get"]["response"]["data"]["base"]["repo"];
type FullShape = Rest["repos"]["get"]["response"]["data"];

/** Path below the repository by field name. */
const templates = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
} as const;

type Templates = Record<keyof typeof templates, string>;

export function cloneUrl(world: World, repository: Repository): string {
  return repositoryPage(world, repository, ".git");
}

export function repositoryShape(world: World, repository: Repository, role: Role = "read"): RepositoryShape {
  const entries = Object.entries(templates).map(([name, path]) => [name, repositoryApi(world, repository, path)]);
  const addresses = Object.fromEntries(entries) as Templates;
  const open = [...repository.issues.values()].filter((issue) => issue.state === "open").length;
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
    owner: userShape(world, repository.owner),
    html_url: repositoryPage(world, repository),
    description: repository.description,
    fork: repository.parent !== null,
    url: repositoryApi(world, repository),
    ...addresses,
    git_url: cloneUrl(world, repository).replace(/^http/, "git"),
    ssh_url: `git@${new URL(world.url).hostname}:${fullName(repository)}.git`,
    clone_url: cloneUrl(world, repository),
    svn_url: repositoryPage(world, repository),
    mirror_url: null,
    homepage: null,
    language: null,
    forks_count: 0,
    stargazers_count: 0,
    watchers_count: 0,
    size: 1,
    default_branch: repository.defaultBranch,
    open_issues_count: open,
    is_template: false,
    topics: [],
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: repository.private ? "private" : "public",
    pushed_at: timestamp(repository.pushedAt),
    created_at: timestamp(repository.createdAt),
    updated_at: timestamp(repository.pushedAt),
    permissions: {
      admin: isAtLeast(role, "admin"),
      maintain: isAtLeast(role, "maintain"),
      push: isAtLeast(role, "write"),
      triage: isAtLeast(role, "triage"),
      pull: isAtLeast(role, "read"),
    },
    license: null,
    allow_forking: true,
    web_commit_signoff_required: false,
    forks: 0,
    open_issues: open,
    watchers: 0,
  };
}

export function fullRepositoryShape(world: World, repository: Repository, role: Role): FullShape {
  const parent = repository.parent === null ? undefined : repositoryShape(world, repository.parent);
  return {
    ...repositoryShape(world, repository, role),
    has_discussions: false,
    pushed_at: timestamp(repository.pushedAt),
    created_at: timestamp(repository.createdAt),
    updated_at: timestamp(repository.pushedAt),
    subscribers_count: 0,
    network_count: 0,
    ...(parent === undefined ? {} : { parent, source: parent }),
  };
}
