/** The action's own way into code scanning. */
import { expect, it } from "vitest";
import { flawed, installProgram, makeMachine, runJob, shop, startGithub } from "./scene.ts";

async function scene() {
  const github = await startGithub();
  const repository = github.addRepository({ owner: "ada", name: "shop", files: shop });
  repository.commit({ branch: "topic", as: "ada", files: flawed });
  const pull = repository.openPull({ head: "topic", as: "ada", title: "Add a cart" });
  const machine = makeMachine();
  installProgram(machine);
  const before = repository.sha("main");
  const after = repository.commit({ files: flawed });
  const push = { event: "push", ref: "refs/heads/main", before, after } as const;
  const env = { GITHUB_REF: "refs/heads/main" };
  const run = (request: Partial<Parameters<typeof runJob>[3]>) =>
    runJob(github, repository, machine, { event: push, env, ...request });
  return { github, repository, pull, run };
}

const everything = { "code-scanning": "true", base: "none", "fail-on": "never" };

it("names the commit and the ref, of a pull request too", async () => {
  const { repository, pull, run } = await scene();
  const pushed = await run({ inputs: everything });
  expect(pushed.log).not.toContain("error:");
  await run({
    event: { event: "pull_request", number: pull.number },
    inputs: { "code-scanning": "true", "fail-on": "never" },
  });
  const uploads = repository.sarifs();
  expect(uploads.map(({ ref, commitSha, errors }) => ({ ref, commitSha, errors }))).toEqual([
    { ref: "refs/heads/main", commitSha: repository.sha("main"), errors: [] },
    { ref: `refs/pull/${pull.number}/head`, commitSha: pull.headSha(), errors: [] },
  ]);
  expect(JSON.stringify(uploads[0]?.sarif)).toContain("ruff/F821");
});

it("takes no part of the findings for a branch, and says which right is missing", async () => {
  const { github, repository, run } = await scene();
  const part = await run({ inputs: { "code-scanning": "true", "fail-on": "never" } });
  expect(part.exitCode).not.toBe(0);
  expect(part.log).toContain("a part of the findings is not uploaded");
  const token = github.installationToken("ada/shop", { permissions: { contents: "read", metadata: "read" } });
  const poor = await run({ inputs: everything, token });
  expect([poor.exitCode, poor.outputs["verdict"]]).toEqual([0, "failed"]);
  expect(poor.log).toContain("nothing was uploaded to code scanning");
  expect(poor.summary).toContain("Nothing was uploaded to code scanning");
  expect(repository.sarifs()).toEqual([]);
});
