/** Rate limits, conditional requests, and everything that can go wrong on the way, as Octokit and its plugins meet it. */
import { describe, expect, it } from "vitest";
import { documentedSecondaryLimits } from "./index.ts";
import { patientClient, plainClient, refusal, shop, startScene } from "./scene.ts";

const remark = (body: string) => ({ ...shop, issue_number: 1, body });

describe("the budget of a token", () => {
  it("counts requests in headers, and a 304 is free", async () => {
    const { github, octokit } = await startScene();
    const first = await octokit.rest.issues.listComments({ ...shop, issue_number: 1 });
    const headers = { "if-none-match": first.headers.etag ?? "" };
    expect(first.headers["x-ratelimit-remaining"]).toBe("4999");
    const again = await refusal(octokit.rest.issues.listComments({ ...shop, issue_number: 1, headers }));
    expect([again.status, again.headers["x-ratelimit-remaining"]]).toEqual([304, "4999"]);
    await octokit.rest.issues.createComment(remark("new"));
    const changed = await octokit.rest.issues.listComments({ ...shop, issue_number: 1, headers });
    expect([changed.status, changed.headers["x-ratelimit-used"]]).toEqual([200, "3"]);
    expect([github.requests.cost(), github.requests.count(), github.requests.writes().length]).toEqual([3, 4, 1]);
    const { data } = await octokit.rest.rateLimit.get();
    expect([data.resources.core.remaining, data.rate.used]).toEqual([4997, 3]);
  });

  it("refuses when spent, until the hour is over", async () => {
    let time = new Date("2026-03-01T10:00:00Z");
    const { github, octokit, token } = await startScene({ now: () => time });
    github.rateLimits.leave(token, 1);
    await octokit.rest.repos.get(shop);
    const spent = await refusal(octokit.rest.repos.get(shop));
    expect([spent.status, spent.headers["x-ratelimit-remaining"]]).toEqual([403, "0"]);
    expect(spent.headers["x-ratelimit-reset"]).toBe(String(time.getTime() / 1000 + 3600));
    time = new Date("2026-03-01T11:00:01Z");
    expect((await octokit.rest.repos.get(shop)).status).toBe(200);
    expect((await plainClient(github).rest.repos.get(shop)).headers["x-ratelimit-limit"]).toBe("60");
  });

  it("slows down who writes too fast, by the documented numbers", async () => {
    let time = new Date("2026-03-01T10:00:00Z");
    const { octokit } = await startScene({ now: () => time, secondaryLimits: documentedSecondaryLimits });
    for (let index = 0; index < 80; index += 1) await octokit.rest.issues.createComment(remark(`note ${index}`));
    const fast = await refusal(octokit.rest.issues.createComment(remark("one more")));
    expect([fast.status, fast.headers["retry-after"]]).toEqual([403, "60"]);
    expect(fast.data.message).toContain("secondary rate limit");
    time = new Date("2026-03-01T10:01:01Z");
    expect((await octokit.rest.issues.createComment(remark("one more"))).status).toBe(201);
  });
});

describe("pages", () => {
  it("follow each other by Link headers, a hundred at most", async () => {
    const { pull, octokit } = await startScene();
    for (let index = 0; index < 205; index += 1) pull.comment("cleo", `note ${index}`);
    const target = { ...shop, issue_number: 1, per_page: 500 };
    const first = await octokit.rest.issues.listComments(target);
    expect(first.data).toHaveLength(100);
    expect(first.headers.link).toMatch(/page=2>; rel="next", .*page=3>; rel="last"/);
    const all = await octokit.paginate(octokit.rest.issues.listComments, target);
    expect(all.map((comment) => comment.body)).toEqual(Array.from({ length: 205 }, (_, index) => `note ${index}`));
  });
});

describe("faults", () => {
  it("fail before the work, or after it", async () => {
    const { github, pull, octokit } = await startScene();
    const posts = { method: "POST", path: /\/comments$/ };
    const before = github.faults.add(posts, { kind: "error", status: 502 });
    expect((await refusal(octokit.rest.issues.createComment(remark("a")))).status).toBe(502);
    expect(pull.view().comments).toEqual([]);
    github.faults.add({ ...posts, nth: 2 }, { kind: "error", status: 500, after: true });
    await octokit.rest.issues.createComment(remark("b"));
    expect((await refusal(octokit.rest.issues.createComment(remark("c")))).status).toBe(500);
    await octokit.rest.issues.createComment(remark("d"));
    expect(pull.view().comments.map((comment) => comment.body)).toEqual(["b", "c", "d"]);
    expect(before.fired()).toBe(1);
  });

  it("cut connections, before or after the work, and cut answers short", async () => {
    const { github, pull, octokit } = await startScene();
    const posts = { method: "POST", path: /\/comments$/ };
    github.faults.add(posts, { kind: "reset" });
    await expect(octokit.rest.issues.createComment(remark("a"))).rejects.toThrow();
    expect(pull.view().comments).toEqual([]);
    github.faults.clear();
    github.faults.add(posts, { kind: "reset", after: true });
    await expect(octokit.rest.issues.createComment(remark("b"))).rejects.toThrow();
    github.faults.clear();
    github.faults.add({ method: "GET" }, { kind: "truncate" });
    // Octokit takes a body that was cut off for an empty one, with status 200: clients must look at what they got.
    const cut = await octokit.rest.issues.listComments({ ...shop, issue_number: 1 });
    expect([cut.status, cut.data]).toEqual([200, ""]);
    await expect(fetch(`${github.url}/repos/ada/shop`).then((answer) => answer.text())).resolves.toContain("shop");
    github.faults.add({ method: "GET" }, { kind: "truncate" });
    await expect(fetch(`${github.url}/repos/ada/shop`).then((answer) => answer.text())).rejects.toThrow("terminated");
    expect(pull.view().comments.map((comment) => comment.body)).toEqual(["b"]);
    github.faults.add({ method: "GET", path: /comments\?per_page=7$/ }, { kind: "slow", milliseconds: 60 });
    const start = performance.now();
    await octokit.rest.issues.listComments({ ...shop, issue_number: 1, per_page: 7 });
    expect(performance.now() - start).toBeGreaterThan(50);
  });

  it("are outlived by Octokit's retry and throttling plugins", async () => {
    const { github, pull, token } = await startScene();
    const waits: number[] = [];
    const octokit = patientClient(github, token, (seconds) => waits.push(seconds) > 0);
    github.faults.add({ path: /\/pulls\/1$/, times: 2 }, { kind: "error", status: 503 });
    expect((await octokit.rest.pulls.get({ ...shop, pull_number: 1 })).data.number).toBe(1);
    expect(github.requests.count({ path: /\/pulls\/1$/ })).toBe(3);
    github.faults.add({ method: "POST" }, { kind: "secondary-limit", retryAfterSeconds: 7 });
    await octokit.rest.issues.createComment(remark("patient"));
    expect(waits).toEqual([7]);
    expect(pull.view().comments).toHaveLength(1);
  });

  it("can be timed by watching requests", async () => {
    const { github, pull, octokit } = await startScene();
    const seen: string[] = [];
    const stop = github.requests.watch((request, phase) => {
      if (request.method === "POST") seen.push(`${phase} with ${pull.view().comments.length}`);
    });
    await octokit.rest.issues.createComment(remark("a"));
    stop();
    await octokit.rest.issues.createComment(remark("b"));
    expect(seen).toEqual(["arrived with 0", "done with 1"]);
  });
});
