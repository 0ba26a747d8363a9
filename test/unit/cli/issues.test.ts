/** `codeflow issues` from the command line to a tracker and back: a local GitHub and a local Linear. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { startGithub } from "../../github/scene.ts";
import { startLinear } from "../../linear/server.ts";
import { temporaryRepository } from "../app/temporary-repository.ts";
import { runCodeflow } from "./run-codeflow.ts";

const found = "import os\nimport sys\nimport re\n";

interface Listed {
  readonly issues: readonly { readonly key: string; readonly outcome: string; readonly id?: string }[];
}
const outcomes = ({ out }: { readonly out: string }): string[] =>
  (JSON.parse(out) as Listed).issues.map(({ key, outcome, id }) => `${outcome} ${id ?? "-"} ${key}`);

it("keeps GitHub's issues in step, assigned to who wrote the lines", { timeout: 120_000 }, async () => {
  const github = await startGithub();
  const hosted = github.addRepository({ owner: "ada", name: "shop", files: { "README.md": "# Shop\n" } });
  hosted.collaborator("ben", "write");
  hosted.commit({ branch: "main", as: "ben", files: { "a.py": found } });
  const issues = () => [...hosted.state.issues.values()];
  const repository = temporaryRepository();
  onTestFinished(() => repository.remove());
  const token = github.installationToken("ada/shop");
  // Not synchronously: the server that git asks is in this process.
  const git = (...args: readonly string[]) => promisify(execFile)("git", args, { cwd: repository.root });
  await git("remote", "add", "origin", hosted.cloneUrl(token));
  await git("fetch", "-q", "origin");
  await git("reset", "-q", "--hard", "origin/main");
  const env = {
    ...repository.world.env,
    GITHUB_TOKEN: token,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_REPOSITORY: "ada/shop",
  };
  const codeflow = (...argv: readonly string[]) => runCodeflow(repository.root, env, ["issues", ...argv]);

  const planned = await codeflow("sync", "--dry-run", "--no-exec", "--json");
  expect(outcomes(planned)).toEqual(["created - findings/rule/ruff/F401"]);
  expect(issues()).toHaveLength(0);
  expect(await codeflow("list")).toMatchObject({ code: 0, out: expect.stringContaining("no issues yet") });

  const made = await codeflow("sync", "--no-exec", "--json");
  expect(made, made.err).toMatchObject({ code: 0 });
  const [issue] = issues();
  expect(issue?.title).toContain("ruff/F401");
  expect(issue?.assignees.map(({ login }) => login)).toEqual(["ben"]);
  expect(issue?.labels.toSorted()).toEqual(["codeflow", "maintainability", "priority: low"]);
  expect(issue?.body).toContain(`/blob/${hosted.sha("main")}/a.py#L1`);

  github.requests.clear();
  expect(outcomes(await codeflow("sync", "--no-exec", "--json"))[0]).toMatch(/^unchanged/);
  expect(github.requests.writes()).toEqual([]);

  repository.write("a.py", "");
  expect(outcomes(await codeflow("sync", "--no-exec", "--json"))[0]).toMatch(/^closed/);
  expect(issues()[0]?.state).toBe("closed");
  expect(JSON.parse((await codeflow("list", "--json")).out)).toMatchObject([{ state: "closed", reason: "completed" }]);
});

it("keeps Linear's issues in step, at the endpoint that is set", { timeout: 120_000 }, async () => {
  const linear = await startLinear({ dropsComments: true });
  const repository = temporaryRepository({
    "a.py": found,
    "codeflow.yml": "issues: { linear: { team: ENG, project: Quality } }\n",
  });
  onTestFinished(async () => {
    await linear.close();
    repository.remove();
  });
  repository.git("remote", "add", "origin", "git@github.com:octo/demo.git");
  repository.git("add", ".");
  repository.git("commit", "-qm", "Begin", "--author=Octo <octocat@example.invalid>");
  const env = { ...repository.world.env, LINEAR_API_KEY: "key", LINEAR_API_URL: linear.url };
  const sync = () =>
    runCodeflow(repository.root, env, ["issues", "sync", "--tracker", "linear", "--no-exec", "--json"]);
  const made = await sync();
  expect(outcomes(made), made.err).toEqual(["created ENG-1 findings/rule/ruff/F401"]);
  expect(linear.issues).toHaveLength(1);
  expect(linear.issues[0]).toMatchObject({ priority: 4, assignee: { displayName: "octocat" } });
  expect(linear.attachments[0]?.["url"]).toMatch(/^https:\/\/github\.com\/octo\/demo\?codeflow=[0-9a-f]{32}$/);
  expect(outcomes(await sync())).toEqual(["unchanged ENG-1 findings/rule/ruff/F401"]);
  linear.as("octocat", () => linear.change(linear.find("ENG-1"), { stateId: "state-canceled" }));
  expect(outcomes(await sync())).toEqual(["declined ENG-1 findings/rule/ruff/F401"]);
  repository.write("a.py", "");
  expect(outcomes(await sync())).toEqual([]);
  expect(linear.issues[0]).toMatchObject({ state: { type: "canceled" } });
});
