/** Every event that a job may run on, and what is missing where somebody runs it elsewhere. */
import { expect, it } from "vitest";
import { flawed, installProgram, makeMachine, runJob, shop, startGithub } from "./scene.ts";

const old = { "src/old.py": "def old():\n    return missing\n" };

async function scene() {
  const github = await startGithub();
  const repository = github.addRepository({ owner: "ada", name: "shop", files: { ...shop, ...old } });
  const machine = makeMachine();
  installProgram(machine);
  const before = repository.sha("main");
  const run = (request: Parameters<typeof runJob>[3]) => runJob(github, repository, machine, request);
  return { github, repository, before, run };
}

it("a merge group is compared with what it is to be merged into", async () => {
  const { repository, before, run } = await scene();
  const after = repository.commit({ branch: "gh-readonly-queue/main/pr-1", as: "ada", files: flawed });
  const { outputs, log } = await run({
    event: { event: "push", ref: "refs/heads/gh-readonly-queue/main/pr-1", before, after },
    eventName: "merge_group",
    payload: {
      action: "checks_requested",
      merge_group: { head_sha: after, base_sha: before, base_ref: "refs/heads/main" },
    },
    ref: after,
  });
  expect(log).not.toContain("error:");
  expect(outputs).toMatchObject({ verdict: "failed", new: "2", findings: "2" });
});

it("a branch that is new, or was rewritten, is compared with the main one", async () => {
  const { repository, before, run } = await scene();
  const after = repository.commit({ branch: "topic", as: "ada", files: flawed });
  const event = { event: "push", ref: "refs/heads/topic", before: "0".repeat(40), after } as const;
  expect((await run({ event, ref: after })).outputs).toMatchObject({ verdict: "failed", new: "2", findings: "2" });
  const forced = { event: "push", ref: "refs/heads/topic", before, after } as const;
  const rewritten = await run({ event: forced, ref: after, payload: { forced: true } });
  expect(rewritten.outputs).toMatchObject({ new: "2", findings: "2" });
});

it("started by hand, everything is looked at", async () => {
  const { repository, before, run } = await scene();
  const event = { event: "push", ref: "refs/heads/main", before, after: repository.sha("main") } as const;
  const { outputs, log } = await run({
    event,
    eventName: "workflow_dispatch",
    payload: { before: undefined, inputs: {} },
    // Not every maker's runner has a page for summaries.
    env: { GITHUB_STEP_SUMMARY: "" },
  });
  expect(log).not.toContain("error:");
  expect(outputs).toMatchObject({ verdict: "failed", findings: "1" });
});

it.each([
  ["an event's file that is not there", { GITHUB_EVENT_PATH: "/nowhere/event.json" }, "the event cannot be read"],
  ["no repository", { GITHUB_REPOSITORY: "" }, "GITHUB_REPOSITORY is not set"],
  ["no name of the event", { GITHUB_EVENT_NAME: "" }, "codeflow check does the same work anywhere"],
])("%s is said, with what to do", async (_what, env, said) => {
  const { repository, before, run } = await scene();
  const event = { event: "push", ref: "refs/heads/main", before, after: repository.sha("main") } as const;
  const { exitCode, log } = await run({ event, env });
  expect(exitCode).toBe(2);
  expect(log).toContain(said);
});

it("a folder below where the repository is checked out", async () => {
  const { repository, run } = await scene();
  repository.commit({ branch: "topic", as: "ada", files: flawed });
  const pull = repository.openPull({ head: "topic", as: "ada", title: "Add a cart" });
  const { outputs } = await run({
    event: { event: "pull_request", number: pull.number },
    inputs: { "working-directory": "src", "sarif-file": "codeflow.sarif" },
  });
  expect(outputs).toMatchObject({ verdict: "failed", published: "true", new: "2" });
  expect(outputs["sarif-file"]).toMatch(/\/src\/codeflow\.sarif$/);
  expect(
    pull
      .view()
      .threads.map(({ path }) => path)
      .sort(),
  ).toEqual(["src/cart.py", "src/price.py"]);
});
