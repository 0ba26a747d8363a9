/** Pull requests from forks: nothing that they edit changes what runs with secrets, reads one, or is run at all. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FileContent } from "../github/index.ts";
import { flawed, installProgram, makeMachine, runJob, shop, startGithub } from "./scene.ts";

const secret = "s3cr3t-of-the-trusted-job";

/** Leaves a file where every program of the job could write one, and looks for what a thief would want. */
const canary = `#!/bin/sh\nenv > "$RUNNER_TEMP/canary"\n`;
const canaryJs = `require("node:fs").writeFileSync(process.env.RUNNER_TEMP + "/canary", JSON.stringify(process.env));\n`;

/** The base configures tools of its own, so that there is something to take over. */
const base = {
  ...shop,
  "package.json":
    '{"name":"shop","private":true,"devDependencies":{"eslint":"10.0.0"},"scripts":{"lint":"eslint ."}}\n',
  "eslint.config.mjs": "export default [];\n",
  "src/shop.js": "export const shop = 1;\n",
};

async function strangersPull(files: Readonly<Record<string, FileContent>>) {
  const github = await startGithub();
  const repository = github.addRepository({ owner: "ada", name: "shop", files: base });
  const fork = repository.fork("eve");
  const headSha = fork.commit({ branch: "topic", as: "eve", files: { ...flawed, ...files } });
  const pull = repository.openPull({ head: "topic", as: "eve", from: fork, title: "Help" });
  const machine = makeMachine();
  installProgram(machine);
  const runId = (): number =>
    repository.workflowRun({ headBranch: "topic", headSha, headRepository: fork, event: "pull_request" });
  const collect = (inputs: Readonly<Record<string, string>> = { command: "collect" }) =>
    runJob(github, repository, machine, {
      event: { event: "pull_request", number: pull.number },
      token: github.forkToken("ada/shop"),
      inputs: { "fail-on": "never", ...inputs },
    });
  const publish = (collected: string) =>
    runJob(github, repository, machine, {
      event: { event: "workflow_run", runId: runId() },
      inputs: { command: "publish", collected },
      env: { DEPLOY_KEY: secret },
    });
  return { github, repository, fork, pull, machine, headSha, collect, publish };
}

const changes: [string, Readonly<Record<string, FileContent>>][] = [
  ["codeflow.yml", { "codeflow.yml": 'exclude: ["**"]\ngate: []\nreports: [{ format: json, path: .git/hooks/x }]\n' }],
  [
    "CodeFlow's workflows",
    {
      ".codeflow/workflows/pull-request.yml":
        'name: pull-request\non: { pull_request: {} }\nsteps:\n  - run: env > "$RUNNER_TEMP/canary"\n',
    },
  ],
  ["rules", { ".codeflow.yml": 'rules: { "ruff/*": "off", "syntax/*": "off" }\n' }],
  ["the ignored findings", { "codeflow.yml": 'ignore: [{ paths: ["**"], reason: trust me }]\n' }],
  [
    "the configurations of tools",
    {
      "eslint.config.mjs": `import fs from "node:fs";\nfs.writeFileSync(process.env.RUNNER_TEMP + "/canary", "x");\nexport default [];\n`,
      ".oxlintrc.json": '{"jsPlugins":["./plugin.js"],"rules":{"x/y":"error"}}\n',
      "oxlint.config.ts": canaryJs,
      "plugin.js": canaryJs,
      "ruff.toml": 'lint.select = ["E999"]\n',
      "conftest.py": "import os; os.system('touch $RUNNER_TEMP/canary')\n",
      ".npmrc": "script-shell=./node_modules/.bin/eslint\n",
    },
  ],
  [
    "package scripts and programs",
    {
      "package.json":
        '{"name":"shop","private":true,"devDependencies":{"eslint":"10.0.0"},"scripts":{"lint":"env > $RUNNER_TEMP/canary","prepare":"env > $RUNNER_TEMP/canary","postinstall":"env > $RUNNER_TEMP/canary"}}\n',
      "node_modules/eslint/package.json": '{"name":"eslint","version":"10.0.0","bin":"bin/eslint.js"}\n',
      "node_modules/eslint/bin/eslint.js": canaryJs,
      "node_modules/.bin/eslint": { content: canary, mode: "100755" },
      git: { content: canary, mode: "100755" },
    },
  ],
];

