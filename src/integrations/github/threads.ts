/** Threads of a review: only GraphQL tells which are resolved, and resolves them. */
import * as z from "zod";
import type { CodeHost, HostUser, ReviewThread, ThreadComment } from "../../model/code-host.ts";
import { Failure } from "../../model/failure.ts";
import { Anything, type Client, required } from "./client.ts";

type ThreadVerbs = Pick<CodeHost, "reviewThreads" | "resolveThread" | "unresolveThread" | "minimizeComment">;

const read = "pull-requests: read";
const write = "pull-requests: write";

export function threadVerbs(client: Client): ThreadVerbs {
  /** Ids of comments outgrew 32 bits; an older Enterprise Server knows only the smaller field. */
  let idField: "fullDatabaseId" | "databaseId" = "fullDatabaseId";
  /** What was last seen, so that a thread that is surely open is resolved without asking once more. */
  const resolved = new Map<string, boolean>();

  const commentFields = (): string => `
    nodes { id ${idField} body createdAt updatedAt url authorAssociation author { __typename login } }
    pageInfo { hasNextPage endCursor }`;

  async function query<T>(what: string, text: () => string, variables: Record<string, unknown>, shape: z.ZodType<T>) {
    try {
      return await client.query({ what, permission: read }, text(), variables, shape);
    } catch (error) {
      const isOld = error instanceof Failure && error.why?.includes("fullDatabaseId") === true;
      if (!isOld || idField === "databaseId") throw error;
      idField = "databaseId";
      return client.query({ what, permission: read }, text(), variables, shape);
    }
  }

  /** Most threads are short; the rest of a long one is asked for on its own. */
  async function restOf(id: string, first: z.infer<typeof CommentPage>): Promise<z.infer<typeof CommentNode>[]> {
    const nodes = [...first.nodes];
    for (let page = first; page.pageInfo.hasNextPage;) {
      const answer = await query(
        "read a thread",
        () => `query ($id: ID!, $after: String) {
          node(id: $id) { ... on PullRequestReviewThread { comments(first: 100, after: $after) { ${commentFields()} } } }
        }`,
        { id, after: page.pageInfo.endCursor },
        z.object({ node: z.object({ comments: CommentPage }) }),
      );
      page = answer.node.comments;
      nodes.push(...page.nodes);
    }
    return nodes;
  }

  async function setResolved(threadId: string, wanted: boolean): Promise<boolean> {
    const what = `${wanted ? "resolve" : "reopen"} a thread`;
    if (resolved.get(threadId) !== !wanted) {
      const { node } = await client.query(
        { what, permission: read },
        "query ($id: ID!) { node(id: $id) { ... on PullRequestReviewThread { isResolved } } }",
        { id: threadId },
        z.object({ node: z.object({ isResolved: z.boolean().optional() }).nullable() }),
      );
      if (required(node?.isResolved, `thread ${threadId}`) === wanted) return false;
    }
    const [verb, input] = wanted
      ? ["resolveReviewThread", "ResolveReviewThreadInput"]
      : ["unresolveReviewThread", "UnresolveReviewThreadInput"];
    await client.mutate(
      { what, permission: `contents: write and ${write}` },
      `mutation ($input: ${input}!) { ${verb}(input: $input) { thread { isResolved } } }`,
      { input: { threadId } },
      Anything,
    );
    resolved.set(threadId, wanted);
    return true;
  }

  return {
    async reviewThreads(number) {
      const threads: ReviewThread[] = [];
      let after: string | null = null;
      for (let more = true; more;) {
        const { repository }: z.infer<typeof ThreadPage> = await query<z.infer<typeof ThreadPage>>(
          `read the threads of pull request #${number}`,
          () => `query ($owner: String!, $name: String!, $number: Int!, $after: String) {
            repository(owner: $owner, name: $name) { pullRequest(number: $number) {
              reviewThreads(first: 50, after: $after) {
                nodes {
                  id path line startLine diffSide subjectType isResolved isOutdated
                  resolvedBy { id login url }
                  comments(first: 20) { ${commentFields()} }
                }
                pageInfo { hasNextPage endCursor }
              } } } }`,
          { number, after },
          ThreadPage,
        );
        const page: ThreadList = required(
          repository?.pullRequest ?? undefined,
          `pull request #${number}`,
        ).reviewThreads;
        for (const node of page.nodes) {
          resolved.set(node.id, node.isResolved);
          const comments = (await restOf(node.id, node.comments)).map(commentOf);
          // A thread whose comments were all deleted is on its way out.
          if (comments.length > 0) threads.push(threadOf(node, comments));
        }
        [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
      }
      return threads;
    },
    async resolveThread(threadId) {
      return { outcome: (await setResolved(threadId, true)) ? "resolved" : "unchanged" };
    },
    async unresolveThread(threadId) {
      return { outcome: (await setResolved(threadId, false)) ? "unresolved" : "unchanged" };
    },
    async minimizeComment(nodeId, reason) {
      await client.mutate(
        { what: "hide a comment", permission: write },
        "mutation ($input: MinimizeCommentInput!) { minimizeComment(input: $input) { clientMutationId } }",
        { input: { subjectId: nodeId, classifier: reason } },
        Anything,
      );
    },
  };
}

/** Whose token it is: REST has no answer for the token of a workflow, GraphQL does; servers without it have only REST. */
export async function askViewer(client: Client): Promise<HostUser> {
  const purpose = { what: "learn whose token it is", permission: "metadata: read" };
  let login: string;
  try {
    const shape = z.object({ viewer: z.object({ login: z.string() }) });
    ({ login } = (await client.query(purpose, "query { viewer { login } }", {}, shape)).viewer);
  } catch (error) {
    if (!(error instanceof Failure && error.code === "CF703")) throw error;
    ({ login } = await client.get({ route: "GET /user", ...purpose }, z.object({ login: z.string() })));
  }
  return { login, isBot: login.endsWith("[bot]") };
}

const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const CommentNode = z.object({
  id: z.string(),
  fullDatabaseId: z.union([z.string(), z.number()]).nullish(),
  databaseId: z.number().nullish(),
  body: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  url: z.string(),
  authorAssociation: z.string(),
  author: z.object({ __typename: z.string(), login: z.string() }).nullable(),
});
const CommentPage = z.object({ nodes: z.array(CommentNode), pageInfo: PageInfo });
const ThreadNode = z.object({
  id: z.string(),
  path: z.string(),
  line: z.number().nullable(),
  startLine: z.number().nullable(),
  diffSide: z.enum(["LEFT", "RIGHT"]),
  subjectType: z.enum(["FILE", "LINE"]),
  isResolved: z.boolean(),
  isOutdated: z.boolean(),
  resolvedBy: z.object({ id: z.string(), login: z.string(), url: z.string() }).nullable(),
  comments: CommentPage,
});
const ThreadList = z.object({ nodes: z.array(ThreadNode), pageInfo: PageInfo });
type ThreadList = z.infer<typeof ThreadList>;
const ThreadPage = z.object({
  repository: z
    .object({
      pullRequest: z.object({ reviewThreads: ThreadList }).nullable(),
    })
    .nullable(),
});

/** Authors that are bots lack `[bot]` here, which REST and `viewer` put behind their names. */
function botLogin(login: string): string {
  return login.endsWith("[bot]") ? login : `${login}[bot]`;
}

function commentOf(node: z.infer<typeof CommentNode>): ThreadComment {
  const { author } = node;
  const isBot = author?.__typename === "Bot";
  return {
    id: Number(node.fullDatabaseId ?? node.databaseId),
    nodeId: node.id,
    author:
      author === null
        ? { login: "ghost", isBot: false }
        : { login: isBot ? botLogin(author.login) : author.login, isBot },
    body: node.body,
    createdAt: node.createdAt,
    updatedAt: node.updatedAt,
    url: node.url,
    authorAssociation: node.authorAssociation,
  };
}

function threadOf(node: z.infer<typeof ThreadNode>, comments: readonly ThreadComment[]): ReviewThread {
  const isFileLevel = node.subjectType === "FILE";
  const hasLine = !isFileLevel && !node.isOutdated;
  return {
    id: node.id,
    path: node.path,
    line: hasLine ? (node.line ?? undefined) : undefined,
    startLine: hasLine ? (node.startLine ?? undefined) : undefined,
    side: node.diffSide,
    isFileLevel,
    isResolved: node.isResolved,
    ...(node.resolvedBy === null ? {} : { resolvedBy: resolverOf(node.resolvedBy) }),
    isOutdated: node.isOutdated,
    comments,
  };
}

/** The schema says User here, of bots too: only the id's prefix or the page tells. */
function resolverOf({ id, login, url }: { id: string; login: string; url: string }): string {
  const isBot = id.startsWith("BOT_") || id.startsWith("MDM6Qm90") || /\/apps\/[^/]+$/.test(url);
  return isBot ? botLogin(login) : login;
}
