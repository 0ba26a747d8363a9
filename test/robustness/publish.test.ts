/** A pull request of thirty pushes, checked for real and published: at each step exactly the expected comments. */
import { execFile } from "node:child_process";
import { expect, it, onTestFinished } from "vitest";
import { promisify } from "node:util";
import { check } from "../../src/app/check.ts";
import { publishRun } from "../../src/app/publish-run.ts";
import { createGithubHost } from "../../src/integrations/github/index.ts";
import type { CheckRun } from "../../src/model/check-run.ts";
import { readFindingKey } from "../../src/model/marker.ts";
import { createGit } from "../../src/project/git.ts";
import { readPullRequestChange } from "../../src/project/pull-request-change.ts";
import { quickOptions } from "../contract/github-stage.ts";
import { createGithubServer, type ThreadView } from "../github/index.ts";
import { temporaryRepository } from "../unit/app/temporary-repository.ts";
import { requestOf } from "./publish-scene.ts";

const bot = "github-actions[bot]";
const silent = { warn: () => {}, info: () => {}, debug: () => {} };

/** A file of functions; those with `!` are left with a finding. */
function source(...names: readonly string[]): string {
  return names
    .map((name) => {
      const [plain = "", isBad] = [name.replace("!", ""), name.includes("!")];
      return `export function ${plain}() {\n${isBad ? "  debugger;\n" : ""}  return "${plain}";\n}\n`;
    })
    .join("\n");
}