describe("a pull request from a fork that edits", () => {
  it.each(changes)("%s: is judged by its base, and runs nothing", async (_what, files) => {
    const { pull, machine, collect, publish } = await strangersPull(files);
    const collected = await collect();
    expect(collected.log).not.toContain("error:");
    expect(collected.outputs).toMatchObject({ verdict: "failed", published: "false" });
    expect(pull.view().threads).toEqual([]);
    const published = await publish(collected.outputs["collected"] ?? "");
    expect(published.log).not.toContain("error:");
    expect(published.outputs).toMatchObject({ verdict: "failed", published: "true" });
    const said = JSON.stringify(pull.view());
    expect(said).toContain("ruff/F821");
    expect(said + published.log + published.summary).not.toContain(secret);
    expect(existsSync(join(machine.folder, "temp", "canary"))).toBe(false);
  });

  it("the baseline: its acceptance does not count", async () => {
    const plain = await strangersPull({});
    const { outputs } = await plain.collect();
    const collected = JSON.parse(readFileSync(join(outputs["collected"] ?? "", "codeflow-collected.json"), "utf8")) as {
      findings: { fingerprint: string; rule: string; location: { path: string } }[];
    };
    const entries = collected.findings.map(({ fingerprint, rule, location: { path } }) =>
      JSON.stringify({ path, rule, fingerprint, reason: "mine" }),
    );
    expect(entries.length).toBeGreaterThan(0);
    const edited = await strangersPull({ ".codeflow/baseline.jsonl": `${entries.join("\n")}\n` });
    const again = await edited.collect();
    expect(again.outputs).toMatchObject({ verdict: "failed", new: outputs["new"] });
  });

  it("what jobs do: what its own job reports is not repeated", async () => {
    const { pull, collect, publish } = await strangersPull({
      ".github/workflows/codeflow.yml": "on: pull_request\njobs: {}\n",
    });
    const { outputs } = await collect();
    const folder = outputs["collected"] ?? "";
    const file = join(folder, "codeflow-collected.json");
    const forged = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...forged, findings: [], verdict: { status: "passed", reasons: [] } }));
    const published = await publish(folder);
    expect(published.outputs).toMatchObject({ verdict: "incomplete", published: "true" });
    const said = JSON.stringify(pull.view());
    expect(said).toContain("decides what its job does");
    expect(said).toContain("action_required");
    expect(said).not.toContain("✅ CodeFlow");
  });
});

/** A made-up key of the right form, in pieces, so that nobody takes this file for a leak. */
const key = ["lin", "api", "Zk3Jq9XvB7mTn2LwR8sYd5Hf1GcPa6Ue4QoItu5W"].join("_");

describe("comments of the change that silence findings", () => {
  const silencing = {
    "src/quiet.js":
      "// codeflow-ignore-file oxlint/*, secrets/* -- trust me\nexport const same = (x) => x === NaN;\n" +
      `export const key = "${key}";\n`,
    "src/quiet.py": "import os  # noqa: F401\n",
    "src/other.js": `export const other = "${key.replace("Zk3", "Ab4")}"; // gitleaks:allow\n`,
  };

  it("are told, and hide no secret of a fork's", async () => {
    const { pull, collect, publish } = await strangersPull(silencing);
    const collected = await collect();
    expect(collected.summary).toContain("1 finding is suppressed by comments that this change adds");
    expect(collected.summary).toContain("oxlint/use-isnan");
    expect(collected.summary).toContain("# noqa: F401");
    await publish(collected.outputs["collected"] ?? "");
    const { comments, threads } = pull.view();
    const summary = comments.map(({ body }) => body).join("\n");
    expect(summary).toContain("1 finding is suppressed by comments that this change adds");
    expect(summary).toMatch(/oxlint\/use-isnan \| src\/quiet\.js:2 \| trust me/);
    expect(summary).toContain("1 comment that this change adds turns rules of tools off");
    const said = JSON.stringify([threads, comments]);
    expect(said.match(/secrets\/linear[\w-]*/g)?.length).toBeGreaterThanOrEqual(2);
    expect(threads.map(({ path, line }) => `${path}:${line}`)).toEqual(
      expect.arrayContaining(["src/quiet.js:3", "src/other.js:1"]),
    );
  });

  it("hide them for people of the repository, who answer for it, and are told all the same", async () => {
    const { github, repository, machine } = await strangersPull({});
    repository.commit({ branch: "own", as: "ada", files: silencing });
    const pull = repository.openPull({ head: "own", as: "ada", title: "Mine" });
    const { outputs, summary } = await runJob(github, repository, machine, {
      event: { event: "pull_request", number: pull.number },
    });
    expect(outputs).toMatchObject({ verdict: "passed", new: "0" });
    for (const text of [summary, pull.view().comments[0]?.body ?? ""]) {
      expect(text).toContain("3 findings are suppressed by comments that this change adds");
      expect(text).toContain("gitleaks:allow");
      expect(text).toContain("1 comment that this change adds turns rules of tools off");
    }
    expect(pull.view().threads).toEqual([]);
  });
});

