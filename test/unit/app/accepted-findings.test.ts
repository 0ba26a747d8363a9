/** What `/codeflow ignore` accepted: kept over pushes, told every time, believed on the word of a permitted person only. */
import { describe, expect, it } from "vitest";
import { withoutAccepted } from "../../../src/app/accepted-findings.ts";
import { publishRun } from "../../../src/app/publish-run.ts";
import { createGithubHost } from "../../../src/integrations/github/index.ts";
import { commandKey, readAcceptance, writeAcceptance } from "../../../src/model/acceptance.ts";
import type { CheckRun } from "../../../src/model/check-run.ts";
import { exampleFinding, exampleRun } from "../../contract/example-run.ts";
import { quickOptions } from "../../contract/github-stage.ts";
import { startGithub } from "../../github/scene.ts";
import { lines, requestOf } from "../../robustness/publish-scene.ts";

const [first, second] = ["1".repeat(32), "2".repeat(32)] as const;
const rule = "ruff/rule";
const hunk = { oldStart: 1, oldLines: 100, newStart: 1, newLines: 100, lines: [] };

async function scene(config?: string) {
  const github = await startGithub();
  const repository = github.addRepository({
    owner: "ada",
    name: "shop",
    files: { "a.ts": lines(100), ...(config === undefined ? {} : { "codeflow.yml": config }) },
    collaborators: { ben: "write" },
  });
  repository.commit({ branch: "topic", files: { "a.ts": lines(100, { 50: "50", 60: "60" }) } });
  const pull = repository.openPull({ head: "topic" });
  const host = createGithubHost(quickOptions(github, "ada/shop", github.installationToken("ada/shop")));
  const errors = (...fingerprints: readonly string[]): CheckRun => {
    const findings = fingerprints.map((fingerprint) =>
      exampleFinding(fingerprint, {
        fingerprint,
        path: "a.ts",
        line: fingerprint === first ? 50 : 60,
        severity: "error",
      }),
    );
    const condition = { metric: "findings", of: "new", where: { severity: "error" }, max: 0 } as const;
    const run = exampleRun({ at: "2026-01-01T00:00:00.000Z", head: pull.headSha(), findings });
    const conditions = [{ condition, value: findings.length, held: findings.length === 0 }];
    return { ...run, verdict: { ...run.verdict, conditions } };
  };
  const publish = async (run: CheckRun) => {
    const file = {
      path: "a.ts",
      status: "modified",
      additions: 2,
      deletions: 2,
      isBinary: false,
      hunks: [hunk],
    } as const;
    const change = { base: pull.baseSha(), head: pull.headSha(), files: [file], gaps: [] };
    const outcome = await publishRun(requestOf(host, { pullRequest: pull.number, run, sha: pull.headSha(), change }));
    if (outcome.status !== "published") throw new Error(outcome.reason);
    return outcome.publication;
  };
  /** A command and our answer to it, as the action leaves them. */
  const accept = async (as: string, body: string, fingerprints: readonly string[] = [first]) => {
    const { id } = pull.comment(as, body);
    const record = writeAcceptance({ command: id, rule, fingerprints });
    await host.ensureComment(pull.number, commandKey(id), `Accepted.\n${record}`);
    return id;
  };
  const summary = (): string => pull.view().comments.find(({ body }) => body.includes("codeflow-state"))?.body ?? "";
  return { github, repository, pull, host, errors, publish, accept, summary };
}

