/** Publishing where the host takes less than the diff at hand promised. */
import { expect, it } from "vitest";
import { publishRun } from "../../../src/app/publish-run.ts";
import { createGithubHost } from "../../../src/integrations/github/index.ts";
import { quickOptions } from "../../contract/github-stage.ts";
import type { GithubServer } from "../../github/index.ts";
import { startGithub } from "../../github/scene.ts";
import { lines, requestOf, runWith } from "../../robustness/publish-scene.ts";

it("a line that the host refuses costs no other comment: it goes to the file, else to the summary", async () => {
  const github = await startGithub();
  const repository = github.addRepository({ owner: "ada", name: "shop", files: { "a.ts": lines(100), "b.ts": "b\n" } });
  repository.commit({ branch: "topic", files: { "a.ts": lines(100, { 50: "50" }) } });
  const pull = repository.openPull({ head: "topic" });
  const host = createGithubHost(quickOptions(github, "ada/shop", github.installationToken("ada/shop")));
  const hunk = { oldStart: 1, oldLines: 100, newStart: 1, newLines: 100, lines: [] };
  const file = { status: "modified", additions: 1, deletions: 1, isBinary: false, hunks: [hunk] } as const;
  // More than there is: as if it had been read of another state of the base.
  const files = [
    { ...file, path: "a.ts" },
    { ...file, path: "b.ts" },
  ];
  const change = { base: pull.baseSha(), head: pull.headSha(), files, gaps: [] };
  const run = runWith(
    [
      ["a.ts", 50],
      ["a.ts", 2],
      ["b.ts", 1],
    ],
    pull.headSha(),
  );
  const publish = () => publishRun(requestOf(host, { pullRequest: pull.number, run, sha: pull.headSha(), change }));
  const check = (): void => {
    const { threads, comments } = pull.view();
    expect(threads.map(({ path, line, subjectType }) => `${path} ${line} ${subjectType}`).sort()).toEqual([
      "a.ts 50 line",
      "a.ts null file",
    ]);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toContain("b.ts:1");
  };
  await publish();
  check();
  await publish();
  check();
});

/** A pull request with one finding on it, and a token for it with just these rights. */
async function withRights(permissions: Parameters<GithubServer["installationToken"]>[1]) {
  const github = await startGithub();
  const repository = github.addRepository({ owner: "ada", name: "shop", files: { "a.ts": lines(100) } });
  repository.commit({ branch: "topic", files: { "a.ts": lines(100, { 50: "50" }) } });
  const pull = repository.openPull({ head: "topic" });
  const publish = async (places: readonly (readonly [string, number])[]) => {
    const host = createGithubHost(quickOptions(github, "ada/shop", github.installationToken("ada/shop", permissions)));
    const { files } = await host.changedFiles(pull.number);
    const change = { base: pull.baseSha(), head: pull.headSha(), files, gaps: [] };
    const run = runWith(places, pull.headSha());
    const request = requestOf(host, { pullRequest: pull.number, run, sha: pull.headSha(), change });
    return publishRun({ ...request, statusContext: undefined });
  };
  return { repository, pull, publish };
}

/** What `codeflow init --github` gives its jobs. */
const usual = { contents: "read", metadata: "read", pull_requests: "write", checks: "write" } as const;

it("where the token may not resolve threads, what is gone is said to be gone, and back when it is", async () => {
  const { repository, pull, publish } = await withRights({ permissions: usual });
  expect(await publish([["a.ts", 50]])).toMatchObject({ status: "published", withheld: [] });
  repository.commit({ branch: "topic", files: { "b.ts": "b\n" } });
  const gone = await publish([]);
  expect(gone).toMatchObject({ withheld: [{ part: "threads", reason: expect.stringContaining("contents: write") }] });
  const [thread] = pull.view().threads;
  expect(thread).toMatchObject({ resolvedBy: undefined, comments: { length: 1 } });
  expect(thread?.comments[0]?.body).toContain("Not found any more");
  expect(pull.view()).toMatchObject({ comments: { length: 1 }, checks: [{ conclusion: "success" }] });
  // The next push says nothing again.
  repository.commit({ branch: "topic", files: { "b.ts": "c\n" } });
  await publish([]);
  expect(pull.view().threads[0]?.comments).toEqual(thread?.comments);
  await publish([["a.ts", 50]]);
  expect(pull.view().threads[0]?.comments[0]?.body).not.toContain("Not found any more");
  expect(pull.view().threads).toHaveLength(1);
});

it.each([
  ["check run", { pull_requests: "write" }, { threads: { length: 1 }, comments: { length: 1 }, checks: [] }],
  ["comments", { checks: "write", pull_requests: "read" }, { threads: [], comments: [], checks: { length: 1 } }],
] as const)("a token without the right to %s says the rest", async (part, some, expected) => {
  const { pull, publish } = await withRights({ permissions: { contents: "read", metadata: "read", ...some } });
  const outcome = await publish([["a.ts", 50]]);
  expect(outcome).toMatchObject({ status: "published", withheld: [{ part }] });
  expect(pull.view()).toMatchObject(expected);
});

it("a token that may only read is an error that names the right", async () => {
  const { publish } = await withRights({ permissions: { contents: "read", metadata: "read", pull_requests: "read" } });
  await expect(publish([["a.ts", 50]])).rejects.toMatchObject({
    code: "CF701",
    next: expect.stringContaining("pull-requests: write"),
  });
});
