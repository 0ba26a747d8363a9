/** Deliveries as GitHub makes them, filled from the state of the in-memory host; turned into events by the product. */
import { z } from "zod";
import type { TriggerEvent } from "../../src/model/event.ts";
import { eventFromPayload } from "../../src/workflow/events.ts";
import type { CaseWorld } from "../actions/world.ts";

export const deliverySchema = z.discriminatedUnion("event", [
  z.strictObject({ event: z.literal("pull_request"), action: z.string().default("opened"), number: z.number() }),
  z.strictObject({ event: z.literal("issue_comment"), number: z.number(), comment: z.number() }),
  z.strictObject({ event: z.literal("pull_request_review_comment"), number: z.number(), comment: z.number() }),
  z.strictObject({ event: z.literal("push"), branch: z.string() }),
  z.strictObject({ event: z.literal("check_suite"), rev: z.string(), conclusion: z.string() }),
  z.strictObject({ event: z.literal("schedule") }),
  z.strictObject({ event: z.literal("manual") }),
]);

export async function deliveredEvent(
  delivery: z.infer<typeof deliverySchema>,
  world: CaseWorld,
): Promise<TriggerEvent> {
  const { host } = world;
  const repository = { id: 1, full_name: host.slug, default_branch: (await host.repository()).defaultBranch };
  const [owner = "", name = ""] = host.slug.split("/");
  const base = { repository: { ...repository, name, owner: { login: owner } } };
  switch (delivery.event) {
    case "schedule":
    case "manual":
      return { name: delivery.event, repository: { owner, name, defaultBranch: repository.default_branch }, payload: {} };
    case "push": {
      const sha = String(world.filled(`$SHA(${delivery.branch})`));
      const ref = `refs/heads/${delivery.branch}`;
      return made("push", { ...base, ref, after: sha, before: "0".repeat(40), commits: [], sender: person("dev") });
    }
    case "check_suite": {
      const head_sha = String(world.filled(`$SHA(${delivery.rev})`));
      const check_suite = { head_sha, conclusion: delivery.conclusion, status: "completed", pull_requests: [] };
      return made("check_suite", { ...base, action: "completed", check_suite, sender: person("github-actions[bot]") });
    }
    case "pull_request_review_comment": {
      const threads = await host.reviewThreads(delivery.number);
      const [first, comment] = threads.flatMap(({ comments }) => comments.map((one) => [comments[0], one] as const)).find(([, one]) => one.id === delivery.comment) ?? [];
      if (comment === undefined) throw new Error(`the case's host has no comment ${delivery.comment} in the diff`);
      const { id, body, author, authorAssociation } = comment;
      return made("pull_request_review_comment", {
        ...base,
        action: "created",
        pull_request: await pullOf(delivery.number, world),
        comment: {
          id,
          body,
          user: person(author.login),
          author_association: authorAssociation,
          ...(first === undefined || first.id === id ? {} : { in_reply_to_id: first.id }),
        },
        sender: person(author.login),
      });
    }
    case "pull_request": {
      const pull_request = await pullOf(delivery.number, world);
      const { action, number } = delivery;
      return made("pull_request", { ...base, action, number, pull_request, sender: pull_request.user });
    }
    case "issue_comment": {
      const comment = (await host.comments(delivery.number)).find(({ id }) => id === delivery.comment);
      if (comment === undefined) throw new Error(`the case's host has no comment ${delivery.comment}`);
      const pull = await host.pullRequest(delivery.number);
      return made("issue_comment", {
        ...base,
        action: "created",
        issue: { number: delivery.number, title: "", state: "open", labels: [], ...(pull === undefined ? {} : { pull_request: {} }) },
        comment: { id: comment.id, body: comment.body, user: person(comment.author.login), author_association: comment.authorAssociation },
        sender: person(comment.author.login),
      });
    }
  }
}

async function pullOf(number: number, { host }: CaseWorld) {
  const pull = await host.pullRequest(number);
  if (pull === undefined) throw new Error(`the case's host has no pull request ${number}`);
  return {
    number: pull.number,
    title: pull.title,
    body: pull.body,
    draft: pull.isDraft,
    state: pull.state,
    user: person(pull.author.login),
    author_association: pull.authorAssociation,
    labels: pull.labels.map((label) => ({ name: label })),
    head: {
      ref: pull.head.branch,
      sha: pull.head.sha,
      repo: { id: pull.isFork ? 2 : 1, full_name: pull.head.repository ?? host.slug },
    },
    base: {
      ref: pull.base.branch,
      sha: pull.base.sha,
      repo: { id: 1, full_name: host.slug, default_branch: (await host.repository()).defaultBranch },
    },
  };
}

function person(login: string) {
  return { login, type: login.endsWith("[bot]") ? "Bot" : "User" };
}

function made(name: string, payload: unknown): TriggerEvent {
  const event = eventFromPayload(name, payload);
  if (event === undefined) throw new Error(`the delivery of ${name} is no event`);
  return event;
}
