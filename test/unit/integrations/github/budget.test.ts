/** How many requests it takes to publish: few, however much there is to say. */
import { expect, it } from "vitest";
import { publishRun } from "../../../../src/app/publish-run.ts";
import { createGithubHost } from "../../../../src/integrations/github/index.ts";
import { quickOptions } from "../../../contract/github-stage.ts";
import { startGithub } from "../../../github/scene.ts";
import { lines, requestOf, runWith } from "../../../robustness/publish-scene.ts";

async function scene() {
  const github = await startGithub();
  const repository = github.addRepository({ owner: "ada", name: "shop", files: { "a.ts": lines(300) } });
  repository.commit({ branch: "topic", files: { "a.ts": lines(300, { 150: "150" }), "new.ts": lines(80) } });
  const pull = repository.openPull({ head: "topic" });
  const publish = async (places: readonly (readonly [string, number])[]) => {
    // Each run is a process of its own: nothing is remembered from the one before.
    const host = createGithubHost(quickOptions(github, "ada/shop", github.installationToken("ada/shop")));
    github.requests.clear();
    const { files } = await host.changedFiles(pull.number);
    const change = { base: pull.baseSha(), head: pull.headSha(), files, gaps: [] };
    const run = runWith(places, pull.headSha());
    await publishRun(requestOf(host, { pullRequest: pull.number, run, sha: pull.headSha(), change }));
    expect(host.usage().requests).toBe(github.requests.count());
    return github.requests.count();
  };
  return { repository, pull, publish };
}

it("a quiet pull request: at most 12, the first time and with every push", async () => {
  const { repository, publish } = await scene();
  expect(await publish([])).toBeLessThanOrEqual(12);
  repository.commit({ branch: "topic", files: { "new.ts": lines(81) } });
  expect(await publish([])).toBeLessThanOrEqual(12);
});

it("60 findings: at most 20, on lines and beside them, and less when nothing is new", async () => {
  const onLines = Array.from({ length: 60 }, (_, index): [string, number] => ["new.ts", index + 1]);
  const first = await scene();
  expect(await first.publish(onLines)).toBeLessThanOrEqual(20);
  expect(await first.publish(onLines)).toBeLessThanOrEqual(12);
  expect(first.pull.view()).toMatchObject({ threads: { length: 10 }, comments: { length: 1 } });
  expect(first.pull.view().checks.map(({ annotations }) => annotations.length)).toEqual([60]);

  // Lines outside of the diff: each becomes a comment on the file, which no review takes.
  const second = await scene();
  const beside = Array.from({ length: 60 }, (_, index): [string, number] => ["a.ts", index + 1]);
  expect(await second.publish(beside)).toBeLessThanOrEqual(20);
  expect(second.pull.view().threads.filter(({ subjectType }) => subjectType === "file")).toHaveLength(5);
});
