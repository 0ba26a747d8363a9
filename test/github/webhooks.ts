/** Tells the outside what happened: payloads in the shape of GitHub's, signed and delivered once. */
import { createHmac, randomUUID } from "node:crypto";
import { runShape, workflowShape } from "./routes/actions.ts";
import { checkRunShape, checkSuiteShape } from "./shapes/checks.ts";
import { commitShape } from "./shapes/commits.ts";
import { commentShape, issueShape } from "./shapes/issues.ts";
import { repositoryPage } from "./shapes/links.ts";
import { userShape } from "./shapes/people.ts";
import { pullShape, reviewCommentShape, reviewShape } from "./shapes/pulls.ts";
import { repositoryShape } from "./shapes/repository.ts";
import { isAncestor, listCommits, noCommit } from "./world/git.ts";
import { nodeId } from "./world/ids.ts";
import { fullName, type Happening, type Repository, type User, type World } from "./world/state.ts";

/** A payload as it stands in a delivery's body and in the file of GITHUB_EVENT_PATH. */
export type EventPayload = Readonly<Record<string, unknown>>;

export function payloadOf(world: World, repository: Repository, actor: User, happening: Happening): EventPayload {
  const common = { repository: repositoryShape(world, repository), sender: userShape(world, actor) };
  switch (happening.event) {
    case "push":
      return {
        ...pushPayload(world, repository, actor, happening),
        ...common,
        repository: {
          ...common.repository,
          stargazers: common.repository.stargazers_count,
          master_branch: repository.defaultBranch,
        },
      };
    case "pull_request": {
      const { action, issue, before } = happening;
      const moved = before === undefined ? {} : { before, after: issue.pull.headSha };
      return { action, number: issue.number, ...moved, pull_request: pullShape(world, repository, issue), ...common };
    }
    case "issues":
      return { action: happening.action, issue: issueShape(world, repository, happening.issue), ...common };
    case "issue_comment": {
      const { action, comment } = happening;
      const issue = issueShape(world, repository, comment.issue);
      return { action, issue, comment: commentShape(world, repository, comment), ...common };
    }
    case "pull_request_review": {
      const { action, review } = happening;
      const shape = { ...reviewShape(world, repository, review), state: review.state.toLowerCase() };
      return { action, review: shape, pull_request: pullShape(world, repository, review.issue), ...common };
    }
    case "pull_request_review_comment": {
      const { action, comment } = happening;
      const pull_request = pullShape(world, repository, comment.thread.issue);
      return { action, comment: reviewCommentShape(world, repository, comment), pull_request, ...common };
    }
    case "pull_request_review_thread": {
      const { action, thread } = happening;
      const comments = thread.comments.map((comment) => reviewCommentShape(world, repository, comment));
      const pull_request = pullShape(world, repository, thread.issue);
      return { action, thread: { node_id: nodeId("PRRT", thread.id), comments }, pull_request, ...common };
    }
    case "check_run":
      return { action: happening.action, check_run: checkRunShape(world, repository, happening.run), ...common };
    case "check_suite":
      return { action: happening.action, check_suite: checkSuiteShape(world, repository, happening.suite), ...common };
    case "workflow_run":
      return {
        action: happening.action,
        workflow_run: runShape(world, repository, happening.run),
        workflow: workflowShape(world, repository, happening.run),
        ...common,
      };
  }
}

function pushPayload(
  world: World,
  repository: Repository,
  actor: User,
  push: Extract<Happening, { event: "push" }>,
): EventPayload {
  const { ref, before, after } = push;
  const { gitDir } = repository;
  const [isNew, isGone] = [before === noCommit, after === noCommit];
  const range = isGone ? [] : isNew ? ["-1", after] : [`${before}..${after}`];
  const commits = isGone ? [] : listCommits(gitDir, ["--reverse", ...range]);
  const shapes = commits.map((commit) => ({
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committerDate,
    url: commitShape(world, repository, commit).html_url,
    author: { name: commit.authorName, email: commit.authorEmail },
    committer: { name: commit.committerName, email: commit.committerEmail },
    added: [],
    removed: [],
    modified: [],
  }));
  return {
    ref,
    before,
    after,
    created: isNew,
    deleted: isGone,
    forced: !isNew && !isGone && !isAncestor(gitDir, before, after),
    base_ref: null,
    compare: repositoryPage(world, repository, `/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`),
    commits: shapes,
    head_commit: shapes.at(-1) ?? null,
    pusher: { name: actor.login, email: actor.email },
  };
}

export interface Webhook {
  readonly url: string;
  readonly secret: string;
  /** Names such as "pull_request"; absent: all. */
  readonly events?: readonly string[];
}

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly action: string | undefined;
  readonly repository: string;
  readonly payload: EventPayload;
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
  readonly body: string;
  /** The receiver's answer; undefined while under way or where nobody answered. */
  status: number | undefined;
}

export interface Webhooks {
  add(hook: Webhook): void;
  readonly deliveries: readonly Delivery[];
  /** Sends one again under the same id, as the button on GitHub's page does; nothing else repeats a failed one. */
  redeliver(id: string): Promise<Delivery>;
  /** Resolves when everything under way has been answered or given up. */
  settled(): Promise<void>;
}

export interface WebhookSender extends Webhooks {
  send(world: World, repository: Repository, actor: User, happening: Happening): void;
}

/** GitHub waits ten seconds for an answer. */
const patience = 10_000;

export function createWebhooks(): WebhookSender {
  const hooks: Webhook[] = [];
  const deliveries: Delivery[] = [];
  const underWay = new Set<Promise<void>>();

  const post = async (delivery: Delivery): Promise<void> => {
    const { url, headers, body } = delivery;
    const signal = AbortSignal.timeout(patience);
    // A receiver that is down is the receiver's affair: the delivery stays without a status.
    const answer = await fetch(url, { method: "POST", headers, body, signal }).catch(() => undefined);
    delivery.status = answer?.status;
    await answer?.arrayBuffer();
  };
  const start = (delivery: Delivery): Promise<void> => {
    const sending = post(delivery).finally(() => underWay.delete(sending));
    underWay.add(sending);
    return sending;
  };

  return {
    deliveries,
    add: (hook) => hooks.push(hook),
    async redeliver(id) {
      const first = deliveries.find((delivery) => delivery.id === id);
      if (first === undefined) throw new Error(`there is no delivery ${id}`);
      const again: Delivery = { ...first, status: undefined };
      deliveries.push(again);
      await start(again);
      return again;
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    send(world, repository, actor, happening) {
      const wanting = hooks.filter((hook) => hook.events === undefined || hook.events.includes(happening.event));
      if (wanting.length === 0) return;
      const payload = payloadOf(world, repository, actor, happening);
      const body = JSON.stringify(payload);
      for (const hook of wanting) {
        const id = randomUUID();
        const delivery: Delivery = {
          id,
          event: happening.event,
          action: "action" in happening ? happening.action : undefined,
          repository: fullName(repository),
          payload,
          headers: {
            "content-type": "application/json",
            "user-agent": "GitHub-Hookshot/local",
            "x-github-delivery": id,
            "x-github-event": happening.event,
            "x-hub-signature-256": `sha256=${createHmac("sha256", hook.secret).update(body).digest("hex")}`,
          },
          url: hook.url,
          body,
          status: undefined,
        };
        deliveries.push(delivery);
        void start(delivery);
      }
    },
  };
}