describe("accepted findings", () => {
  it("are out of verdict and diff from then on, told with who and why, and back when the command is deleted", async () => {
    const { repository, pull, errors, publish, accept, summary } = await scene();
    expect((await publish(errors(first))).verdict).toBe("failed");
    const command = await accept("ben", `/codeflow ignore ${rule} it is a *sample* @ada`);
    for (let time = 0; time < 2; time++) {
      expect(await publish(errors(first))).toMatchObject({ verdict: "passed", counts: { new: 0, accepted: 1 } });
      const [thread, ...others] = pull.view().threads;
      expect(others).toEqual([]);
      expect(thread?.resolvedBy).toBe("github-actions[bot]");
      expect(thread?.comments[0]?.body).toContain("Accepted by `ben`: it is a \\*sample\\* @\u200bada");
      expect(summary()).toContain(
        "1 finding accepted in comments, not counted:\n- `ruff/rule` at `a.ts:50`, by [ben](",
      );
      expect(pull.view().checks.at(-1)).toMatchObject({ conclusion: "success", title: "Nothing new, 1 accepted" });
    }
    // A push does not forget it, and does not stretch it to what came later.
    repository.commit({ branch: "topic", files: { "b.ts": "b\n" } });
    expect(await publish(errors(first, second))).toMatchObject({ verdict: "failed", counts: { new: 1, accepted: 1 } });
    pull.deleteComment(command);
    expect(await publish(errors(first, second))).toMatchObject({ verdict: "failed", counts: { new: 2, accepted: 0 } });
    expect(pull.view().threads.map(({ resolvedBy }) => resolvedBy)).toEqual([undefined, undefined]);
    expect(pull.view().threads[0]?.comments[0]?.body).not.toContain("Accepted");
    expect(summary()).not.toContain("accepted");
  });

  it("stay open where a person opens the thread again", async () => {
    const { pull, errors, publish, accept } = await scene();
    await publish(errors(first));
    await accept("ben", `/codeflow ignore ${rule} a sample`);
    await publish(errors(first));
    const [thread] = pull.view().threads;
    pull.unresolve("ben", thread?.id ?? 0);
    await publish(errors(first));
    expect(pull.view().threads[0]?.resolvedBy).toBeUndefined();
  });

  it("in a thread are that finding alone, and close it though a person wrote there", async () => {
    const { pull, host, errors, publish } = await scene();
    await publish(errors(first, second));
    const thread = pull.view().threads.find(({ line }) => line === 50);
    const said = thread?.comments[0]?.id ?? 0;
    const { id } = pull.reply("ben", said, "/codeflow ignore made for the tests");
    // A record that claims more than its thread is about is none.
    const claim = (...fingerprints: readonly string[]) =>
      host.ensureReply(pull.number, said, commandKey(id), writeAcceptance({ command: id, rule, fingerprints }));
    await claim(first, second);
    expect((await publish(errors(first, second))).counts).toMatchObject({ new: 2, accepted: 0 });
    await claim(first);
    expect((await publish(errors(first, second))).counts).toMatchObject({ new: 1, accepted: 1 });
    const resolved = pull.view().threads.map(({ line, resolvedBy }) => [line, resolvedBy !== undefined]);
    expect(resolved.sort()).toEqual([
      [50, true],
      [60, false],
    ]);
  });

  it.each<[string, (given: Awaited<ReturnType<typeof scene>>) => Promise<unknown>]>([
    ["a stranger's command", ({ accept }) => accept("eve", `/codeflow ignore ${rule} trust me`)],
    [
      "a command that was edited into another",
      async ({ accept, pull }) =>
        pull.editComment(await accept("ben", `/codeflow ignore ${rule} x`), "/codeflow ignore other/rule x"),
    ],
    ["a command in a fence", ({ accept }) => accept("ben", `\`\`\`\n/codeflow ignore ${rule} x\n\`\`\``)],
    [
      "a record that is in no answer",
      ({ pull, host }) => {
        const { id } = pull.comment("ben", `/codeflow ignore ${rule} x`);
        const record = writeAcceptance({ command: id, rule, fingerprints: [first] });
        return host.ensureComment(pull.number, "welcome", `Thanks for "${record}"`);
      },
    ],
    [
      "a record that somebody else wrote",
      async ({ pull }) => {
        const { id } = pull.comment("ben", `/codeflow ignore ${rule} x`);
        const record = writeAcceptance({ command: id, rule, fingerprints: [first] });
        pull.comment("eve", `<!-- codeflow:comment command/${id} -->\n${record}`);
      },
    ],
    [
      "a record of another rule",
      async ({ pull, host }) => {
        const { id } = pull.comment("ben", "/codeflow ignore other/rule x");
        const record = writeAcceptance({ command: id, rule, fingerprints: [first] });
        await host.ensureComment(pull.number, commandKey(id), record);
      },
    ],
  ])("are not %s", async (_what, act) => {
    const given = await scene();
    await act(given);
    expect(await given.publish(given.errors(first))).toMatchObject({ verdict: "failed", counts: { accepted: 0 } });
  });

  it("are of the rule that the command names, whatever fingerprints a record has", async () => {
    const { errors, publish, accept } = await scene();
    await accept("ben", `/codeflow ignore ${rule} a sample`, [first, second]);
    const run = errors(first, second);
    const findings = run.findings.map((one) => (one.fingerprint === second ? { ...one, rule: "secrets/key" } : one));
    expect(await publish({ ...run, findings })).toMatchObject({ verdict: "failed", counts: { new: 1, accepted: 1 } });
  });

  it.each([
    ["denies", "commands: { deny: [Ben] }\n", 0],
    ["allows others", "commands: { allow: [ada] }\n", 0],
    ["allows", "commands: { allow: [ben] }\n", 1],
    ["cannot be understood", "commands: { dney: [ben] }\n", 0],
  ])("ask the base branch, which %s", async (_what, config, accepted) => {
    const { repository, errors, publish, accept } = await scene(config);
    // What the pull request makes of it does not count.
    repository.commit({ branch: "topic", files: { "codeflow.yml": "commands: { allow: [ben] }\n" } });
    await accept("ben", `/codeflow ignore ${rule} a sample`);
    expect((await publish(errors(first))).counts.accepted).toBe(accepted);
  });

  it("end with the permission of who accepted them", async () => {
    const { github, errors, publish, accept } = await scene();
    await accept("ben", `/codeflow ignore ${rule} a sample`);
    expect((await publish(errors(first))).counts.accepted).toBe(1);
    for (const { collaborators } of github.world.repositories.values()) collaborators.clear();
    expect((await publish(errors(first))).counts.accepted).toBe(0);
  });

  it("cost a quiet pull request nothing", async () => {
    const { github, errors, publish } = await scene();
    await publish(errors(first));
    expect(github.requests.all().some(({ path }) => /permission|contents/.test(path))).toBe(false);
  });
});

