/** Tokens that may do less than everything, and a GitHub that fails: the verdict is told all the same. */
import { readFileSync } from "node:fs";
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

it("without the right to check runs: comments, and annotations in the log", async () => {
  const { github, repository, pull, machine, event } = await pullRequest();
  const permissions = { contents: "read", metadata: "read", pull_requests: "write" } as const;
  const token = github.installationToken("ada/shop", { permissions });
  const { exitCode, outputs, log, summary } = await runJob(github, repository, machine, { event, token });
  expect([exitCode, outputs["verdict"], outputs["published"]]).toEqual([1, "failed", "true"]);
  expect(pull.view().threads.length).toBeGreaterThan(0);
  expect(log).toMatch(/^::notice title=CodeFlow::without a check run: .*checks: write/m);
  expect(log).not.toContain("nothing was published");
  expect(log).toMatch(/^::error .*file=src\/cart\.py/m);
  expect(summary).toContain("Without a check run");
});

it("without a token: the verdict, and why nobody is told", async () => {
  const { github, repository, pull, machine, event } = await pullRequest();
  const { exitCode, outputs, log } = await runJob(github, repository, machine, { event, inputs: { token: "" } });
  expect([exitCode, outputs["verdict"], outputs["published"]]).toEqual([1, "failed", "false"]);
  expect(log).toContain("nothing was published: publishing needs a token");
  expect(pull.view().checks).toEqual([]);
});

it("on a GitHub that fails: everything that was found out is told, and the job is red", async () => {
  const { github, repository, machine, event } = await pullRequest();
  github.faults.add({ path: /comments/, times: 99 }, { kind: "error", status: 503 });
  const { exitCode, outputs, log, summary } = await runJob(github, repository, machine, {
    event,
    inputs: { "fail-on": "never", "sarif-file": "codeflow.sarif" },
  });
  expect(exitCode).toBe(3);
  expect(outputs).toMatchObject({ verdict: "failed", published: "false" });
  expect(Number(outputs["new"])).toBeGreaterThan(0);
  expect(outputs["sarif-file"]).toMatch(/codeflow\.sarif$/);
  expect(summary).toContain("CodeFlow: failed");
  expect(summary).toContain("Nothing was published");
  expect(log).toMatch(/^::error .*file=src\/cart\.py/m);
  expect(log).toContain("GitHub answered 503");
});

it("tells every request and what it cost where the job is debugged, and the sum in any case", async () => {
  const { github, repository, machine, event } = await pullRequest();
  const quiet = await runJob(github, repository, machine, { event });
  expect(quiet.log).toMatch(/^GitHub: \d+ requests, \d+ of them unchanged and free; [\d,]+ left this hour$/m);
  expect(quiet.log).not.toContain("debug: github:");
  const debugged = await runJob(github, repository, machine, { event, env: { RUNNER_DEBUG: "1" } });
  expect(debugged.log).toMatch(
    /^debug: github: GET \/api\/v3\/repos\/ada\/shop\/pulls\/1: 200, \d+ left of 5000 in \d+ ms$/m,
  );
  expect(debugged.log).toMatch(/: 304, free in \d+ ms$/m);
});

it("is not handed to the repository's own tools", async () => {
  const github = await startGithub();
  const eslint = '{"name":"shop","private":true,"devDependencies":{"eslint":"10.0.0"}}\n';
  const files = { ...shop, "package.json": eslint, "eslint.config.mjs": "export default [];\n", "src/shop.js": "x\n" };
  const repository = github.addRepository({ owner: "ada", name: "shop", files });
  repository.commit({
    branch: "topic",
    as: "ada",
    files: {
      "src/shop.js": "y\n",
      "node_modules/eslint/package.json": '{"name":"eslint","version":"10.0.0","bin":"bin/eslint.js"}\n',
      "node_modules/.bin/eslint": { content: '#!/bin/sh\nenv > "$RUNNER_TEMP/environment"\n', mode: "100755" },
    },
  });
  const pull = repository.openPull({ head: "topic", as: "ada", title: "Mine" });
  const machine = makeMachine();
  installProgram(machine);
  const token = github.installationToken("ada/shop");
  await runJob(github, repository, machine, { event: { event: "pull_request", number: pull.number }, token });
  const environment = readFileSync(join(machine.folder, "temp", "environment"), "utf8");
  expect(environment).toContain("GITHUB_REPOSITORY=ada/shop");
  expect(environment).not.toContain(token);
});