async function scene() {
  const github = await createGithubServer();
  onTestFinished(() => github.close());
  const repository = github.addRepository({
    owner: "octo",
    name: "demo",
    files: { "old.ts": source("first", "second!", "third"), "README.md": "# Demo\n" },
    collaborators: { ada: "write" },
  });
  const token = github.installationToken("octo/demo");
  const clone = temporaryRepository();
  onTestFinished(() => clone.remove());
  const git = async (...args: string[]): Promise<void> => {
    // The server answers from this process, so nothing here may be synchronous.
    await promisify(execFile)("git", args, { cwd: clone.root, env: { ...clone.world.env } });
  };
  await git("remote", "add", "origin", repository.cloneUrl(token));
  repository.commit({ branch: "topic", as: "ada", files: { "a.ts": source("one") } });
  const pull = repository.openPull({ head: "topic", as: "ada" });
  /** Which function a finding is about, by its fingerprint. */
  const names = new Map<string, string>();

  async function publish(spoil: (run: CheckRun) => CheckRun = (run) => run): Promise<void> {
    const sha = pull.headSha();
    await git("fetch", "-q", "--no-tags", "origin", `+refs/pull/${pull.number}/head`, "+refs/heads/main");
    await git("checkout", "-q", "--force", "--detach", sha);
    const change = await readPullRequestChange({
      git: createGit(clone.world.exec, clone.root, clone.world.env),
      number: pull.number,
      headSha: sha,
      base: { branch: "main", sha: pull.baseSha() },
      log: silent,
    });
    const { run, files } = await check(
      {
        paths: [],
        scope: { kind: "changed", base: pull.baseSha() },
        profile: "fast",
        only: ["debugging"],
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
      "0.0.0",
    );
    for (const { fingerprint, location } of run.findings) {
      const above = files.line(location.path, location.startLine - 1) ?? "";
      names.set(fingerprint, /function (\w+)/.exec(above)?.[1] ?? above);
    }
    const host = createGithubHost(quickOptions(github, "octo/demo", token));
    const request = requestOf(host, { pullRequest: pull.number, run: spoil(run), sha, change });
    expect((await publishRun(request)).status).toBe("published");
    // Once more changes nothing.
    const before = JSON.stringify(pull.view());
    await publishRun(request);
    expect(JSON.stringify(pull.view())).toBe(before);
  }

  /** Each thread of ours as `name`, `name resolved` or `name resolved by ada`; sorted. */
  function threads(): string[] {
    return pull
      .view()
      .threads.filter(({ comments }) => comments[0]?.author === bot)
      .map((thread) => {
        const how =
          thread.resolvedBy === undefined
            ? ""
            : thread.resolvedBy === bot
              ? " resolved"
              : ` resolved by ${thread.resolvedBy}`;
        return `${nameOf(thread)}${how}`;
      })
      .sort();
  }
  const nameOf = ({ comments }: ThreadView): string =>
    names.get(readFindingKey(comments[0]?.body ?? "")?.fingerprint ?? "") ?? "?";
  const thread = (name: string): ThreadView => {
    const found = pull.view().threads.find((each) => nameOf(each) === name);
    if (found === undefined) throw new Error(`no thread about ${name}`);
    return found;
  };
  const push = (files: Readonly<Record<string, string | null>>): string =>
    repository.commit({ branch: "topic", as: "ada", files });
  return { github, repository, pull, publish, threads, thread, push };
}

it("says each thing once over thirty pushes", { timeout: 300_000 }, async () => {
  const { repository, pull, publish, threads, thread, push } = await scene();
  let pushes = 0;
  async function step(expected: readonly string[], act?: () => unknown, spoil?: (run: CheckRun) => CheckRun) {
    pushes += 1;
    await act?.();
    await publish(spoil);
    expect(threads(), `after push ${pushes}`).toEqual([...expected].sort());
    const ours = pull.view().comments.filter(({ author }) => author === bot);
    expect(ours.length, `summaries after push ${pushes}`).toBeLessThanOrEqual(1);
  }
  const conclusion = (): string | null | undefined => pull.view().checks[0]?.conclusion;

  // Nothing to say is not said.
  await step([]);
  expect(pull.view().comments).toEqual([]);
  // New findings, moved lines, and an old finding on the base that nobody is blamed for.
  await step(["two"], () => push({ "a.ts": source("one", "two!") }));
  await step(["two"], () => push({ "a.ts": source("zero", "one", "two!") }));
  await step(["two"], () => push({ "old.ts": source("first", "second!", "third", "fourth") }));
  await step(["three", "two"], () => push({ "a.ts": source("zero", "one", "two!", "three!") }));
  // Fixed, back again.
  await step(["three", "two resolved"], () => push({ "a.ts": source("zero", "one", "two", "three!") }));
  await step(["three", "two"], () => push({ "a.ts": source("zero", "one", "two!", "three!") }));
  // A person resolves: it stays resolved while it is there, and afterwards.
  await step(["three", "two resolved by ada"], () => pull.resolve("ada", thread("two").id));
  await step(["three", "two resolved by ada"], () => push({ "b.ts": source("other") }));
  await step(["three", "two resolved by ada"], () => push({ "a.ts": source("zero", "one", "two", "three!") }));
  // A person answers: the thread is theirs to close, what we said in it tells that it is gone.
  pull.reply("ada", thread("three").comments[0]?.id ?? 0, "It is needed.");
  await step(["three", "two resolved by ada"], () => push({ "a.ts": source("zero", "one", "two", "three") }));
  expect(thread("three").comments[0]?.body).toContain("Not found any more");
  await step(["three", "two resolved by ada"], () => push({ "a.ts": source("zero", "one", "two", "three!") }));
  expect(thread("three").comments[0]?.body).not.toContain("Not found any more");
  expect(thread("three").comments).toHaveLength(2);
  // Somebody edits our comments, and somebody deletes the summary.
  await step(["three", "two resolved by ada"], () => {
    const { id, body } = thread("three").comments[0] ?? { id: 0, body: "" };
    pull.editComment(id, `${body}\n\nEdited.`);
  });
  expect(thread("three").comments[0]?.body).not.toContain("Edited.");
  await step(["three", "two resolved by ada"], () => {
    for (const { id, author } of pull.view().comments) if (author === bot) pull.deleteComment(id);
  });
  expect(pull.view().comments).toHaveLength(1);
  // People talk, in words like ours.
  await step(["three", "two resolved by ada"], () => pull.comment("ada", pull.view().comments[0]?.body ?? ""));
  expect(pull.view().comments).toHaveLength(2);
  // Rebase onto a base that moved, and a force-push that drops commits.
  await step(["three", "two resolved by ada"], () => {
    repository.commit({ files: { "README.md": "# Demo, better\n" } });
    repository.rebase("topic", "main", "ada");
  });
  const kept = pull.headSha();
  await step(["four", "three", "two resolved by ada"], () => push({ "b.ts": source("other", "four!") }));
  await step(["four resolved", "three", "two resolved by ada"], () => repository.forcePush("topic", kept, "ada"));
  await step(["four", "three", "two resolved by ada"], () => push({ "b.ts": source("other", "four!", "rest") }));
  // An analyzer that fails clears nothing, and the verdict is not green.
  const failing = (run: CheckRun): CheckRun => ({
    ...run,
    findings: [],
    verdict: { ...run.verdict, status: "incomplete" },
    analyzers: run.analyzers.map((one) => ({ ...one, status: "failed", reason: "it crashed" })),
  });
  await step(
    ["four", "three", "two resolved by ada"],
    () => push({ "b.ts": source("other", "four", "rest") }),
    failing,
  );
  expect(conclusion()).not.toBe("success");
  await step(["four resolved", "three", "two resolved by ada"], () =>
    push({ "b.ts": source("other", "four", "rest", "more") }),
  );
  // Many at once: as many as there is attention for, the rest in the summary.
  const many = Array.from({ length: 12 }, (_, index) => `many${index}!`);
  pushes += 1;
  push({ "c.ts": source(...many) });
  await publish();
  expect(threads().filter((name) => name.startsWith("many") && !name.includes("resolved"))).toHaveLength(9);
  expect(pull.view().comments.find(({ author }) => author === bot)?.body).toContain("3 findings without a comment");
  // All of them fixed, in a file that goes.
  pushes += 1;
  push({ "c.ts": null });
  await publish();
  expect(
    threads()
      .filter((name) => name.startsWith("many"))
      .every((name) => name.endsWith(" resolved")),
  ).toBe(true);
  const settled = threads().filter((name) => !name.startsWith("many"));
  expect(settled).toEqual(["four resolved", "three", "two resolved by ada"]);
  const rest = threads().filter((name) => name.startsWith("many"));
  // A file is renamed with its finding: said once at its new place, never twice.
  await step([...settled, ...rest, "five"], () => push({ "d.ts": source("five!", "six", "seven", "eight") }));
  pushes += 1;
  repository.commit({ branch: "topic", as: "ada", renames: { "d.ts": "e.ts" } });
  await publish();
  expect(threads().filter((name) => name === "five")).toHaveLength(1);
  // Gone for good, thing by thing, until nothing is left.
  pushes += 1;
  push({ "e.ts": null });
  await publish();
  expect(threads().filter((name) => name === "five")).toEqual([]);
  const end = threads();
  await step(end, () => push({ "a.ts": source("zero", "one", "two", "three") }));
  expect(conclusion()).toBe("success");
  await step(end, () => push({ "README.md": "# The end\n" }));
  await step(end, () => repository.rebase("topic", "main", "ada"));
  await step(end, () => push({ "f.ts": source("calm") }));
  expect(pushes).toBe(30);
  expect(pull.view().comments.filter(({ author }) => author === bot)).toHaveLength(1);
});
