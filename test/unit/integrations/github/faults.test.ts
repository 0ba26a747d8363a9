/** What becomes of a request when GitHub or the network fails: done once, or said clearly. */
import { expect, it, describe } from "vitest";
import { createGithubHost } from "../../../../src/integrations/github/index.ts";
import type { CachedAnswer, GithubOptions } from "../../../../src/integrations/github/client.ts";
import type { CodeHost } from "../../../../src/model/code-host.ts";
import { quickOptions } from "../../../contract/github-stage.ts";
import { startGithub } from "../../../github/scene.ts";
import type { Fault, GithubServer, SeededPull, SeededRepository } from "../../../github/index.ts";

interface Scene {
  readonly github: GithubServer;
  readonly repository: SeededRepository;
  readonly pull: SeededPull;
  readonly host: CodeHost;
  readonly other: (options: Partial<GithubOptions>) => CodeHost;
}

async function scene(): Promise<Scene> {
  const github = await startGithub();
  const repository = github.addRepository({ owner: "ada", name: "shop", files: { "a.ts": "one\n" } });
  repository.commit({ branch: "topic", files: { "a.ts": "two\n", "b.ts": "b\n" } });
  const pull = repository.openPull({ head: "topic" });
  const options = quickOptions(github, "ada/shop", github.installationToken("ada/shop"));
  const other: Scene["other"] = (change) => createGithubHost({ ...options, ...change });
  return { github, repository, pull, host: other({}), other };
}

const faults: readonly (readonly [string, Fault])[] = [
  ["502 before the work", { kind: "error" }],
  ["502 after the work", { kind: "error", after: true }],
  ["a connection cut before the work", { kind: "reset" }],
  ["a connection cut after the work", { kind: "reset", after: true }],
  ["an answer cut off", { kind: "truncate" }],
  ["the limit of speed", { kind: "secondary-limit", retryAfterSeconds: 1 }],
  ["the hourly limit", { kind: "primary-limit", resetInSeconds: 1 }],
];

describe.each(faults)("%s", (_name, fault) => {
  it("loses and doubles no comment", async () => {
    const { github, pull, host } = await scene();
    const { fired } = github.faults.add({ method: "POST", path: /issues\/\d+\/comments$/ }, fault);
    expect((await host.ensureComment(pull.number, "a", "One")).comment.body).toContain("One");
    expect(fired()).toBe(1);
    expect(pull.view().comments).toHaveLength(1);
  });

  it("loses and doubles no review, no thread, no answer", async () => {
    const { github, pull, host } = await scene();
    const commit = pull.headSha();
    github.faults.add({ method: "POST", path: /\/reviews$/ }, fault);
    const comments = [{ path: "b.ts", line: 1, body: "x" }];
    await host.createReview(pull.number, { key: "k", commit, event: "COMMENT", body: "", comments });
    github.faults.add({ method: "POST", path: /\/pulls\/\d+\/comments$/ }, fault);
    const { id } = await host.ensureReviewComment(pull.number, "t", { path: "a.ts", line: 1, body: "y", commit });
    github.faults.add({ method: "POST", path: /\/replies$/ }, fault);
    await host.ensureReply(pull.number, id, "r", "z");
    expect(pull.view().threads.map((thread) => thread.comments.length)).toEqual([1, 2]);
  });

  it("doubles no annotation", async () => {
    const { github, pull, host } = await scene();
    github.faults.add({ method: "POST", path: /check-runs$/ }, fault);
    github.faults.add({ method: "PATCH", path: /check-runs/, nth: 1 }, fault);
    const annotations = Array.from({ length: 120 }, (_, index) => ({
      path: "b.ts",
      startLine: 1,
      endLine: 1,
      level: "warning" as const,
      message: `${index}`,
    }));
    const common = { name: "C", externalId: "c", sha: pull.headSha(), title: "T", summary: "S", annotations };
    await host.ensureCheckRun({ ...common, status: "completed", conclusion: "failure" });
    const [check] = pull.view().checks;
    expect(new Set(check?.annotations.map(({ message }) => message)).size).toBe(120);
    expect(check).toMatchObject({ status: "completed", annotations: { length: 120 } });
  });

  it("is survived by reading and by resolving", async () => {
    const { github, pull, host } = await scene();
    const { id } = pull.commentOnLine("ben", { path: "b.ts", line: 1, body: "?" });
    github.faults.add({ path: /graphql$/, nth: 1 }, fault);
    github.faults.add({ path: /graphql$/, nth: 3 }, fault);
    const [thread] = await host.reviewThreads(pull.number);
    expect(thread?.comments[0]?.id).toBe(id);
    await host.resolveThread(thread?.id ?? "");
    expect(pull.view().threads[0]?.resolvedBy).toBe("github-actions[bot]");
    github.faults.add({ method: "GET", path: /pulls\/\d+$/ }, fault);
    expect((await host.pullRequest(pull.number))?.number).toBe(pull.number);
  });
});

