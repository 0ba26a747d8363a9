/** Deliveries: what they say, held against GitHub's own published examples, and how they are signed and sent. */
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import type { IssueCommentEvent, PullRequestSynchronizeEvent, PushEvent } from "@octokit/webhooks-types";
import { describe, expect, it, onTestFinished } from "vitest";
import type { EventPayload } from "./index.ts";
import { numbered, shop, startScene } from "./scene.ts";

interface Received {
  readonly event: string;
  readonly signature: string;
  readonly body: string;
}

/** A receiver that keeps what it got, and answers with the given status. */
async function receiver(status = () => 202): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const header = (name: string): string => String(request.headers[name]);
      const body = Buffer.concat(chunks).toString();
      received.push({ event: header("x-github-event"), signature: header("x-hub-signature-256"), body });
      response.writeHead(status()).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received };
}

/** Names of fields that every published example of an event has and the payload lacks, two levels deep. */
function missingFields(event: string, payload: EventPayload): string[] {
  const published = (examples as unknown as { name: string; examples: EventPayload[] }[]).find(
    (each) => each.name === event,
  );
  if (published === undefined) throw new Error(`there is no published example of ${event}`);
  const paths = published.examples.map((example) => new Set(fieldsOf(example)));
  const shared = [...(paths[0] ?? [])].filter((path) => paths.every((each) => each.has(path)));
  const ours = new Set(fieldsOf(payload));
  // The repository here belongs to a person.
  return shared.filter((path) => !ours.has(path) && !path.startsWith("organization"));
}

function fieldsOf(payload: EventPayload): string[] {
  return Object.entries(payload).flatMap(([name, value]) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [name];
    return [name, ...Object.keys(value).map((inner) => `${name}.${inner}`)];
  });
}

describe("webhooks", () => {
  it("are signed and tell what happened, in order", async () => {
    const { github, repository, pull, octokit } = await startScene();
    const { url, received } = await receiver();
    github.webhooks.add({ url, secret: "hush" });
    await octokit.rest.issues.createComment({ ...shop, issue_number: pull.number, body: "hello" });
    await github.webhooks.settled();
    repository.commit({ branch: "topic", files: { "src/a.ts": numbered({ 10: "again" }) } });
    await octokit.rest.checks.create({ ...shop, name: "codeflow", head_sha: pull.headSha() });
    await github.webhooks.settled();
    expect(received.map((each) => each.event).sort()).toEqual(["check_run", "issue_comment", "pull_request", "push"]);
    for (const { body, signature } of received) {
      expect(signature).toBe(`sha256=${createHmac("sha256", "hush").update(body).digest("hex")}`);
    }
    expect(github.webhooks.deliveries.map((delivery) => delivery.status)).toEqual([202, 202, 202, 202]);
  });

  it("are filtered by event, not repeated by themselves, and redelivered on request", async () => {
    const { github, pull } = await startScene();
    let status = 500;
    const { url, received } = await receiver(() => status);
    github.webhooks.add({ url, secret: "hush", events: ["issue_comment"] });
    pull.comment("cleo", "hello");
    pull.close();
    await github.webhooks.settled();
    const [delivery] = github.webhooks.deliveries;
    expect([github.webhooks.deliveries.length, delivery?.status]).toEqual([1, 500]);
    status = 200;
    expect((await github.webhooks.redeliver(delivery?.id ?? "")).status).toBe(200);
    expect(received[1]?.body).toBe(received[0]?.body);
  });

  it("have the fields of the published examples", async () => {
    const { github, repository, pull, octokit } = await startScene();
    const { url } = await receiver();
    github.webhooks.add({ url, secret: "hush" });
    pull.comment("cleo", "hello");
    const comment = pull.commentOnLine("cleo", { path: "src/a.ts", line: 10, body: "here" });
    pull.resolve("ben", comment.id);
    repository.openIssue({ title: "Leak" });
    repository.commit({ branch: "topic", files: { "b.txt": "b\n" } });
    await octokit.rest.checks.create({ ...shop, name: "codeflow", head_sha: pull.headSha() });
    repository.workflowRun({ headBranch: "topic", headSha: pull.headSha() });
    await github.webhooks.settled();
    const missing = github.webhooks.deliveries.map(({ event, payload }) => [event, missingFields(event, payload)]);
    expect(Object.fromEntries(missing)).toEqual({
      issue_comment: [],
      pull_request_review: [],
      pull_request_review_comment: [],
      pull_request_review_thread: [],
      issues: [],
      push: [],
      pull_request: [],
      check_run: [],
      workflow_run: [],
    });
  });
});

describe("the file of GITHUB_EVENT_PATH", () => {
  it("tells pull requests, pushes, comments and workflow runs", async () => {
    const { github, repository, pull } = await startScene();
    const before = pull.headSha();
    const after = repository.commit({ branch: "topic", as: "ben", message: "More", files: { "b.txt": "b\n" } });
    const made = (payload: EventPayload): unknown => JSON.parse(JSON.stringify(payload));

    const change = made(github.eventPayload(repository, { event: "pull_request", number: pull.number }));
    const { action, number, pull_request, sender } = change as PullRequestSynchronizeEvent;
    expect([action, number, pull_request.head.sha, pull_request.base.ref, sender.login]).toEqual([
      "synchronize",
      pull.number,
      after,
      "main",
      "ben",
    ]);

    const push = { event: "push", ref: "refs/heads/topic", before, after, as: "ben" } as const;
    const pushed = made(github.eventPayload(repository, push)) as PushEvent;
    expect([pushed.commits.map((commit) => commit.message), pushed.forced, pushed.pusher.name]).toEqual([
      ["More"],
      false,
      "ben",
    ]);

    const commentId = pull.comment("cleo", "/codeflow check").id;
    const said = made(github.eventPayload(repository, { event: "issue_comment", commentId })) as IssueCommentEvent;
    expect([said.comment.body, said.issue.pull_request !== undefined]).toEqual(["/codeflow check", true]);

    const fork = repository.fork("zoe");
    const headSha = fork.commit({ branch: "idea", as: "zoe", files: { "c.txt": "c\n" } });
    const runId = repository.workflowRun({ headBranch: "idea", headSha, headRepository: fork });
    const run = github.eventPayload(repository, { event: "workflow_run", runId })["workflow_run"];
    expect(run).toMatchObject({ head_sha: headSha, pull_requests: [], head_repository: { full_name: "zoe/shop" } });
  });
});
