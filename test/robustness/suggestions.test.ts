/** Suggestions on a pull request, committed as the code host commits them: the finding goes, and no other comes. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { checkAfresh } from "../../src/app/check-afresh.ts";
import { publishCheck } from "../../src/app/publish-check.ts";
import { createGithubHost } from "../../src/integrations/github/index.ts";
import type { ScopeRequest } from "../../src/project/scope.ts";
import { createGit } from "../../src/project/git.ts";
import { readPullRequestChange } from "../../src/project/pull-request-change.ts";
import { readFindingKey } from "../../src/model/marker.ts";
import { quickOptions } from "../contract/github-stage.ts";
import { createGithubServer } from "../github/index.ts";
import { temporaryRepository } from "../unit/app/temporary-repository.ts";

const silent = { warn: () => {}, info: () => {}, debug: () => {} };

/** Windows' line ends, tabs, no end of the last line, fixes over several lines, and one that would bring a finding. */
const files = {
  "plain.js": "export function a(x) {\n  debugger;\n  if (x === NaN) return 1;\n  return 2;\n}\n",
  "windows.js": "export function b(x) {\r\n\tif (!x instanceof Map) return 1;\r\n\tdebugger;\r\n\treturn 2;\r\n}\r\n",
  "cart.py": "import os\nfrom typing import (\n    Any,\n    Optional,\n)\n\n\ndef c(x: Any):\n    return x\n",
  "end.json": '{\n\t"a": 1,\n}',
  "worse.py": "import os\n\n\ndef d():\n    y = os\n    return 1\n",
};

it("commit one by one, and lint clean", async () => {
  const github = await createGithubServer();
  onTestFinished(() => github.close());
  const repository = github.addRepository({ owner: "octo", name: "demo", files: { "README.md": "# Demo\n" } });
  const sha = repository.commit({ branch: "topic", as: "ada", files });
  const pull = repository.openPull({ head: "topic", as: "ada" });
  const token = github.installationToken("octo/demo");
  const clone = temporaryRepository();
  onTestFinished(() => clone.remove());
  const git = async (...args: string[]): Promise<void> => {
    // The server answers from this process, so nothing here may be synchronous.
    await promisify(execFile)("git", args, { cwd: clone.root, env: { ...clone.world.env } });
  };
  await git("remote", "add", "origin", repository.cloneUrl(token));
  await git("fetch", "-q", "--no-tags", "origin", "+refs/pull/1/head", "+refs/heads/main");
  await git("checkout", "-q", "--force", "--detach", sha);
  const checked = (scope: ScopeRequest) =>
    checkAfresh(
      {
        paths: [],
        scope,
        profile: undefined,
        only: [],
        skip: [],
        noExec: true,
        noCache: false,
        imports: [],
        reports: [],
        baseline: undefined,
        gate: [],
        unrecorded: true,
      },
      clone.world,
      "0",
    );
  const project = await checked({ kind: "changed", base: pull.baseSha() });
  const change = await readPullRequestChange({
    git: createGit(clone.world.exec, clone.root, clone.world.env),
    number: pull.number,
    headSha: sha,
    base: { branch: "main", sha: pull.baseSha() },
    log: silent,
  });
  const request = {
    host: createGithubHost(quickOptions(github, "octo/demo", token)),
    pullRequest: pull.number,
    sha,
    change,
    comment: true,
    checkName: undefined,
    statusContext: undefined,
  };
  await publishCheck(project, request, clone.world);

  const before = await countOf(sha, {});
  const offered: string[] = [];
  for (const { path, startLine, line, comments } of pull.view().threads) {
    const [, fence = "", text] = /^(`{3,})suggestion\n([^]*?)\1$/m.exec(comments[0]?.body ?? "") ?? [];
    const content = files[path as keyof typeof files];
    const { rule = "" } = readFindingKey(comments[0]?.body ?? "") ?? {};
    if (fence === "" || text === undefined || line === null) continue;
    offered.push(`${path}:${startLine ?? line}-${line} ${rule}`);
    const after = await countOf(sha, { [path]: commit(content, startLine ?? line, line, text) });
    expect(after.get(rule) ?? 0, offered.at(-1)).toBe((before.get(rule) ?? 0) - 1);
    for (const [each, count] of after) expect(count, offered.at(-1)).toBeLessThanOrEqual(before.get(each) ?? 0);
  }
  expect(offered.sort()).toEqual([
    "cart.py:1-1 ruff/F401",
    "cart.py:2-5 ruff/F401",
    "end.json:2-2 syntax/json-trailing-comma",
    "plain.js:2-2 debugging/js-debugger",
    "plain.js:3-3 oxlint/use-isnan",
    "windows.js:2-2 oxlint/no-unsafe-negation",
    "windows.js:3-3 debugging/js-debugger",
  ]);

  /** Findings by rule, with these contents. */
  async function countOf(commit: string, contents: Readonly<Record<string, string>>): Promise<Map<string, number>> {
    await git("checkout", "-q", "--force", "--detach", commit);
    for (const [path, text] of Object.entries(contents)) clone.write(path, text);
    const { run } = await checked({ kind: "all" });
    const active = run.findings.filter(({ suppressed }) => suppressed === undefined);
    return new Map([...Map.groupBy(active, ({ rule }) => rule)].map(([rule, { length }]) => [rule, length]));
  }
});

/** The lines are replaced; the file keeps its line ends, also at its end. */
function commit(content: string, startLine: number, endLine: number, text: string): string {
  const ending = content.includes("\r\n") ? "\r\n" : "\n";
  const lines = content.split(ending);
  const put = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  return [...lines.slice(0, startLine - 1), ...put, ...lines.slice(endLine)].join(ending);
}