describe("failures", () => {
  it("name the permission that is missing", async () => {
    const { github, pull, other } = await scene();
    const fork = other({ token: github.forkToken("ada/shop") });
    await expect(fork.ensureComment(pull.number, "a", "x")).rejects.toMatchObject({
      code: "CF701",
      message: expect.stringContaining(`cannot comment on #${pull.number}`),
      why: expect.stringContaining("Resource not accessible by integration"),
      next: expect.stringContaining("pull-requests: write"),
    });
    await expect(other({ token: "wrong" }).repository()).rejects.toMatchObject({ code: "CF701", next: /GITHUB_TOKEN/ });
  });

  it("tell what is not there, and what is refused", async () => {
    const { host, other, github } = await scene();
    await expect(host.comments(999)).rejects.toMatchObject({ code: "CF703" });
    const token = github.installationToken("ada/shop");
    await expect(other({ slug: "ada/nothing", token }).repository()).rejects.toMatchObject({ code: "CF703" });
    await expect(
      host.setStatus("0".repeat(40), { context: "c", state: "success", description: "" }),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/^CF70[23]$/),
    });
    expect(() => other({ slug: "../../user" })).toThrow(/names no repository/);
  });

  it("come in bounded time when GitHub wants more patience than there is", async () => {
    const { github, pull, other } = await scene();
    github.faults.add({ path: /comments/, times: 99 }, { kind: "secondary-limit", retryAfterSeconds: 600 });
    const started = performance.now();
    await expect(other({ patienceMs: 500 }).comments(pull.number)).rejects.toMatchObject({ code: "CF704" });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("of every attempt end in one that says so", async () => {
    const { github, pull, host } = await scene();
    github.faults.add({ path: /comments/, times: 99 }, { kind: "error", status: 503 });
    await expect(host.comments(pull.number)).rejects.toMatchObject({ code: "CF705" });
    await expect(host.ensureComment(pull.number, "a", "x")).rejects.toMatchObject({ code: "CF705" });
    expect(pull.view().comments).toEqual([]);
  });

  it("of the network say that GitHub cannot be reached", async () => {
    const { other, github, pull } = await scene();
    await expect(other({ baseUrl: "http://127.0.0.1:9" }).repository()).rejects.toMatchObject({ code: "CF700" });
    github.faults.add({ path: /comments/, times: 99 }, { kind: "slow", milliseconds: 1_000 });
    await expect(other({ timeoutMs: 50 }).comments(pull.number)).rejects.toMatchObject({ code: "CF700" });
  });

  it("do not keep anybody waiting who wants to stop", async () => {
    const { github, pull, other } = await scene();
    const stop = new AbortController();
    github.faults.add({ path: /comments/, times: 99 }, { kind: "slow", milliseconds: 3_000 });
    const asked = other({ signal: stop.signal }).comments(pull.number);
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    await expect(asked).rejects.toThrow("stopped");
  });
});

describe("requests", () => {
  it("that are answered as before cost nothing, over hosts that share their answers", async () => {
    const { pull, github, other } = await scene();
    const kept = new Map<string, CachedAnswer>();
    const host = other({ etags: kept });
    await host.comments(pull.number);
    await host.comments(pull.number);
    await other({ etags: kept }).comments(pull.number);
    expect(github.requests.all({ status: 304 })).toHaveLength(2);
    expect(host.usage()).toMatchObject({ requests: 2, notModified: 1, remaining: 4_999 });
    pull.comment("ben", "New");
    expect(await host.comments(pull.number)).toHaveLength(1);
  });

  it("turn all pages of a list", async () => {
    const { pull, host } = await scene();
    for (let at = 0; at < 130; at++) pull.comment("ben", `${at}`);
    for (let at = 0; at < 60; at++) pull.commentOnLine("ben", { path: "b.ts", line: 1, body: `${at}` });
    const [first] = pull.view().threads;
    for (let at = 0; at < 130; at++) pull.reply("ben", first?.comments[0]?.id ?? 0, `${at}`);
    expect((await host.comments(pull.number)).map(({ body }) => body).at(-1)).toBe("129");
    const threads = await host.reviewThreads(pull.number);
    expect(threads).toHaveLength(60);
    expect(threads[0]?.comments).toHaveLength(131);
  });

  it("cut texts of check runs by bytes, as GitHub counts them, however wide their letters", async () => {
    const { pull, host } = await scene();
    const summary = `<details>\n\n${"- 漢字と🎉 says the tool\n".repeat(3_000)}\n</details>`;
    const common = { name: "C", externalId: "c", sha: pull.headSha(), title: "T", summary, text: summary };
    const done = { ...common, status: "completed", conclusion: "success" } as const;
    const { id } = await host.ensureCheckRun(done);
    const said = pull.view().checks[0]?.summary ?? "";
    expect(Buffer.byteLength(said)).toBeLessThanOrEqual(65_535);
    expect(Buffer.byteLength(said)).toBeGreaterThan(60_000);
    expect(said).toMatch(/<\/details>\n\n\*Cut here/);
    expect((await host.ensureCheckRun(done)).id).toBe(id);
  });
});
