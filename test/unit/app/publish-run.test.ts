/** Publishing where the host takes less than the diff at hand promised. */
import { expect, it } from "vitest";
import { publishRun } from "../../../src/app/publish-run.ts";
import { createGithubHost } from "../../../src/integrations/github/index.ts";
import { quickOptions } from "../../contract/github-stage.ts";
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
