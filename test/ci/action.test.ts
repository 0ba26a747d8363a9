/** The action on events of a repository's own branches, run as a runner runs it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { project, readAction } from "./composite.ts";
import { flawed, installProgram, makeMachine, runJob, shop, startGithub } from "./scene.ts";

async function pullRequest() {
  const github = await startGithub();
  const repository = github.addRepository({ owner: "ada", name: "shop", files: shop, collaborators: { ben: "write" } });
  repository.commit({ branch: "topic", as: "ben", files: flawed });
  const pull = repository.openPull({ head: "topic", as: "ben", title: "Add a cart" });
  const machine = makeMachine();
  installProgram(machine);
  return { github, repository, pull, machine };
}

describe("a pull request of the repository's own", () => {
  it("is told once, with outputs, summary, check run and SARIF", async () => {
    const { github, repository, pull, machine } = await pullRequest();
    const job = { event: { event: "pull_request", number: pull.number } } as const;
    const inputs = { "sarif-file": "out/codeflow.sarif", reports: "json=out/run.json" };
    const before = github.requests.count();
    const first = await runJob(github, repository, machine, { ...job, inputs });
    expect(first.log).not.toContain("error:");
    expect(github.requests.count() - before).toBeLessThanOrEqual(20);
    expect(first.exitCode).toBe(1);
    expect(first.outputs).toMatchObject({ verdict: "failed", published: "true", collected: "" });
    expect(Number(first.outputs["new-errors"])).toBeGreaterThan(0);
    expect(JSON.parse(first.outputs["reports"] ?? "")).toEqual({
      json: join(first.workspace, "out/run.json"),
      sarif: join(first.workspace, "out/codeflow.sarif"),
    });
    expect(JSON.parse(readFileSync(first.outputs["sarif-file"] ?? "", "utf8"))).toMatchObject({ version: "2.1.0" });
    expect(first.summary).toContain("CodeFlow: failed");
    expect(first.summary).toContain("█");
    // The check run has the annotations: the log does not repeat them.
    expect(first.log).not.toMatch(/^::(?:error|warning) /m);
    // How long it took is said as well, and differs.
    const seen = (): unknown => JSON.parse(JSON.stringify(pull.view()).replace(/[\d.,]+ m?s\./g, "T."));
    const view = seen();
    expect(pull.view().threads.length).toBeGreaterThan(0);
    // Again, on the same head: the pull request stays as it is.
    const second = await runJob(github, repository, machine, { ...job, inputs });
    expect(second.exitCode).toBe(1);
    expect(seen()).toEqual(view);
  });

  it("needs no more than one commit of history, nor GitHub's merge", async () => {
    const { github, repository, pull, machine } = await pullRequest();
    // The base goes on, so that the merge base is not its tip.
    for (let number = 0; number < 3; number++) repository.commit({ files: { "log.txt": `${number}\n` } });
    const event = { event: "pull_request", number: pull.number } as const;
    const ofHead = await runJob(github, repository, machine, { event, depth: 1 });
    expect(ofHead.outputs).toMatchObject({ verdict: "failed", published: "true" });
    const ofMerge = await runJob(github, repository, machine, {
      event,
      depth: 1,
      ref: `refs/pull/${pull.number}/merge`,
    });
    expect(ofMerge.outputs).toMatchObject({ verdict: "failed", published: "true", new: ofHead.outputs["new"] });
  });

  it("is annotated in the log where nothing may be published, and says why", async () => {
    const { github, repository, pull, machine } = await pullRequest();
    const token = github.installationToken("ada/shop", { permissions: { contents: "read", metadata: "read" } });
    const event = { event: "pull_request", number: pull.number } as const;
    const { log, outputs, exitCode } = await runJob(github, repository, machine, { event, token });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ verdict: "failed", published: "false" });
    expect(log).toMatch(/^::error .*file=src\/cart\.py/m);
    expect(log).toContain("nothing was published");
    // Once, to tell the runner what to hide.
    expect(log.split(token)).toHaveLength(2);
    expect(log).toContain(`::add-mask::${token}`);
  });

  it("passes with fail-on never, and refuses inputs that mean nothing", async () => {
    const { github, repository, pull, machine } = await pullRequest();
    const event = { event: "pull_request", number: pull.number } as const;
    const never = await runJob(github, repository, machine, {
      event,
      inputs: { "fail-on": "never", comment: "false" },
    });
    expect([never.exitCode, never.outputs["verdict"]]).toEqual([0, "failed"]);
    expect(pull.view().threads).toEqual([]);
    const wrong = await runJob(github, repository, machine, { event, inputs: { "fail-on": "sometimes" } });
    expect(wrong.exitCode).toBe(2);
    expect(wrong.log).toContain('the input fail-on cannot be "sometimes"');
  });
});

it("keeps what was analysed for the next job, though the verdict is red", async () => {
  const { github, repository, pull, machine } = await pullRequest();
  const event = { event: "pull_request", number: pull.number } as const;
  expect((await runJob(github, repository, machine, { event })).exitCode).toBe(1);
  // Another machine's clone, with the next run's number.
  const json = { reports: "json=run.json" };
  const next = await runJob(github, repository, machine, { event, inputs: json, env: { GITHUB_RUN_ID: "78" } });
  expect(next.exitCode).toBe(1);
  const { analyzers } = JSON.parse(readFileSync(join(next.workspace, "run.json"), "utf8")) as {
    analyzers: { id: string; status: string }[];
  };
  expect(analyzers.find(({ id }) => id === "ruff")).toMatchObject({ status: "cached" });
});

describe("other events", () => {
  it("a push is compared with what was there before, a schedule with nothing", async () => {
    const { github, repository, machine } = await pullRequest();
    const before = repository.sha("main");
    const after = repository.commit({ files: flawed });
    const push = await runJob(github, repository, machine, {
      event: { event: "push", ref: "refs/heads/main", before, after },
    });
    expect(push.exitCode).toBe(1);
    expect(push.log).toMatch(/^::error .*file=src\/cart\.py/m);
    const nightly = await runJob(github, repository, machine, {
      event: { event: "push", ref: "refs/heads/main", before, after },
      eventName: "schedule",
      inputs: { "fail-on": "never" },
    });
    expect(nightly.exitCode).toBe(0);
    expect(Number(nightly.outputs["findings"])).toBeGreaterThanOrEqual(Number(push.outputs["new"]));
  });
});

describe("a workflow instead of the check", () => {
  it("runs on the event, and ends as it ends", async () => {
    const { github, repository, pull, machine } = await pullRequest();
    const event = { event: "pull_request", number: pull.number } as const;
    const { outputs, exitCode, log } = await runJob(github, repository, machine, {
      event,
      inputs: { workflow: "pr-size-labeler" },
    });
    expect(log).not.toContain("error:");
    expect([exitCode, outputs["verdict"]]).toEqual([0, "passed"]);
    expect(pull.view().labels.length).toBeGreaterThan(0);
    // One that compares with the base, of which a runner's clone has nothing.
    const review = await runJob(github, repository, machine, { event, depth: 1, inputs: { workflow: "pr-review" } });
    expect(review.summary).toContain("succeeded");
    expect(pull.view().threads.length).toBeGreaterThan(0);
    const none = await runJob(github, repository, machine, { event, inputs: { workflow: "no-such-workflow" } });
    expect(none.exitCode).toBe(2);
  });

  it("carries out commands of comments, from the default branch and from one commit of history", async () => {
    const { github, repository, pull, machine } = await pullRequest();
    for (let number = 0; number < 3; number++) repository.commit({ files: { "log.txt": `${number}\n` } });
    const inputs = { workflow: "pr-comment-handler" };
    for (const [depth, line] of [
      [1, "/codeflow check"],
      [0, "/codeflow fix ruff/F401"],
    ] as const) {
      const { id } = pull.comment("ben", line);
      const event = { event: "issue_comment", commentId: id } as const;
      const { log, exitCode, outputs } = await runJob(github, repository, machine, { event, inputs, depth });
      expect(log).not.toContain("error:");
      expect([exitCode, outputs["verdict"]]).toEqual([0, "passed"]);
      const { comments } = pull.view();
      expect(comments.find((one) => one.id === id)?.reactions).toEqual([expect.stringContaining("eyes")]);
      expect(comments.filter(({ body }) => body.includes(`codeflow:comment command/${id} `))).toHaveLength(1);
    }
    expect(pull.view().threads.length).toBeGreaterThan(0);
    expect(pull.view().comments.at(-1)?.body).toContain("Fixed `src/price.py`");
  });
});

describe("a workflow that the event is not for", () => {
  it("is not started: GitHub knows nothing of commands, and each file's filters are asked here", async () => {
    const { github, repository, pull, machine } = await pullRequest();
    const event = { event: "issue_comment", commentId: pull.comment("ben", "looks good, thanks").id } as const;
    const fix = await runJob(github, repository, machine, { event, inputs: { workflow: "magic-fix" } });
    expect(fix.log).not.toContain("error:");
    expect([fix.exitCode, fix.outputs["summary"]]).toEqual([0, "magic-fix: not started"]);
    expect(fix.summary).toContain("issue_comment: there is no command in it");
    const opened = { event: "pull_request", number: pull.number } as const;
    const security = await runJob(github, repository, machine, {
      event: opened,
      depth: 1,
      inputs: { workflow: "workflow-security" },
    });
    expect([security.exitCode, security.outputs["summary"]]).toEqual([0, "workflow-security: not started"]);
  });
});

describe("action.yml", () => {
  it("documents every input and output, and passes each input on", () => {
    const action = readAction(project);
    for (const each of [...Object.values(action.inputs), ...Object.values(action.outputs)])
      expect(each.description.length).toBeGreaterThan(20);
    const run = action.runs.steps.find(({ id }) => id === "run");
    const handled = new Set(["working-directory", "cache"]);
    for (const name of Object.keys(action.inputs)) {
      if (handled.has(name)) continue;
      expect(run?.env?.[`INPUT_${name.toUpperCase().replaceAll("-", "_")}`]).toBe(`\${{ inputs.${name} }}`);
    }
    expect(existsSync(join(project, "bin/prepare-action.js"))).toBe(true);
  });
});
