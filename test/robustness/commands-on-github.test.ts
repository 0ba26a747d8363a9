/** `/codeflow …` in comments through the command line on the local GitHub, from a checkout as a runner has it. */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGithubServer, type GithubServer, type SeededPull, type SeededRepository } from "../github/index.ts";

const program = join(import.meta.dirname, "../../bin/codeflow.js");
const run = promisify(execFile);
const bot = "github-actions[bot]";
const wrong = "export function f(x) {\n  return x === NaN;\n}\n";

let server: GithubServer;
let repository: SeededRepository;
let folder: string;
let count = 0;

beforeAll(async () => {
  server = await createGithubServer();
  repository = server.addRepository({
    owner: "acme",
    name: "shop",
    files: {
      "src/a.js": "export const a = 1;\n",
      "package.json": '{"type": "module", "dependencies": {"react": "19.0.0"}}\n',
      "codeflow.yml": "commands: { deny: [mallory] }\n",
    },
    collaborators: { dev: "write", mallory: "admin", reader: "read" },
  });
  folder = mkdtempSync(join(tmpdir(), "codeflow-commands-"));
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A pull request of its own for each test. */
function open(files: Readonly<Record<string, string>> = { "src/a.js": wrong }): { pull: SeededPull; branch: string } {
  const branch = `topic-${++count}`;
  repository.commit({ branch, from: "main", files, as: "dev" });
  return { pull: repository.openPull({ head: branch, base: "main", title: "feat: f", as: "dev" }), branch };
}

/** What a job for a comment checks out: the default branch, and nothing of the pull request. */
async function runnersCheckout(): Promise<string> {
  const at = join(folder, `checkout-${++count}`);
  await run("git", ["clone", "-q", "--branch", "main", repository.cloneUrl(server.installationToken("acme/shop")), at]);
  return at;
}

const environment = () => ({
  PATH: process.env["PATH"],
  HOME: folder,
  GITHUB_TOKEN: server.installationToken("acme/shop"),
  GITHUB_API_URL: server.apiUrl,
  NO_COLOR: "1",
});

async function codeflow(cwd: string, args: readonly string[]) {
  try {
    const { stdout, stderr } = await run(process.execPath, [program, ...args], {
      cwd,
      env: environment(),
      timeout: 120_000,
    });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    return { code: failed.code ?? -1, text: `${failed.stdout ?? ""}${failed.stderr ?? ""}` };
  }
}

function eventFile(
  event: "issue_comment" | "pull_request_review_comment",
  commentId: number,
  change: object = {},
): string[] {
  const payload = server.eventPayload(repository, { event, commentId });
  const file = join(folder, `event-${++count}.json`);
  const comment = { ...(payload["comment"] as object), ...change };
  writeFileSync(file, JSON.stringify({ ...payload, ...change, comment }));
  return ["run", "pr-comment-handler", "--event", file, "--event-name", event];
}

/** Delivers a comment as GitHub does; answers what stands on the page because of it. */
async function deliver(pull: SeededPull, commentId: number, change: object = {}) {
  const args = eventFile("issue_comment", commentId, change);
  const ended = await codeflow(await runnersCheckout(), args);
  return { ...ended, ...page(pull, commentId) };
}

async function say(pull: SeededPull, as: string, body: string, change: object = {}) {
  const { id } = pull.comment(as, body);
  return { id, ...(await deliver(pull, id, change)) };
}

async function answerInThread(pull: SeededPull, as: string, body: string) {
  const said = pull.view().threads[0]?.comments[0]?.id ?? 0;
  const { id } = pull.reply(as, said, body);
  const ended = await codeflow(await runnersCheckout(), eventFile("pull_request_review_comment", id));
  const comments = pull.view().threads[0]?.comments ?? [];
  const answers = comments.filter((one) => one.body.includes(`codeflow:reply command/${id} `)).map((one) => one.body);
  return { id, ...ended, answers, reactions: comments.find((one) => one.id === id)?.reactions ?? [] };
}

function page(pull: SeededPull, commentId: number) {
  const { comments } = pull.view();
  return {
    reactions: comments.find(({ id }) => id === commentId)?.reactions ?? [],
    answers: comments
      .filter(({ body }) => body.includes(`codeflow:comment command/${commentId} `))
      .map(({ body }) => body),
  };
}

const eyes = [expect.stringMatching(/eyes/)];
const summaryOf = (pull: SeededPull): string =>
  pull.view().comments.find(({ author, body }) => author === bot && body.includes("codeflow-state"))?.body ?? "";

describe("commands on the local GitHub", () => {
  it("check says what is new at the head, though the checkout is the default branch; twice delivered is once", async () => {
    const { pull } = open();
    const first = await say(pull, "dev", "Once more, please.\n\n/codeflow check");
    expect(first.text).toContain("succeeded");
    expect(first).toMatchObject({ code: 0, reactions: eyes, answers: [expect.stringContaining("**failed**")] });
    expect(pull.view().threads).toMatchObject([{ path: "src/a.js", line: 2 }]);
    const before = pull.view();
    const writes = (): number =>
      server.requests.all().filter(({ method, path }) => method !== "GET" && path.includes("/repos/")).length;
    const written = writes();
    const second = await deliver(pull, first.id);
    expect(second.code).toBe(0);
    expect(pull.view()).toEqual(before);
    expect(writes()).toBe(written);
  }, 120_000);

  it("ignore in a thread is that finding, holds over pushes and forced ones, and is taken back by deleting it", async () => {
    const { pull, branch } = open();
    await say(pull, "dev", "/codeflow check");
    const said = await answerInThread(pull, "dev", "/codeflow ignore compared with NaN on purpose");
    expect(said).toMatchObject({ code: 0, reactions: eyes, answers: [expect.stringContaining("The check: passed.")] });
    const settled = () => {
      expect(pull.view().threads).toMatchObject([{ resolvedBy: bot }]);
      expect(pull.view().threads[0]?.comments[0]?.body).toContain("Accepted by `dev`: compared with NaN on purpose");
      expect(summaryOf(pull)).toContain("1 finding accepted in comments, not counted");
      expect(pull.view().checks.at(-1)).toMatchObject({ conclusion: "success" });
    };
    settled();
    repository.commit({ branch, files: { "src/b.js": "export const b = 2;\n" }, as: "dev" });
    await say(pull, "dev", "/codeflow check");
    settled();
    repository.commit({ files: { "README.md": "x\n" }, as: "dev" });
    repository.rebase(branch);
    await say(pull, "dev", "/codeflow check");
    settled();
    // A new finding of the same rule is told.
    repository.commit({
      branch,
      files: { "src/c.js": wrong.replace("f(x)", "g(y)").replace("x ===", "y ===") },
      as: "dev",
    });
    expect((await say(pull, "dev", "/codeflow review")).answers).toMatchObject(
      [/\*\*failed\*\*.*1 new finding, 1 accepted/s].map((pattern) => expect.stringMatching(pattern)),
    );
    pull.deleteComment(said.id);
    expect((await say(pull, "dev", "/codeflow check")).answers).toEqual([expect.stringContaining("2 new findings")]);
    expect(pull.view().threads[0]).toMatchObject({ resolvedBy: undefined });
  }, 240_000);

  it("ignore in the conversation needs a rule and a reason, and lists what it accepted", async () => {
    const { pull } = open({ "src/a.js": wrong, "src/b.js": wrong.replace("f(", "g(") });
    const vague = await say(pull, "dev", "/codeflow ignore it is fine");
    expect(vague).toMatchObject({ reactions: [], answers: [expect.stringContaining("`it` is no rule")] });
    const said = await say(pull, "dev", "/codeflow ignore oxlint/use-isnan they are made for tests");
    expect(said).toMatchObject({ code: 0, reactions: eyes });
    expect(said.answers).toEqual([expect.stringContaining("2 findings of `oxlint/use-isnan` accepted")]);
    expect(summaryOf(pull)).toMatch(/2 findings accepted in comments.*src\/a\.js:2.*src\/b\.js:2/s);
    expect(pull.view().threads).toEqual([]);
  }, 120_000);

  it("explain in a thread says what, where and what can be done; help and describe answer too", async () => {
    const { pull } = open();
    await say(pull, "dev", "/codeflow check");
    const said = await answerInThread(pull, "dev", "/codeflow explain");
    expect(said).toMatchObject({ code: 0, reactions: eyes });
    expect(said.answers).toEqual([
      expect.stringMatching(/oxlint\/use-isnan.*Here `src\/a\.js:2`.*return x === NaN;.*codeflow ignore/s),
    ]);
    const help = await say(pull, "dev", "/codeflow help");
    expect(help).toMatchObject({
      reactions: eyes,
      answers: [expect.stringContaining("/codeflow ignore RULE reason…")],
    });
    const described = await say(pull, "dev", "/codeflow describe");
    expect(described).toMatchObject({ reactions: eyes, answers: [expect.stringContaining("up to date")] });
    expect(pull.view().body).toContain("codeflow:description:start");
  }, 120_000);

  it("fix and scaffold push to the branch, each once", async () => {
    const { pull, branch } = open({ "src/a.py": "import os\nimport sys\n\nprint(sys.argv)\n" });
    const fixed = await say(pull, "dev", "/codeflow fix ruff/F401");
    expect(fixed).toMatchObject({ code: 0, reactions: eyes, answers: [expect.stringContaining("Fixed `src/a.py`")] });
    const head = pull.headSha();
    expect((await deliver(pull, fixed.id)).answers).toEqual(fixed.answers);
    expect(pull.headSha()).toBe(head);
    const made = await say(pull, "dev", "/codeflow scaffold hook counter");
    expect(made.answers).toEqual([expect.stringContaining("Wrote `src/hooks/useCounter")]);
    expect(pull.headSha()).not.toBe(head);
    const updated = await say(pull, "dev", "/codeflow update nothing-of-this-name");
    expect(updated).toMatchObject({ reactions: eyes, answers: [expect.stringContaining("Not updated")] });
    const { stdout } = await run("git", ["log", "--format=%s", `origin/${branch}`, "-3"], {
      cwd: await runnersCheckout(),
    });
    expect(stdout).toContain("style: apply safe fixes");
  }, 180_000);

  it.each([
    ["a stranger whose payload claims to own", "stranger", { author_association: "OWNER" }],
    ["somebody who may only read", "reader", { author_association: "MEMBER" }],
    ["an owner on the deny-list", "mallory", { author_association: "OWNER" }],
  ])(
    "%s gets a reaction and nothing else",
    async (_who, login, change) => {
      const { pull } = open();
      const said = await say(pull, login, "/codeflow ignore oxlint/use-isnan trust me", change);
      expect(said).toMatchObject({ code: 0, reactions: [expect.stringMatching(/-1/)], answers: [] });
      expect(pull.view().comments).toHaveLength(1);
      expect(pull.view().checks).toEqual([]);
    },
    60_000,
  );

  it.each([
    ["in a fence", "```\n/codeflow check\n```", {}],
    ["in a quotation", "> /codeflow check\n\nI tried that.", {}],
    ["in a comment that was edited", "/codeflow check", { action: "edited" }],
  ])(
    "a command %s does nothing",
    async (_where, body, change) => {
      const { pull } = open();
      const said = await say(pull, "dev", body, change);
      expect(said).toMatchObject({ code: 0, reactions: [], answers: [] });
      expect(pull.view().comments).toHaveLength(1);
    },
    60_000,
  );

  it("of two commands the first is carried out, and the other one is named", async () => {
    const { pull } = open();
    const said = await say(pull, "dev", "/codeflow explain oxlint/use-isnan\n/codeflow fix");
    expect(said).toMatchObject({
      reactions: eyes,
      answers: [expect.stringContaining("`/codeflow fix` was not carried out")],
    });
    const slip = await say(pull, "dev", "/codeflow chekc");
    expect(slip).toMatchObject({ reactions: [], answers: [expect.stringContaining("did you mean `check`?")] });
  }, 60_000);

  it("a fork says neither how it is judged nor who commands, is not executed and not pushed to", async () => {
    const fork = repository.fork("stranger");
    const handler = "name: Mine\non: issue_comment\nsteps:\n  - uses: release.tag\n    with: { tag: owned }\n";
    fork.commit({
      branch: "evil",
      from: "main",
      as: "stranger",
      files: {
        "src/a.js": wrong,
        "codeflow.yml": 'commands: { deny: [dev] }\nrules: { oxlint/use-isnan: "off" }\n',
        "eslint.config.js": "import fs from 'node:fs'; fs.writeFileSync('owned', ''); export default [];\n",
        ".codeflow/workflows/pr-comment-handler.yml": handler,
      },
    });
    const pull = repository.openPull({ head: "evil", base: "main", title: "x", as: "stranger", from: fork });
    const said = await say(pull, "dev", "/codeflow check");
    expect(said).toMatchObject({ code: 0, reactions: eyes, answers: [expect.stringContaining("**failed**")] });
    const accepted = await say(pull, "dev", "/codeflow ignore oxlint/use-isnan seen and known");
    expect(accepted.answers).toEqual([expect.stringContaining("The check: passed.")]);
    // Who opened it answers in our thread, and edits what is theirs: nothing of it counts.
    const own = await say(pull, "stranger", "/codeflow ignore oxlint/use-isnan mine");
    expect(own).toMatchObject({ answers: [], reactions: [expect.stringMatching(/-1/)] });
    const fixed = await say(pull, "dev", "/codeflow fix");
    expect(fixed.answers).toEqual([expect.stringContaining("its branch belongs to a fork")]);
    expect(pull.view().checks.at(-1)).toMatchObject({ conclusion: "success", title: "Nothing new, 1 accepted" });
  }, 180_000);

  it("killed before its answer and resumed, it has one answer and one reaction", async () => {
    const { pull } = open();
    const { id } = pull.comment("dev", "/codeflow ignore oxlint/use-isnan on purpose");
    const at = await runnersCheckout();
    const child = spawn(process.execPath, [program, ...eventFile("issue_comment", id)], {
      cwd: at,
      env: environment(),
    });
    const ended = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
    const stop = server.requests.watch(({ method, path }) => {
      // The answer, or the summary before it: whatever is written first in the conversation.
      if (method === "POST" && path.endsWith(`/issues/${pull.number}/comments`)) child.kill("SIGKILL");
    });
    expect(await ended).toBe("SIGKILL");
    stop();
    const resumed = await codeflow(at, ["run", "--resume", "last"]);
    expect(resumed.text).toContain("succeeded");
    expect(page(pull, id)).toMatchObject({ reactions: eyes, answers: [expect.stringContaining("The check: passed.")] });
    const summaries = pull.view().comments.filter(({ body }) => body.includes("codeflow-state"));
    expect(summaries).toHaveLength(1);
    // Delivered once more instead of resumed: done is done.
    const before = pull.view();
    await deliver(pull, id);
    expect(pull.view()).toEqual(before);
  }, 120_000);
});