it("what could not be judged stays so without the accepted findings", () => {
  const finding = exampleFinding("x", { fingerprint: first, severity: "error" });
  const run = exampleRun({ at: "2026-01-01T00:00:00.000Z", findings: [finding] });
  const reasons = [{ kind: "incomplete" as const, message: "ruff crashed" }];
  const judged = withoutAccepted(
    { ...run, verdict: { ...run.verdict, reasons } },
    new Map([[first, { fingerprint: first, rule, by: "ben", reason: "r" }]]),
  );
  expect(judged.verdict).toMatchObject({ status: "incomplete", reasons });
  expect(judged.summary).toMatchObject({ new: 0, suppressed: 1 });
});

it("a record survives its own text and nothing else", () => {
  const record = { command: 7, rule: "a/b--> -- <x>", fingerprints: [first, second] };
  expect(writeAcceptance(record).match(/-->/g)).toHaveLength(1);
  expect(readAcceptance(`x\n${writeAcceptance(record)}\ny`)).toEqual(record);
  for (const text of [
    "",
    "<!-- codeflow-accepted -->",
    "<!-- codeflow-accepted [1,7] -->",
    "<!-- codeflow-accepted {x -->",
  ]) {
    expect(readAcceptance(text)).toBeUndefined();
  }
});
