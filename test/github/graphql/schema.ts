/** The part of GitHub's GraphQL schema that clients of pull requests use; what is not here fails, as a wrong field does. */
import { buildSchema } from "graphql";

export const schema = buildSchema(/* GraphQL */ `
  scalar BigInt
  scalar DateTime
  scalar GitObjectID
  scalar URI

  interface Node {
    id: ID!
  }
  interface Actor {
    login: String!
    url: URI!
  }
  interface Minimizable {
    isMinimized: Boolean!
    minimizedReason: String
    viewerCanMinimize: Boolean!
  }
  type User implements Node & Actor {
    id: ID!
    databaseId: Int
    login: String!
    name: String
    url: URI!
  }
  type Bot implements Node & Actor {
    id: ID!
    databaseId: Int
    login: String!
    url: URI!
  }
  type Organization implements Node & Actor {
    id: ID!
    databaseId: Int
    login: String!
    name: String
    url: URI!
  }
  type PageInfo {
    endCursor: String
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
  }
  enum DiffSide {
    LEFT
    RIGHT
  }
  enum PullRequestReviewThreadSubjectType {
    FILE
    LINE
  }
  enum PullRequestState {
    CLOSED
    MERGED
    OPEN
  }
  enum PullRequestMergeMethod {
    MERGE
    REBASE
    SQUASH
  }
  enum MergeableState {
    CONFLICTING
    MERGEABLE
    UNKNOWN
  }
  enum PullRequestReviewState {
    APPROVED
    CHANGES_REQUESTED
    COMMENTED
    DISMISSED
    PENDING
  }
  enum CommentAuthorAssociation {
    COLLABORATOR
    CONTRIBUTOR
    FIRST_TIMER
    FIRST_TIME_CONTRIBUTOR
    MANNEQUIN
    MEMBER
    NONE
    OWNER
  }
  enum RepositoryPermission {
    ADMIN
    MAINTAIN
    READ
    TRIAGE
    WRITE
  }
  enum ReportedContentClassifiers {
    ABUSE
    DUPLICATE
    OFF_TOPIC
    OUTDATED
    RESOLVED
    SPAM
  }
  type Commit {
    oid: GitObjectID!
  }
  type PullRequestReview implements Node {
    id: ID!
    databaseId: Int
    fullDatabaseId: BigInt
    author: Actor
    body: String!
    state: PullRequestReviewState!
    submittedAt: DateTime
    url: URI!
  }
  type PullRequestReviewComment implements Node & Minimizable {
    id: ID!
    databaseId: Int
    fullDatabaseId: BigInt
    author: Actor
    authorAssociation: CommentAuthorAssociation!
    body: String!
    bodyText: String!
    path: String!
    diffHunk: String!
    line: Int
    originalLine: Int
    startLine: Int
    originalStartLine: Int
    subjectType: PullRequestReviewThreadSubjectType!
    outdated: Boolean!
    isMinimized: Boolean!
    minimizedReason: String
    viewerCanMinimize: Boolean!
    viewerDidAuthor: Boolean!
    replyTo: PullRequestReviewComment
    pullRequestReview: PullRequestReview
    commit: Commit
    originalCommit: Commit
    createdAt: DateTime!
    updatedAt: DateTime!
    url: URI!
  }
  type PullRequestReviewCommentConnection {
    nodes: [PullRequestReviewComment]
    pageInfo: PageInfo!
    totalCount: Int!
  }
  type PullRequestReviewThread implements Node {
    id: ID!
    isResolved: Boolean!
    isOutdated: Boolean!
    isCollapsed: Boolean!
    path: String!
    line: Int
    startLine: Int
    originalLine: Int
    originalStartLine: Int
    diffSide: DiffSide!
    startDiffSide: DiffSide
    subjectType: PullRequestReviewThreadSubjectType!
    resolvedBy: User
    viewerCanResolve: Boolean!
    viewerCanUnresolve: Boolean!
    viewerCanReply: Boolean!
    pullRequest: PullRequest!
    comments(first: Int, after: String, last: Int, before: String): PullRequestReviewCommentConnection!
  }
  type PullRequestReviewThreadConnection {
    nodes: [PullRequestReviewThread]
    pageInfo: PageInfo!
    totalCount: Int!
  }
  type IssueComment implements Node & Minimizable {
    id: ID!
    databaseId: Int
    fullDatabaseId: BigInt
    author: Actor
    authorAssociation: CommentAuthorAssociation!
    body: String!
    isMinimized: Boolean!
    minimizedReason: String
    viewerCanMinimize: Boolean!
    viewerDidAuthor: Boolean!
    createdAt: DateTime!
    updatedAt: DateTime!
    url: URI!
  }
  type IssueCommentConnection {
    nodes: [IssueComment]
    pageInfo: PageInfo!
    totalCount: Int!
  }
  type PullRequestReviewConnection {
    nodes: [PullRequestReview]
    pageInfo: PageInfo!
    totalCount: Int!
  }
  type AutoMergeRequest {
    enabledAt: DateTime
    enabledBy: Actor
    mergeMethod: PullRequestMergeMethod!
  }
  type PullRequest implements Node {
    id: ID!
    databaseId: Int
    fullDatabaseId: BigInt
    number: Int!
    title: String!
    body: String!
    author: Actor
    state: PullRequestState!
    isDraft: Boolean!
    isCrossRepository: Boolean!
    merged: Boolean!
    mergeable: MergeableState!
    baseRefName: String!
    baseRefOid: GitObjectID!
    headRefName: String!
    headRefOid: GitObjectID!
    autoMergeRequest: AutoMergeRequest
    url: URI!
    comments(first: Int, after: String, last: Int, before: String): IssueCommentConnection!
    reviews(first: Int, after: String, last: Int, before: String): PullRequestReviewConnection
    reviewThreads(first: Int, after: String, last: Int, before: String): PullRequestReviewThreadConnection!
  }
  type Repository implements Node {
    id: ID!
    databaseId: Int
    name: String!
    nameWithOwner: String!
    isPrivate: Boolean!
    viewerPermission: RepositoryPermission
    pullRequest(number: Int!): PullRequest
  }
  type RateLimit {
    cost: Int!
    limit: Int!
    remaining: Int!
    resetAt: DateTime!
    used: Int!
  }
  type Query {
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    rateLimit(dryRun: Boolean = false): RateLimit
    repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
    viewer: User!
  }

  input ResolveReviewThreadInput {
    clientMutationId: String
    threadId: ID!
  }
  type ResolveReviewThreadPayload {
    clientMutationId: String
    thread: PullRequestReviewThread
  }
  input UnresolveReviewThreadInput {
    clientMutationId: String
    threadId: ID!
  }
  type UnresolveReviewThreadPayload {
    clientMutationId: String
    thread: PullRequestReviewThread
  }
  input AddPullRequestReviewThreadReplyInput {
    body: String!
    clientMutationId: String
    pullRequestReviewId: ID
    pullRequestReviewThreadId: ID!
  }
  type AddPullRequestReviewThreadReplyPayload {
    clientMutationId: String
    comment: PullRequestReviewComment
  }
  input MinimizeCommentInput {
    classifier: ReportedContentClassifiers!
    clientMutationId: String
    subjectId: ID!
  }
  type MinimizeCommentPayload {
    clientMutationId: String
    minimizedComment: Minimizable
  }
  input UnminimizeCommentInput {
    clientMutationId: String
    subjectId: ID!
  }
  type UnminimizeCommentPayload {
    clientMutationId: String
    unminimizedComment: Minimizable
  }
  input EnablePullRequestAutoMergeInput {
    authorEmail: String
    clientMutationId: String
    commitBody: String
    commitHeadline: String
    expectedHeadOid: GitObjectID
    mergeMethod: PullRequestMergeMethod = MERGE
    pullRequestId: ID!
  }
  type EnablePullRequestAutoMergePayload {
    actor: Actor
    clientMutationId: String
    pullRequest: PullRequest
  }
  input DisablePullRequestAutoMergeInput {
    clientMutationId: String
    pullRequestId: ID!
  }
  type DisablePullRequestAutoMergePayload {
    actor: Actor
    clientMutationId: String
    pullRequest: PullRequest
  }
  input ConvertPullRequestToDraftInput {
    clientMutationId: String
    pullRequestId: ID!
  }
  type ConvertPullRequestToDraftPayload {
    clientMutationId: String
    pullRequest: PullRequest
  }
  input MarkPullRequestReadyForReviewInput {
    clientMutationId: String
    pullRequestId: ID!
  }
  type MarkPullRequestReadyForReviewPayload {
    clientMutationId: String
    pullRequest: PullRequest
  }
  type Mutation {
    addPullRequestReviewThreadReply(
      input: AddPullRequestReviewThreadReplyInput!
    ): AddPullRequestReviewThreadReplyPayload
    convertPullRequestToDraft(input: ConvertPullRequestToDraftInput!): ConvertPullRequestToDraftPayload
    disablePullRequestAutoMerge(input: DisablePullRequestAutoMergeInput!): DisablePullRequestAutoMergePayload
    enablePullRequestAutoMerge(input: EnablePullRequestAutoMergeInput!): EnablePullRequestAutoMergePayload
    markPullRequestReadyForReview(input: MarkPullRequestReadyForReviewInput!): MarkPullRequestReadyForReviewPayload
    minimizeComment(input: MinimizeCommentInput!): MinimizeCommentPayload
    resolveReviewThread(input: ResolveReviewThreadInput!): ResolveReviewThreadPayload
    unminimizeComment(input: UnminimizeCommentInput!): UnminimizeCommentPayload
    unresolveReviewThread(input: UnresolveReviewThreadInput!): UnresolveReviewThreadPayload
  }
`);
