/** The adapter on an emulator of GitHub that others wrote: what both understand, they understand alike. */
import { createEmulator } from "emulate";
import { expect, it, onTestFinished } from "vitest";
import { createGithubHost, createGithubTracker } from "../../../../src/integrations/github/index.ts";

const silent = { warn: () => {}, info: () => {}, debug: () => {} };
const token = "emulated-token-of-octocat";

async function start() {
  const emulator = await createEmulator({
    service: "github",
    port: 0,
    seed: {
      tokens: { [token]: { login: "octocat", scopes: ["repo"] } },
      github: {
        users: [{ login: "octocat" }, { login: "hubot" }],
        repos: [{ owner: "octocat", name: "demo", auto_init: true }],
      },
    },
  });
  onTestFinished(() => emulator.close());
  const clock = { now: () => new Date(), monotonic: () => performance.now() };
  const options = { slug: "octocat/demo", token, baseUrl: emulator.url, log: silent, clock, second: 3 };
  const put = async (path: string, body: unknown): Promise<void> => {
    const answer = await fetch(`${emulator.url}/repos/octocat/demo${path}`, {
      method: path.startsWith("/contents") ? "PUT" : "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  return { host: createGithubHost(options), tracker: createGithubTracker(options), put };
}

it("a pull request is proposed, commented, reviewed, labelled, checked", async () => {
  const { host, put } = await start();
  expect(await host.repository()).toMatchObject({ owner: "octocat", name: "demo", defaultBranch: "main" });
  expect(await host.viewer()).toEqual({ login: "octocat", isBot: false });
  const [main] = await host.branches();
  await put("/git/refs", { ref: "refs/heads/topic", sha: main?.sha });
  const content = Buffer.from("one\ntwo\n").toString("base64");
  await put("/contents/new.ts", { message: "Add", branch: "topic", content });
  expect(new TextDecoder().decode(await host.readFile("new.ts", "topic"))).toBe("one\ntwo\n");
  expect(await host.readFile("absent.ts", "topic")).toBeUndefined();

  const draft = { head: "topic", base: "main", title: "Add", body: "As asked." };
  const { pullRequest, outcome } = await host.ensurePullRequest(draft);
  expect(outcome).toBe("created");
  expect((await host.ensurePullRequest(draft)).outcome).toBe("unchanged");
  const { number, head } = pullRequest;

  expect((await host.ensureComment(number, "gate", "One")).outcome).toBe("created");
  expect((await host.ensureComment(number, "gate", "One")).outcome).toBe("unchanged");
  expect((await host.ensureComment(number, "gate", "Two")).outcome).toBe("updated");
  expect(await host.comments(number)).toHaveLength(1);

  const review = { key: "k", commit: head.sha, event: "COMMENT" as const, body: "Seen", comments: [] };
  expect((await host.createReview(number, review)).outcome).toBe("created");
  expect((await host.createReview(number, review)).outcome).toBe("unchanged");
  await host.ensureLabel({ name: "size/S", color: "ff0000", description: "Small" });
  await host.addLabels(number, ["size/S"]);
  expect((await host.pullRequest(number))?.labels).toEqual(["size/S"]);

  const check = { name: "C", externalId: "c", sha: head.sha, title: "T", summary: "S" };
  const done = { ...check, status: "completed" as const, conclusion: "success" as const };
  expect((await host.ensureCheckRun(done)).id).toBe((await host.ensureCheckRun(done)).id);
});

it("issues are opened once, brought up to date, closed and reopened", async () => {
  const { tracker } = await start();
  const draft = { key: "ruff/F401", title: "Unused imports", body: "Three." };
  const { issue } = await tracker.ensureIssue(draft);
  expect((await tracker.ensureIssue(draft)).outcome).toBe("unchanged");
  expect((await tracker.ensureIssue({ ...draft, body: "Two." })).outcome).toBe("updated");
  expect((await tracker.closeIssue(issue.id)).outcome).toBe("closed");
  expect((await tracker.ensureIssue(draft)).outcome).toBe("reopened");
  expect(await tracker.issues({ state: "all" })).toHaveLength(1);
});
