/** Ways out of the checkout that a fork may try: git's own configuration, links, names, archives. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FileContent } from "../github/index.ts";
import { flawed, installProgram, makeMachine, runJob, shop, startGithub } from "./scene.ts";

async function strangersPull(files: Readonly<Record<string, FileContent>>) {
  const github = await startGithub();
  const repository = github.addRepository({ owner: "ada", name: "shop", files: { ...shop, "app/main.py": "x = 1\n" } });
  const fork = repository.fork("eve");
  fork.commit({ branch: "topic", as: "eve", files: { ...flawed, ...files } });
  const pull = repository.openPull({ head: "topic", as: "eve", from: fork, title: "Help" });
  const machine = makeMachine();
  installProgram(machine);
  const collect = (
    request: { inputs?: Readonly<Record<string, string>>; env?: Readonly<Record<string, string>> } = {},
  ) =>
    runJob(github, repository, machine, {
      event: { event: "pull_request", number: pull.number },
      token: github.forkToken("ada/shop"),
      inputs: { command: "collect", "fail-on": "never", ...request.inputs },
      ...(request.env === undefined ? {} : { env: request.env }),
    });
  const canary = join(machine.folder, "temp", "canary");
  return { machine, collect, canary };
}

it("a folder that passes for a repository, where the job works, has no say", async () => {
  const run = 'env > \\"$RUNNER_TEMP/canary\\"';
  const { collect, canary } = await strangersPull({
    // Its commit and its objects are those of the real one, so that everything else looks as it should.
    "app/HEAD": "ref: refs/heads/topic\n",
    "app/refs/heads/topic": { content: "../../../.git/HEAD", mode: "120000" },
    "app/objects/info/alternates": "../../.git/objects\n",
    "app/config": `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = ..\n\tfsmonitor = "${run}; false"\n\tsshCommand = "${run}; false"\n[remote "origin"]\n\turl = ssh://evil.example/x\n`,
  });
  const { log, exitCode } = await collect({ inputs: { "working-directory": "app" } });
  expect(log).toContain("cannot use bare repository");
  expect(exitCode).not.toBe(0);
  expect(existsSync(canary)).toBe(false);
});

it("attributes choose no program, however many the machine has", async () => {
  const { machine, collect, canary } = await strangersPull({
    ".gitattributes": "* filter=evil diff=evil merge=evil text=auto\n*.py linguist-generated=false\n",
    "src/.gitattributes": "* filter=evil diff=evil\n",
    ".lfsconfig": "[lfs]\n\turl = https://evil.example/lfs\n",
    ".gitmodules":
      '[submodule "x"]\n\tpath = x\n\turl = https://evil.example/x\n\tupdate = !env > $RUNNER_TEMP/canary\n',
    ".githooks/post-checkout": { content: '#!/bin/sh\nenv > "$RUNNER_TEMP/canary"\n', mode: "100755" },
    ".gitconfig": '[core]\n\tfsmonitor = "env > $RUNNER_TEMP/canary"\n',
    "big.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0".repeat(64) + "\nsize 99999999999\n",
  });
  // As machines have them for documents and encryption: a stranger picks the files that they are run on. Not among them
  // is `clean`, which git itself runs to see whether a file has changed, as it ran `smudge` when it was checked out.
  const run = 'env > \\"$RUNNER_TEMP/canary\\"; cat';
  const drivers = `[filter "evil"]\n\tsmudge = "${run}"\n[diff "evil"]\n\ttextconv = "${run}"\n\tcommand = "${run}"\n[merge "evil"]\n\tdriver = "${run}"\n`;
  mkdirSync(join(machine.folder, "home"), { recursive: true });
  writeFileSync(join(machine.folder, "home", ".gitconfig"), drivers);
  const { log, outputs } = await collect();
  expect(log).not.toContain("error:");
  expect(outputs).toMatchObject({ verdict: "failed" });
  expect(existsSync(canary)).toBe(false);
});

it("links are not followed, out of the checkout or around in it", async () => {
  const { machine, collect } = await strangersPull({
    "src/leak.py": { content: "../../secret.py", mode: "120000" },
    "src/environment.py": { content: "/proc/self/environ", mode: "120000" },
    "codeflow.yml": { content: "../secret.yml", mode: "120000" },
    ".codeflow/baseline.jsonl": { content: "/dev/zero", mode: "120000" },
    loop: { content: ".", mode: "120000" },
    out: { content: "../", mode: "120000" },
  });
  writeFileSync(join(machine.folder, "secret.py"), "def s3cr3t_of_the_machine(:\n");
  writeFileSync(join(machine.folder, "secret.yml"), "exclude: ['**']\n");
  const { log, outputs, summary } = await collect({ inputs: { "sarif-file": "out/codeflow.sarif" } });
  const folder = outputs["collected"] ?? "";
  const said = log + summary + (folder === "" ? "" : readFileSync(join(folder, "codeflow-collected.json"), "utf8"));
  expect(said).not.toContain("s3cr3t");
  expect(existsSync(join(machine.folder, "codeflow.sarif"))).toBe(false);
  expect(log).toContain("cannot write the sarif report");
});

it("names and code are no commands to the runner, nor secrets to its masks", async () => {
  const command = "\n::add-mask::passed\n::stop-commands::x\n::error::said by a stranger\n";
  const { collect } = await strangersPull({
    [`src/a${command}.py`]: "def f(x=[]):\n    return totl\n",
    "src/::notice::b.py": "print(totl)\n",
    "src/c.py": `import os\nx = totl  #${command.replaceAll("\n", "\r")}::error::said by a stranger\n`,
    "package.json": `{"name": "x${command.replaceAll("\n", "\\n")}", "dependencies": {"\\n::error::said by a stranger": "1"}}\n`,
  });
  const { log, outputs } = await collect({ env: { RUNNER_DEBUG: "1" } });
  expect(outputs["verdict"]).toBe("failed");
  const commands = log.split(/[\r\n]+/).filter((line) => /^\s*(?:::|##\[)/.test(line));
  expect(commands.length).toBeGreaterThan(1);
  for (const line of commands) expect(line).toMatch(/^::(?:add-mask::ghs_|(?:error|warning|notice) title=)/);
});

describe("an artifact", () => {
  /** What eve's collecting job hands over, as she would have it, published by the trusted job. */
  async function forged() {
    const github = await startGithub();
    const repository = github.addRepository({
      owner: "ada",
      name: "shop",
      files: shop,
      collaborators: { ben: "write" },
    });
    repository.commit({ branch: "own", as: "ben", files: { "src/own.py": "x = 1\n" } });
    const victim = repository.openPull({ head: "own", as: "ben", title: "Ben's" });
    const fork = repository.fork("eve");
    const headSha = fork.commit({ branch: "topic", as: "eve", files: flawed });
    const pull = repository.openPull({ head: "topic", as: "eve", from: fork, title: "Help" });
    const otherSha = fork.commit({ branch: "other", as: "eve", files: { "x.txt": "x\n" } });
    const other = repository.openPull({ head: "other", as: "eve", from: fork, title: "Other" });
    const machine = makeMachine();
    installProgram(machine);
    const collected = await runJob(github, repository, machine, {
      event: { event: "pull_request", number: pull.number },
      token: github.forkToken("ada/shop"),
      inputs: { command: "collect", "fail-on": "never" },
    });
    const folder = collected.outputs["collected"] ?? "";
    const file = join(folder, "codeflow-collected.json");
    const runId = repository.workflowRun({
      headBranch: "topic",
      headSha,
      headRepository: fork,
      event: "pull_request",
    });
    const publish = async (change: (it: Record<string, unknown>) => unknown) => {
      const text = readFileSync(file, "utf8");
      const forgery = change(JSON.parse(text) as Record<string, unknown>);
      writeFileSync(file, typeof forgery === "string" ? forgery : JSON.stringify(forgery));
      const job = await runJob(github, repository, machine, {
        event: { event: "workflow_run", runId },
        inputs: { command: "publish", collected: folder },
      });
      writeFileSync(file, text);
      return job;
    };
    const silent = { comments: [], threads: [], checks: [] };
    return { victim, pull, other, headSha, otherSha, publish, silent };
  }

  it("says nothing on another's pull request, nor on one of another head, nor in a shape of its own", async () => {
    const { victim, pull, other, headSha, otherSha, publish, silent } = await forged();
    const onAnother = await publish((it) => ({ ...it, pullRequest: victim.number }));
    expect(onAnother.log).toContain("comes from ada/shop, the job ran for eve/shop");
    const ofAnotherHead = await publish((it) => ({ ...it, headSha: victim.headSha(), pullRequest: victim.number }));
    expect(ofAnotherHead.log).toContain("the job that collected it was about");
    // Her own other pull request, at whose head the job was not.
    expect((await publish((it) => ({ ...it, pullRequest: other.number }))).outputs["published"]).toBe("false");
    expect((await publish((it) => ({ ...it, headSha: otherSha }))).exitCode).toBe(3);
    for (const bomb of ["[".repeat(4_000_000), `${"[".repeat(1_900_000)}${"]".repeat(1_900_000)}`, "\u0000", ""]) {
      const { exitCode, log } = await publish(() => bomb);
      expect(exitCode).toBe(3);
      expect(log).toContain("is not believed");
    }
    const inherited = await publish((it) => `{"__proto__":{"x":1},${JSON.stringify(it).slice(1)}`);
    expect(inherited.log).toContain("is not believed");
    for (const one of [victim, pull, other]) expect(one.view()).toMatchObject(silent);
    // Unforged it is published: what is above could have been.
    expect((await publish((it) => it)).outputs["published"]).toBe("true");
    expect(pull.view().checks).toMatchObject([{ conclusion: "failure" }]);
    expect(pull.headSha()).toBe(headSha);
  });
});
