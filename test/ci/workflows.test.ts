/** Every shipped workflow of pull requests through the action, as a runner runs it: what stands on the pull request then. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { EventSeed, PullView, SeededPull, SeededRepository } from "../github/index.ts";
import { project } from "./composite.ts";
import { installProgram, type Machine, makeMachine, runJob, shop, startGithub } from "./scene.ts";

const events = [
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "pull_request_target",
  "issue_comment",
];

/** The names of those that an event of a pull request starts. */
const shipped = readdirSync(join(project, "workflows")).flatMap((file) => {
  const { on } = parse(readFileSync(join(project, "workflows", file), "utf8")) as { on: string | string[] | object };
  const triggers = typeof on === "string" ? [on] : Array.isArray(on) ? on : Object.keys(on);
  return triggers.some((trigger) => events.includes(trigger)) ? [file.replace(/\.yml$/, "")] : [];
});

interface Scene {
  readonly pull: SeededPull;
  readonly repository: SeededRepository;
}

interface Case {
  readonly base?: Readonly<Record<string, string>>;
  readonly head: Readonly<Record<string, string>>;
  readonly title?: string;
  /** Who opens it; without write access the branch was pushed by somebody else. */
  readonly by?: string;
  /** What is said; else the pull request was opened. */
  readonly comment?: string;
  readonly verdict?: "failed";
  readonly needs?: "chromium";
  /** What was not there before. */
  readonly effect: (view: PullView, scene: Scene) => void;
}

const words = (view: PullView): string =>
  view.comments
    .filter(({ author }) => author === "github-actions[bot]")
    .map(({ body }) => body)
    .join("\n");
const status = (context: string, state: string) => (view: PullView) =>
  expect(view.statuses).toMatchObject([{ context, state }]);
const says = (text: string | RegExp) => (view: PullView) => expect(words(view)).toMatch(text);

const nested = `export function f(a, b) {
  if (a) {
    for (const x of b) {
      if (x) {
        while (x.y) {
          if (x.z) x.next();
          else if (x.w && a) x.last();
        }
      }
    }
  }
}
`;
const locked = (version: string): Record<string, string> => ({
  "package.json": `{"name":"shop","private":true,"scripts":{"test":"true"},"dependencies":{"left":"${version}"}}\n`,
  "package-lock.json": `{"name":"shop","lockfileVersion":3,"packages":{"":{"name":"shop","dependencies":{"left":"${version}"}},"node_modules/left":{"version":"${version}"}}}\n`,
});

