/** Runs by hand in a real repository: plan, run, wait, decide, retry, cancel, look back. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { composeWorld } from "../../../src/app/compose.ts";
import {
  cancelRun,
  decideRun,
  listRuns,
  planRun,
  resumeRun,
  resumeDecided,
  retryRun,
  type RunRequest,
  showRun,
  startRun,
} from "../../../src/app/run-workflow.ts";
import type { World } from "../../../src/app/world.ts";
import type { WorkflowEvent } from "../../../src/model/workflow-run.ts";

const root = mkdtempSync(join(tmpdir(), "codeflow-run-"));
const told: string[] = [];
const world = (more: Partial<World> = {}): World => ({
  ...composeWorld({
    cwd: root,
    env: { PATH: process.env["PATH"], HOME: root, TOKEN: "s3cr3t-t0ken", OTHER: "0ther" },
    cores: 2,
    signal: new AbortController().signal,
    write: (text) => told.push(text),
    quiet: false,
    verbose: false,
  }),
  ...more,
});
const request = (
  workflow: string,
  inputs: Record<string, string> = {},
  event: RunRequest["event"] = {},
): RunRequest => ({
  workflow,
  inputs,
  event,
});

function workflow(name: string, text: string): void {
  writeFileSync(join(root, ".codeflow/workflows", `${name}.yml`), `name: ${name}\non: manual\n${text}`);
}

beforeAll(() => {
  execFileSync("git", ["init", "-q", "-b", "main", root]);
  mkdirSync(join(root, ".codeflow/workflows"), { recursive: true });
  workflow(
    "greet",
    `inputs:
  who: { type: string, default: world }
secrets: [TOKEN]
outputs:
  said: \${{ steps.say.outputs.text }} on \${{ repo.branch }}
steps:
  - id: say
    run: |
      echo "$TOKEN\${OTHER-}"
      echo "text=hi $WHO" >> "$CODEFLOW_OUTPUT"
    env: { WHO: "\${{ inputs.who }}", TOKEN: "\${{ secrets.TOKEN }}" }
  - uses: flow.log
    with: { message: "\${{ steps.say.outputs.text }}" }
`,
  );
  workflow(
    "ask",
    `steps:
  - id: before
    run: echo x >> before.txt
  - id: ask
    uses: flow.approval
    with: { prompt: Sure?, approvers: [octocat] }
  - id: after
    run: echo "\${BY}" > after.txt
    env: { BY: "\${{ steps.ask.outputs.approved-by }}" }
`,
  );
  workflow("outer", "steps:\n  - id: inner\n    workflow: ask\n");
  workflow(
    "meanwhile",
    `steps:
  - id: long
    run: until test -e approved.txt; do sleep 0.05; done
    timeout: 60
  - id: ask
    needs: []
    uses: flow.approval
    with: { prompt: Sure? }
  - id: after
    needs: [ask]
    run: touch approved.txt
`,
  );
  workflow("flaky", "steps:\n  - id: once\n    run: echo 1 >> once.txt\n  - id: bad\n    run: test -e mended\n");
  workflow(
    "slow",
    "steps:\n  - id: hang\n    run: sleep 60\n  - id: clean\n    if: always()\n    run: touch cleaned\n",
  );
  workflow("wrong", "steps:\n  - id: a\n    uses: flow.lag\n");
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});
const lines = (name: string): string[] => readFileSync(join(root, name), "utf8").trim().split("\n");

describe.skipIf(process.platform === "win32")("runs by hand", () => {
  it("show what would run and run nothing", async () => {
    const plan = await planRun(request("greet", { who: "you" }), world());
    expect(plan).toMatchObject({ inputs: { who: "you" }, needs: ["repo"], steps: [{ id: "say" }, {}] });
    expect(await listRuns({ limit: 9 }, world())).toEqual([]);
  });

  it("run, keep everything, and hide secrets", async () => {
    const events: WorkflowEvent[] = [];
    const { record, steps } = await startRun(request("greet"), world(), "1", (event) => events.push(event));
    expect(record).toMatchObject({ status: "succeeded", outputs: { said: "hi world on main" } });
    expect(steps.map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    const shown = await showRun("last", undefined, world());
    expect(shown.logs.map(({ text }) => text)).toEqual(["***", "hi world"]);
    expect(shown.summary).toBe("");
    expect(events.at(-1)).toMatchObject({ type: "run-finished", status: "succeeded" });
    expect((await showRun(record.id.slice(0, 20), "say", world())).logs).toHaveLength(1);
  });

  it("say all that is wrong before anything runs", async () => {
    await expect(startRun(request("wrong"), world(), "1")).rejects.toMatchObject({
      diagnostics: [expect.objectContaining({ severity: "error", line: 5 })],
    });
    await expect(startRun(request("greet", { whom: "x" }), world(), "1")).rejects.toMatchObject({ code: "CF531" });
    await expect(startRun(request("none"), world(), "1")).rejects.toMatchObject({ code: "CF450" });
    await expect(showRun("none", undefined, world())).rejects.toMatchObject({ code: "CF543" });
  });

  it.each([["ask"], ["outer"]])("wait for a decision of those who may decide: %s", async (name) => {
    for (const file of ["before.txt", "after.txt"]) rmSync(join(root, file), { force: true });
    const { record, waits } = await startRun(request(name), world(), "1");
    expect(record.status).toBe("waiting");
    expect(waits).toMatchObject([{ kind: "approval", prompt: "Sure?" }]);
    const decide = (by: string) => decideRun(waits[0]?.run ?? "", { approved: true, by }, world());
    await expect(decide("stranger")).rejects.toMatchObject({ code: "CF541" });
    const { root: top } = await decide("octocat");
    expect(top).toBe(record.id);
    await expect(decide("octocat")).rejects.toMatchObject({ code: "CF539" });
    expect((await resumeRun(top, world(), "1")).record.status).toBe("succeeded");
    expect([lines("before.txt"), lines("after.txt")]).toEqual([["x"], ["octocat"]]);
  });

  it("see a decision while other steps still run, and need nobody to resume them", async () => {
    const events: WorkflowEvent[] = [];
    const running = startRun(request("meanwhile"), world(), "1", (event) => events.push(event));
    await expect.poll(() => events.some(({ type }) => type === "step-waiting"), { timeout: 20_000 }).toBe(true);
    const id = events[0]?.run ?? "";
    await decideRun(id, { approved: true, by: "octocat" }, world());
    expect(await resumeDecided(id, world(), "1")).toBeUndefined();
    // What follows the decision lets the other script end.
    const { record, steps } = await running;
    expect(record.status).toBe("succeeded");
    expect(steps.map(({ path, status }) => `${path} ${status}`)).toEqual([
      "long succeeded",
      "ask succeeded",
      "after succeeded",
    ]);
  });

  it("are retried from what failed, or from a step", async () => {
    const { record } = await startRun(request("flaky"), world(), "1");
    expect(record).toMatchObject({ status: "failed", error: "bad: the script ended with exit code 1" });
    writeFileSync(join(root, "mended"), "");
    const again = await retryRun(record.id, undefined, world(), "1");
    expect(again.record.status).toBe("succeeded");
    expect(again.steps).toMatchObject([{ attempt: 1 }, { attempt: 2, tries: 2 }]);
    expect(lines("once.txt")).toEqual(["1"]);
    await expect(retryRun(record.id, undefined, world(), "1")).rejects.toMatchObject({ code: "CF538" });
    await expect(retryRun(record.id, "none", world(), "1")).rejects.toMatchObject({ code: "CF537" });
    await retryRun(record.id, "once", world(), "1");
    expect(lines("once.txt")).toEqual(["1", "1"]);
  });

  it("are cancelled from the keyboard and from elsewhere, children too", async () => {
    for (const how of ["signal", "request"]) {
      rmSync(join(root, "cleaned"), { force: true });
      const stop = new AbortController();
      const running = startRun(request("slow"), world({ signal: stop.signal }), "1", (event) => {
        if (event.type !== "step-started" || event.step.path !== "hang") return;
        if (how === "signal") setTimeout(() => stop.abort(), 200);
        else setTimeout(() => void cancelRun(event.run, "octocat", world()), 200);
      });
      const { record, steps } = await running;
      expect(record.error).toBe(`cancelled by ${how === "signal" ? "Ctrl-C" : "octocat"}`);
      expect(steps.map(({ status }) => status)).toEqual(["cancelled", "succeeded"]);
      expect(existsSync(join(root, "cleaned"))).toBe(true);
      expect(await cancelRun(record.id, "octocat", world())).toMatchObject({ status: "cancelled" });
    }
  });

  it("of a fork's pull request execute nothing", async () => {
    const repository = { full_name: "o/r", name: "r", owner: { login: "o" } };
    const head = { ref: "x", sha: "a".repeat(40), repo: { full_name: "evil/r" } };
    const pull = { number: 7, head, base: { ref: "main", sha: "b".repeat(40), repo: repository }, labels: [] };
    writeFileSync(join(root, "event.json"), JSON.stringify({ action: "opened", pull_request: pull, repository }));
    const { record } = await startRun(request("flaky", {}, { file: "event.json" }), world(), "1");
    expect(record).toMatchObject({ trigger: "pull_request", status: "failed" });
    expect(record.error).toMatch(/run: is refused/);
  });

  it("take events as they are delivered, and say which they cannot take", async () => {
    writeFileSync(join(root, "odd.json"), "[]");
    writeFileSync(join(root, "empty.json"), "{}");
    const planned = (event: RunRequest["event"]) => planRun(request("greet", {}, event), world());
    await expect(planned({ file: "odd.json" })).rejects.toMatchObject({ code: "CF534" });
    await expect(planned({ file: "absent.json" })).rejects.toMatchObject({ code: "CF534" });
    await expect(planned({ file: "empty.json", name: "star" })).rejects.toMatchObject({ code: "CF534" });
    await expect(planned({ name: "push" })).rejects.toMatchObject({ code: "CF532" });
    await expect(planned({ pullRequest: "7" })).rejects.toMatchObject({ code: "CF533" });
    expect((await planned({ file: "empty.json" })).event.name).toBe("manual");
    expect((await planned({ pullRequest: "o/r#7" })).event.pullRequest).toEqual({ number: 7 });
  });
});