describe("a plain check on a fork's pull request", () => {
  it("publishes nothing, hands over, and runs no workflow that it is told to", async () => {
    const { pull, machine, collect } = await strangersPull(
      Object.fromEntries(changes.flatMap(([, f]) => Object.entries(f))),
    );
    const { outputs, summary } = await collect({ workflow: "pull-request" });
    expect(outputs).toMatchObject({ verdict: "failed", published: "false" });
    expect(outputs["collected"]).not.toBe("");
    expect(summary).toContain("Workflows are not run for pull requests from forks");
    expect(pull.view().threads).toEqual([]);
    expect(existsSync(join(machine.folder, "temp", "canary"))).toBe(false);
  });

  it("has no say in what a comment starts, though its files are checked out with a token that writes", async () => {
    const { github, repository, pull, machine } = await strangersPull({
      ".codeflow/workflows/pr-comment-handler.yml":
        "name: mine\non: issue_comment\nsteps:\n  - id: owned\n    uses: pr.comment\n    with: { key: owned, body: owned }\n",
    });
    const comment = pull.comment("eve", "/codeflow check");
    const before = pull.view();
    const { exitCode, log } = await runJob(github, repository, machine, {
      event: { event: "issue_comment", commentId: comment.id },
      ref: `refs/pull/${pull.number}/head`,
      inputs: { workflow: "pr-comment-handler" },
    });
    expect(exitCode).toBe(2);
    expect(log).toContain("main has no such workflow");
    expect(pull.view()).toEqual(before);
  });

  it("the same files on a branch of the repository's own do run: the tests above can fail", async () => {
    const { github, repository, machine } = await strangersPull({});
    const [, files = {}] = changes.at(-1) ?? [];
    repository.commit({ branch: "own", as: "ada", files: { ...flawed, ...files } });
    const pull = repository.openPull({ head: "own", as: "ada", title: "Mine" });
    await runJob(github, repository, machine, { event: { event: "pull_request", number: pull.number } });
    expect(existsSync(join(machine.folder, "temp", "canary"))).toBe(true);
  });
});

describe("what publish is given", () => {
  it.each([
    ["another pull request's number", (it: Collected) => ({ ...it, pullRequest: 99 }), "no pull request #99"],
    ["another head", (it: Collected) => ({ ...it, headSha: "0".repeat(39) + "1" }), "the job that collected it"],
    [
      "a path that leads out",
      (it: Collected) => ({
        ...it,
        findings: it.findings.map((one) => ({ ...one, location: { ...one.location, path: "../../etc/passwd" } })),
      }),
      "is not believed",
    ],
    ["fields that nobody knows", (it: Collected) => ({ ...it, run: "rm -rf /" }), "is not believed"],
    [
      "a link instead of a name",
      (it: Collected) => ({ ...it, findings: it.findings.map((one) => ({ ...one, helpUrl: "https://evil.example" })) }),
      "is not believed",
    ],
    ["more than there can be", (it: Collected) => ({ ...it, unlisted: "x".repeat(5_000_000) }), "are more than"],
  ])("%s is refused, and nothing is published", async (_what, forge, why) => {
    const { pull, collect, publish } = await strangersPull({});
    const folder = (await collect()).outputs["collected"] ?? "";
    const file = join(folder, "codeflow-collected.json");
    writeFileSync(file, JSON.stringify(forge(JSON.parse(readFileSync(file, "utf8")) as Collected)));
    const before = pull.view();
    const { exitCode, log } = await publish(folder);
    expect(exitCode).toBe(3);
    expect(log).toContain(why);
    expect(pull.view()).toEqual(before);
  });

  it("a link where the file should be is not followed", async () => {
    const { machine, collect, publish } = await strangersPull({});
    const folder = (await collect()).outputs["collected"] ?? "";
    const other = mkdtempSync(join(machine.folder, "elsewhere-"));
    cpSync(join(folder, "codeflow-collected.json"), join(other, "real.json"));
    const linked = join(other, "linked");
    mkdirSync(linked);
    symlinkSync(join(other, "real.json"), join(linked, "codeflow-collected.json"));
    const { exitCode, log } = await publish(linked);
    expect(exitCode).toBe(3);
    expect(log).toContain("what should be a file is none");
  });

  it("text that would be Markdown, a mention or HTML stays text", async () => {
    const { pull, collect, publish } = await strangersPull({});
    const folder = (await collect()).outputs["collected"] ?? "";
    const file = join(folder, "codeflow-collected.json");
    const document = JSON.parse(readFileSync(file, "utf8")) as Collected;
    const message = "@ada <img src=x onerror=alert(1)> [click](https://evil.example) <!-- codeflow:summary -->";
    writeFileSync(
      file,
      JSON.stringify({ ...document, findings: document.findings.map((one) => ({ ...one, message })) }),
    );
    await publish(folder);
    // Annotations are plain text on GitHub: nothing is read in them.
    const { comments, threads } = pull.view();
    const said = JSON.stringify([comments, threads]);
    expect(said).toContain("&lt;img");
    expect(said).not.toContain("<img");
    expect(said).not.toContain("@ada ");
    expect(said).not.toContain("](https://evil.example)");
  });

  it("a head that moved on is left to its own job", async () => {
    const { fork, pull, collect, publish } = await strangersPull({});
    const folder = (await collect()).outputs["collected"] ?? "";
    fork.commit({ branch: "topic", as: "eve", files: { "more.py": "x = 1\n" } });
    const { exitCode, outputs } = await publish(folder);
    expect([exitCode, outputs["published"]]).toEqual([0, "false"]);
    expect(pull.view().threads).toEqual([]);
  });
});

interface Collected {
  readonly findings: readonly { readonly location: { readonly path: string } }[];
}