const cases: Readonly<Record<string, readonly Case[]>> = {
  "codeowners-reviewers": [
    {
      base: { CODEOWNERS: "src/ @owen\n" },
      head: { "src/price.py": "PRICE = 1\n" },
      effect: (_view, { pull }) =>
        expect(pull.state.pull.requestedReviewers.map(({ login }) => login)).toEqual(["owen"]),
    },
  ],
  "complexity-trend": [{ head: { "src/f.js": nested }, effect: says("src/f.js") }],
  "coverage-gate": [
    {
      head: {
        "src/a.js": "export const a = 1;\nexport const b = 2;\n",
        "coverage/lcov.info": "SF:src/a.js\nDA:1,1\nDA:2,0\nend_of_record\n",
      },
      verdict: "failed",
      effect(view) {
        status("codeflow/coverage", "failure")(view);
        says("50 % of the change")(view);
      },
    },
  ],
  "dependency-update": [
    {
      base: locked("1.2.0"),
      head: { "notes.txt": "x\n" },
      comment: "/codeflow update left",
      effect(view, { repository }) {
        says("Updated from 1.2.0 to 1.3.0")(view);
        expect(repository.read("topic", "package-lock.json")).toContain("1.3.0");
      },
    },
  ],
  "license-compliance": [
    {
      base: { "package.json": '{"name":"shop","dependencies":{"evil":"1.0.0"}}\n' },
      head: {
        "package.json": '{"name":"shop","private":true,"dependencies":{"evil":"1.0.0"}}\n',
        "package-lock.json":
          '{"name":"shop","lockfileVersion":3,"packages":{"":{"name":"shop","dependencies":{"evil":"1.0.0"}},"node_modules/evil":{"version":"1.0.0","license":"AGPL-3.0-only"}}}\n',
      },
      verdict: "failed",
      effect: says("AGPL-3.0-only"),
    },
  ],
  "lockfile-drift": [
    {
      base: locked("1.2.0"),
      head: { "package.json": '{"name":"shop","private":true,"dependencies":{"left":"1.2.0","right":"^1.0.0"}}\n' },
      verdict: "failed",
      effect: status("codeflow/lockfiles", "failure"),
    },
  ],
  "magic-fix": [
    {
      head: { "src/price.py": "import os\n\n\ndef price(amount):\n    return amount * 2\n" },
      comment: "/codeflow fix",
      effect(view, { repository }) {
        says(/Fixed `src\/price\.py` in [0-9a-f]{40}/)(view);
        expect(repository.read("topic", "src/price.py")).not.toContain("import os");
      },
    },
  ],
  "onboard-contributor": [{ by: "nora", head: { "notes.txt": "x\n" }, effect: says("Welcome, @nora") }],
  "performance-budget": [
    {
      base: { "dist/a.js": "console.log(1);\n" },
      head: { "dist/a.js": "console.log(22);\n" },
      effect: says("Build outputs"),
    },
  ],
  "pr-comment-handler": [
    {
      head: { "src/a.js": "export const same = (x) => x === NaN;\n" },
      comment: "/codeflow check",
      effect(view) {
        expect(view.threads).toMatchObject([{ path: "src/a.js", line: 1 }]);
        expect(view.checks).toMatchObject([{ conclusion: "failure" }]);
        expect(view.comments[0]?.reactions).toEqual(["github-actions[bot]:eyes"]);
      },
    },
    {
      head: { "src/a.js": "export const one = 1;\n" },
      comment: "/codeflow describe",
      effect: (view) => expect(view.body).toContain("src"),
    },
  ],
  "pr-describe": [
    { head: { "src/a.js": "export const one = 1;\n" }, effect: (view) => expect(view.body).toContain("src") },
  ],
  "pr-labels": [
    {
      head: { "docs/use.md": "# Use\n", ".github/dependabot.yml": "version: 2\n" },
      effect: (view) => expect(view.labels.toSorted()).toEqual(["ci", "documentation"]),
    },
  ],
  "pr-review": [
    {
      head: { "src/a.js": "export const same = (x) => x === NaN;\n" },
      effect(view) {
        expect(view.threads).toMatchObject([{ path: "src/a.js", line: 1, comments: [{}] }]);
        expect(view.threads[0]?.comments[0]?.body).toContain("suggestion\nexport const same = (x) => isNaN(x);");
        expect(view.checks).toMatchObject([{ name: "CodeFlow", conclusion: "failure" }]);
        says("CodeFlow")(view);
      },
    },
  ],
  "pr-size-labeler": [
    { head: { "notes.txt": "x\n" }, effect: (view) => expect(view.labels).toEqual([expect.stringContaining("size")]) },
  ],
  "pr-title": [
    { title: "Stuff", head: { "notes.txt": "x\n" }, effect: status("codeflow/title", "failure") },
    { title: "feat: add notes", head: { "notes.txt": "x\n" }, effect: status("codeflow/title", "success") },
  ],
  "quality-gate": [
    {
      head: { "src/a.js": "export const same = (x) => x === NaN;\n" },
      verdict: "failed",
      effect: status("codeflow/gate", "failure"),
    },
    { head: { "src/a.js": "export const one = 1;\n" }, effect: status("codeflow/gate", "success") },
  ],
  "scaffold-component": [
    {
      base: { "package.json": '{"name":"shop","dependencies":{"react":"19.0.0"}}\n' },
      head: { "notes.txt": "x\n" },
      comment: "/codeflow scaffold component UserCard",
      effect(view, { repository }) {
        says(/Wrote `.*UserCard\.jsx/)(view);
        expect(repository.read("topic", "src/components/UserCard/UserCard.jsx")).toContain("UserCard");
      },
    },
  ],
  "screenshot-gallery": [
    {
      needs: "chromium",
      head: { "dist/index.html": "<!doctype html><title>a</title><h1>hello</h1>\n" },
      effect: says("index"),
    },
  ],
  "secret-scan": [
    {
      head: {
        "src/key.js": `export const key = "${["lin", "api", "Zk3Jq9XvB7mTn2LwR8sYd5Hf1GcPa6Ue4QoItu5W"].join("_")}";\n`,
      },
      verdict: "failed",
      effect: status("codeflow/secrets", "failure"),
    },
  ],
  "workflow-security": [
    {
      head: {
        ".github/workflows/ci.yml":
          'name: CI\non: pull_request_target\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo "${{ github.event.pull_request.title }}"\n',
      },
      verdict: "failed",
      effect: says("ci.yml"),
    },
  ],
};

/** npm that raises the only version there is: the tests have no registry. */
const npm = `#!/bin/sh\ncase "$1" in install) sed -i.bak 's/1\\.2\\.0/1.3.0/g' package.json package-lock.json; rm *.bak;; esac\n`;
const path = process.env["PATH"] ?? "";
const hasChromium = path
  .split(delimiter)
  .some((folder) => ["chromium", "chromium-browser", "google-chrome"].some((name) => existsSync(join(folder, name))));

let machine: Machine;
const cleanUps: (() => void)[] = [];
beforeAll(() => {
  machine = makeMachine((cleanUp) => cleanUps.push(cleanUp));
  installProgram(machine);
  const programs = join(machine.folder, "programs");
  mkdirSync(programs);
  writeFileSync(join(programs, "npm"), npm);
  chmodSync(join(programs, "npm"), 0o755);
});
afterAll(() => {
  for (const cleanUp of cleanUps) cleanUp();
});

it("there are cases for exactly the shipped workflows of pull requests", () => {
  expect(shipped.length).toBeGreaterThan(10);
  expect(Object.keys(cases).sort()).toEqual(shipped.toSorted());
});

describe.each(shipped)("the workflow %s", (workflow) => {
  it.each(cases[workflow]?.map((one, index) => [one.comment ?? one.title ?? `case ${index + 1}`, one] as const) ?? [])(
    "%s: is seen on the pull request, once",
    async (_name, { base, head, title, by = "dora", comment, verdict = "passed", needs, effect }) => {
      if (needs === "chromium" && !hasChromium) return;
      const github = await startGithub();
      const collaborators = { dora: "write", owen: "write" } as const;
      const files = { ...shop, ...base };
      const repository = github.addRepository({ owner: "ada", name: "shop", files, collaborators });
      repository.commit({ branch: "topic", as: "dora", files: head });
      // The base goes on: what happens there is not this change's.
      repository.commit({ files: { "log.txt": "1\n" } });
      const pull = repository.openPull({ head: "topic", as: by, title: title ?? "feat: change the shop" });
      const event: EventSeed =
        comment === undefined
          ? { event: "pull_request", number: pull.number, action: "opened" }
          : { event: "issue_comment", commentId: pull.comment("dora", comment).id };
      /** What a reader sees; how long a check took differs. */
      const seen = (): unknown =>
        JSON.parse(
          JSON.stringify({
            ...pull.view(),
            reviewers: pull.state.pull.requestedReviewers.map(({ login }) => login),
          }).replace(/[\d.,]+ m?s\./g, "T."),
        );
      const before = seen();
      const job = () =>
        runJob(github, repository, machine, {
          event,
          inputs: { workflow, cache: "false" },
          env: { PATH: `${join(machine.folder, "programs")}${delimiter}${path}` },
        });
      const first = await job();
      expect([first.outputs["verdict"], first.exitCode], first.log + first.summary).toEqual([
        verdict,
        verdict === "passed" ? 0 : 1,
      ]);
      expect(first.outputs["summary"]).toContain(workflow);
      expect(first.summary).toContain(`CodeFlow: \`${workflow}\``);
      const after = seen();
      expect(after).not.toEqual(before);
      effect(pull.view(), { pull, repository });
      const second = await job();
      expect([second.outputs["verdict"], second.exitCode], second.log).toEqual([verdict, verdict === "passed" ? 0 : 1]);
      expect(seen()).toEqual(after);
    },
  );
});
