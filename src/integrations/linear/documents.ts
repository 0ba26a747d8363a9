/**
 * What is asked of Linear, and the shapes of its answers. Linear refuses queries of more than 10,000 points: a field is a
 * tenth, an object one, a connection multiplies by its `first`; hence the small pages.
 */
import * as z from "zod";

const issueFields = `
  id identifier number url title description priority createdAt updatedAt archivedAt trashed
  state { id name type }
  team { id }
  creator { id displayName }
  botActor { name }
  assignee { id displayName }
  labels(first: 50) { nodes { id name } }
  attachments(first: 25) { nodes { url metadata creator { id } } }
`;

const commentFields = "id body url createdAt user { id displayName } botActor { name }";
const pageInfo = "pageInfo { hasNextPage endCursor }";

export const documents = {
  setting: `query Setting($team: String!) {
    viewer { id displayName }
    teams(first: 1, filter: { key: { eq: $team } }) {
      nodes { id key states(first: 100) { nodes { id name type position } } projects(first: 250) { nodes { id name } } }
    }
  }`,
  issues: `query Issues($filter: IssueFilter!, $after: String) {
    page: issues(first: 25, after: $after, filter: $filter, includeArchived: true) { nodes { ${issueFields} } ${pageInfo} }
  }`,
  ours: `query Ours($url: String!, $filter: IssueFilter!) {
    attached: attachmentsForURL(url: $url, first: 10, includeArchived: true) { nodes { creator { id } issue { ${issueFields} } } }
    found: issues(first: 10, filter: $filter, includeArchived: true) { nodes { ${issueFields} } }
  }`,
  issue: `query Issue($id: String!) { issue(id: $id) { ${issueFields} } }`,
  moves: `query Moves($id: String!) {
    issue(id: $id) { history(first: 50) { nodes { createdAt actor { id } toState { type } } } }
  }`,
  labels: `query Labels($filter: IssueLabelFilter!, $after: String) {
    page: issueLabels(first: 100, after: $after, filter: $filter) { nodes { id name } ${pageInfo} }
  }`,
  users: `query Users($filter: UserFilter!, $after: String) {
    page: users(first: 50, after: $after, filter: $filter) { nodes { id displayName } ${pageInfo} }
  }`,
  comments: `query Comments($filter: CommentFilter!, $after: String) {
    page: comments(first: 50, after: $after, filter: $filter) { nodes { ${commentFields} } ${pageInfo} }
  }`,
  createIssue: `mutation CreateIssue($input: IssueCreateInput!) { issueCreate(input: $input) { success issue { ${issueFields} } } }`,
  updateIssue: `mutation UpdateIssue($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success } }`,
  unarchive: `mutation Unarchive($id: String!) { issueUnarchive(id: $id) { success } }`,
  attach: `mutation Attach($input: AttachmentCreateInput!) { attachmentCreate(input: $input) { success } }`,
  createLabel: `mutation CreateLabel($input: IssueLabelCreateInput!) { issueLabelCreate(input: $input) { success issueLabel { id name } } }`,
  createComment: `mutation CreateComment($input: CommentCreateInput!) { commentCreate(input: $input) { success comment { ${commentFields} } } }`,
  updateComment: `mutation UpdateComment($id: String!, $input: CommentUpdateInput!) { commentUpdate(id: $id, input: $input) { success comment { ${commentFields} } } }`,
} as const;

const User = z.object({ id: z.string(), displayName: z.string() });
export type User = z.infer<typeof User>;
const Named = z.object({ id: z.string(), name: z.string() });
const Bot = z.object({ name: z.string().nullish() }).nullish();
const Creator = z.object({ id: z.string() }).nullish();
const State = z.object({ id: z.string(), name: z.string(), type: z.string() });

export const Issue = z.object({
  id: z.string(),
  identifier: z.string(),
  number: z.number(),
  url: z.string(),
  title: z.string(),
  description: z.string().nullish(),
  priority: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  archivedAt: z.string().nullish(),
  trashed: z.boolean().nullish(),
  state: State,
  team: z.object({ id: z.string() }),
  creator: User.nullish(),
  botActor: Bot,
  assignee: User.nullish(),
  labels: z.object({ nodes: z.array(Named) }),
  attachments: z.object({
    nodes: z.array(
      z.object({
        url: z.string(),
        metadata: z.record(z.string(), z.unknown()).nullish(),
        creator: Creator,
      }),
    ),
  }),
});
export type Issue = z.infer<typeof Issue>;

export const Comment = z.object({
  id: z.string(),
  body: z.string(),
  url: z.string(),
  createdAt: z.string(),
  user: User.nullish(),
  botActor: Bot,
});
export type Comment = z.infer<typeof Comment>;

export const shapes = {
  setting: z.object({
    viewer: User,
    teams: z.object({
      nodes: z.array(
        z.object({
          id: z.string(),
          key: z.string(),
          states: z.object({ nodes: z.array(State.extend({ position: z.number() })) }),
          projects: z.object({ nodes: z.array(Named) }),
        }),
      ),
    }),
  }),
  ours: z.object({
    attached: z.object({ nodes: z.array(z.object({ creator: Creator, issue: Issue })) }),
    found: z.object({ nodes: z.array(Issue) }),
  }),
  issue: z.object({ issue: Issue }),
  moves: z.object({
    issue: z.object({
      history: z.object({
        nodes: z.array(
          z.object({
            createdAt: z.string(),
            actor: Creator,
            toState: z.object({ type: z.string() }).nullish(),
          }),
        ),
      }),
    }),
  }),
  label: Named,
  user: User,
  createIssue: z.object({ issueCreate: z.object({ success: z.literal(true), issue: Issue }) }),
  updateIssue: z.object({ issueUpdate: z.object({ success: z.literal(true) }) }),
  attach: z.object({ attachmentCreate: z.object({ success: z.literal(true) }) }),
  unarchive: z.object({ issueUnarchive: z.object({ success: z.literal(true) }) }),
  createLabel: z.object({ issueLabelCreate: z.object({ success: z.literal(true), issueLabel: Named }) }),
  createComment: z.object({ commentCreate: z.object({ success: z.literal(true), comment: Comment }) }),
  updateComment: z.object({ commentUpdate: z.object({ success: z.literal(true), comment: Comment }) }),
};
