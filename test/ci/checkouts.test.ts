/** What a job has checked out is not always what its event is about: never green without having looked at that. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { flawed, installProgram, makeMachine, runJob, shop, startGithub } from "./scene.ts";

async function pullRequest() {
  const github = await startGithub();
  const repository = github.addRepository({ owner: "ada", name: "shop", files: shop, collaborators: { ben: "write" } });
  repository.commit({ branch: "topic", as: "ben", files: flawed });
  const pull = repository.openPull({ head: "topic", as: "ben", title: "Add a cart" });
  const machine = makeMachine();
  installProgram(machine);
  const event = { event: "pull_request", number: pull.number } as const;
  return { github, repository, pull, machine, event };
}

it.each(["pull_request_target", "pull_request"])(
  "%s with the base checked out: no verdict, nothing on the pull request",
  async (eventName) => {
    const { github, repository, pull, machine, event } = await pullRequest();
    const { exitCode, log, outputs } = await runJob(github, repository, machine, {
      event,
      eventName,
      ref: "refs/heads/main",
    });
    expect(log).toContain(`what is checked out is not pull request #${pull.number}`);
    expect([exitCode, outputs["verdict"]]).toEqual([3, ""]);
    expect(pull.view()).toMatchObject({ checks: [], comments: [], threads: [] });
  },
);

it("nor with the base checked out and nothing to compare with", async () => {
  const { github, repository, pull, machine, event } = await pullRequest();
  const request = { event, eventName: "pull_request_target", ref: "refs/heads/main", inputs: { base: "none" } };
  const { exitCode } = await runJob(github, repository, machine, request);
  expect(exitCode).toBe(3);
  expect(pull.view()).toMatchObject({ checks: [], comments: [], threads: [] });
});

it("a commit that the job made on top of the pull request is as good as its head", async () => {
  const { github, repository, pull, machine, event } = await pullRequest();
  for (let number = 0; number < 3; number++) repository.commit({ files: { "log.txt": `${number}\n` } });
  repository.commit({ branch: "formatted", from: "topic", as: "ben", files: { "notes.txt": "x\n" } });
  const { outputs } = await runJob(github, repository, machine, { event, ref: "refs/heads/formatted" });
  expect(outputs).toMatchObject({ verdict: "failed", published: "true" });
  expect(pull.view().checks).toMatchObject([{ conclusion: "failure" }]);
});

it("pull_request_target with a fork's head checked out: looked at, and nothing of it is run", async () => {
  const github = await startGithub();
  const repository = github.addRepository({
    owner: "ada",
    name: "shop",
    files: { ...shop, "eslint.config.mjs": "export default [];\n" },
  });
  const fork = repository.fork("eve");
  const steal = `import fs from "node:fs";\nfs.writeFileSync(process.env.RUNNER_TEMP + "/canary", "x");\nexport default [];\n`;
  fork.commit({
    branch: "topic",
    as: "eve",
    files: { ...flawed, "eslint.config.mjs": steal, "a.js": "x\n", "codeflow.yml": "gate: []\n" },
  });
  const pull = repository.openPull({ head: "topic", as: "eve", from: fork, title: "Help" });
  const machine = makeMachine();
  installProgram(machine);
  const { outputs } = await runJob(github, repository, machine, {
    event: { event: "pull_request", number: pull.number },
    eventName: "pull_request_target",
  });
  expect(outputs).toMatchObject({ verdict: "failed", published: "true" });
  expect(existsSync(join(machine.folder, "temp", "canary"))).toBe(false);
});
