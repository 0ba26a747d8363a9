/** Users, apps, labels, milestones and reactions as the API shows them. */
import type { RestEndpointMethodTypes as Rest } from "@octokit/rest";
import { nodeId } from "../world/ids.ts";
import { timestamp } from "../world/git.ts";
import {
  type Label,
  type Milestone,
  type Reaction,
  reactionContents,
  type Repository,
  type User,
  type World,
} from "../world/state.ts";
import { apiUrl, repositoryApi, repositoryPage } from "./links.ts";

type UserShape = Rest["issues"]["listAssignees"]["response"]["data"][number];
type LabelShape = Rest["issues"]["getLabel"]["response"]["data"];
type MilestoneShape = Rest["issues"]["getMilestone"]["response"]["data"];
type ReactionShape = Rest["reactions"]["listForIssue"]["response"]["data"][number];
type AppShape = NonNullable<Rest["apps"]["getAuthenticated"]["response"]["data"]>;

export function userShape(world: World, user: User): UserShape {
  const url = apiUrl(world, `/users/${encodeURIComponent(user.login)}`);
  const kind = user.type === "Bot" ? "BOT" : user.type === "Organization" ? "O" : "U";
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId(kind, user.id),
    avatar_url: `${world.url}/avatars/u/${user.id}`,
    gravatar_id: "",
    url,
    html_url:
      user.type === "Bot" ? `${world.url}/apps/${user.login.replace("[bot]", "")}` : `${world.url}/${user.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    site_admin: false,
  };
}

export function nullableUser(world: World, user: User | null): UserShape | null {
  return user === null ? null : userShape(world, user);
}

export function labelShape(world: World, repository: Repository, label: Label): LabelShape {
  return {
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: repositoryApi(world, repository, `/labels/${encodeURIComponent(label.name)}`),
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

export function milestoneShape(world: World, repository: Repository, milestone: Milestone): MilestoneShape {
  const url = repositoryApi(world, repository, `/milestones/${milestone.number}`);
  const inside = [...repository.issues.values()].filter((issue) => issue.milestone === milestone);
  return {
    url,
    html_url: repositoryPage(world, repository, `/milestone/${milestone.number}`),
    labels_url: `${url}/labels`,
    id: milestone.id,
    node_id: nodeId("MI", milestone.id),
    number: milestone.number,
    title: milestone.title,
    description: null,
    creator: userShape(world, milestone.creator),
    open_issues: inside.filter((issue) => issue.state === "open").length,
    closed_issues: inside.filter((issue) => issue.state === "closed").length,
    state: milestone.state,
    created_at: timestamp(milestone.createdAt),
    updated_at: timestamp(milestone.createdAt),
    due_on: null,
    closed_at: null,
  };
}

export function reactionShape(world: World, reaction: Reaction): ReactionShape {
  return {
    id: reaction.id,
    node_id: nodeId("REA", reaction.id),
    user: userShape(world, reaction.user),
    content: reaction.content,
    created_at: timestamp(reaction.createdAt),
  };
}

export function reactionCounts(url: string, reactions: readonly Reaction[]) {
  const count = (content: (typeof reactionContents)[number]): number =>
    reactions.filter((reaction) => reaction.content === content).length;
  return {
    url: `${url}/reactions`,
    total_count: reactions.length,
    "+1": count("+1"),
    "-1": count("-1"),
    laugh: count("laugh"),
    hooray: count("hooray"),
    confused: count("confused"),
    heart: count("heart"),
    rocket: count("rocket"),
    eyes: count("eyes"),
  };
}

/** The id of an app is a number that follows from its slug, so that it is the same in every run. */
export function appShape(world: World, slug: string): AppShape {
  const id = [...slug].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003, 7);
  const owner = {
    login: "github",
    id: 9_919,
    type: "Organization",
    name: "GitHub",
    email: "noreply@github.com",
  } as const;
  return {
    id,
    slug,
    node_id: nodeId("MDEx", id),
    client_id: `Iv1.${id}`,
    owner: userShape(world, owner),
    name: slug,
    description: null,
    external_url: world.url,
    html_url: `${world.url}/apps/${slug}`,
    created_at: "2024-01-01T00:00:00Z",
    updated_at: "2024-01-01T00:00:00Z",
    permissions: { contents: "read", metadata: "read" },
    events: [],
  };
}

/** Absent rather than null would break clients that tell bots' comments by it. */
export function viaApp(world: World, remark: { readonly appSlug?: string }): AppShape | null {
  return remark.appSlug === undefined ? null : appShape(world, remark.appSlug);
}
