/** A publisher that is killed at any moment and repeated leaves the pull request that an unbroken one leaves. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { publishRun } from "../../src/app/publish-run.ts";
import { createGithubHost } from "../../src/integrations/github/index.ts";
import type { CodeHost } from "../../src/model/code-host.ts";
import { quickOptions } from "../contract/github-stage.ts";
import { createGithubServer } from "../github/index.ts";
import { type Assignment, lines, pageOf, requestOf, runWith } from "./publish-scene.ts";

const moments = 100;
const atOnce = 4;

it(`kill -9 at ${moments} moments`, { timeout: 400_000 }, async () => {
  const expected = await unbroken();
  let killed = 0;
  const queue = Array.from({ length: moments }, (_, index) => index + 1);
  const work = async (): Promise<void> => {
    // A GitHub of its own: every request that arrives is this child's.
    const place = await open();
    for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
      // Spread over all moments; just before and just behind every request are met several times each.
      const at = 1 + ((index * 7) % expected.steps);
      const { page, wasKilled } = await broken(place, index, at);
      if (wasKilled) killed += 1;
      expect(page, `killed at step ${at} of ${expected.steps}`).toEqual(expected.page);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  // At the very last moment the child may have ended by itself.
  expect(killed).toBeGreaterThanOrEqual(moments * 0.95);
});

async function open() {
  const github = await createGithubServer();
  onTestFinished(() => github.close());
  const repository = github.addRepository({ owner: "octo", name: "demo", files: { "a.ts": lines(200) } });
  const token = github.installationToken("octo/demo");
  const host = (): CodeHost => createGithubHost(quickOptions(github, "octo/demo", token));
  return { github, repository, token, host };
}
type Place = Awaited<ReturnType<typeof open>>;

/** A pull request of its own with an older push published, and what is to be published now. */
async function prepare({ github, repository, token, host }: Place, index: number) {
  const branch = `topic-${index}`;
  const files = { "a.ts": lines(200, { 20: "20", 100: "100" }), "new.ts": lines(90) };
  repository.commit({ branch, files, message: `First of ${branch}` });
  const pull = repository.openPull({ head: branch, as: "ada" });
  const assign = async (places: readonly (readonly [string, number])[]): Promise<Assignment> => {
    const sha = pull.headSha();
    const { files: changed } = await host().changedFiles(pull.number);
    const change = { base: pull.baseSha(), head: sha, files: changed, gaps: [] };
    const run = runWith(places, sha);
    return { baseUrl: github.apiUrl, token, slug: "octo/demo", pullRequest: pull.number, sha, run, change };
  };
  // One of these is fixed by the next push, one is answered by a person and fixed, one stays.
  const before = await assign([
    ["a.ts", 20],
    ["new.ts", 1],
    ["new.ts", 3],
  ]);
  await publishRun(requestOf(host(), before));
  const answered = pull.view().threads.find(({ path, line }) => path === "new.ts" && line === 3);
  pull.reply("ada", answered?.comments[0]?.id ?? 0, "Is that so?");
  repository.commit({ branch, files: { "more.ts": lines(90) }, message: `Second of ${branch}` });
  const many = Array.from({ length: 60 }, (_, line): [string, number] => ["more.ts", line + 1]);
  const after = await assign([["new.ts", 1], ["a.ts", 100], ["a.ts", 150], ["a.ts", 60], ...many]);
  return { pull, after };
}

/** The page that is to be, and how many moments there are: each request arrives, and each is done. */
async function unbroken() {
  const place = await open();
  const { pull, after } = await prepare(place, 0);
  place.github.requests.clear();
  await publishRun(requestOf(place.host(), after));
  const page = pageOf(pull.view());
  // All that a publisher does is among it.
  expect(page).toMatchObject({ threads: { length: 12 }, comments: { length: 1 }, checks: { length: 1 } });
  return { page, steps: place.github.requests.count() * 2 };
}

async function broken(place: Place, index: number, at: number) {
  const { pull, after } = await prepare(place, index);
  const child = spawn(process.execPath, [join(import.meta.dirname, "publish-child.ts")], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = new Promise<boolean>((resolve) => child.on("close", (_code, signal) => resolve(signal === "SIGKILL")));
  let seen = 0;
  const stop = place.github.requests.watch(() => {
    seen += 1;
    if (seen === at) child.kill("SIGKILL");
  });
  child.stdin.end(JSON.stringify(after));
  const wasKilled = await ended;
  stop();
  await publishRun(requestOf(place.host(), after));
  return { page: pageOf(pull.view()), wasKilled };
}
