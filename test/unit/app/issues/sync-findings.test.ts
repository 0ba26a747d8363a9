/** A tracker in step with findings: made once, kept up to date, closed when gone, people respected. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { syncFindings, type SyncRequest } from "../../../../src/app/issues/sync-findings.ts";
import { openConfiguredTracker } from "../../../../src/app/compose.ts";
import { findPlace } from "../../../../src/app/place.ts";
import { syncIssues } from "../../../../src/app/sync-issues.ts";
import { defaultConfig } from "../../../../src/config/defaults.ts";
import type { Config } from "../../../../src/model/config.ts";
import type { Finding } from "../../../../src/model/finding.ts";
import type { IssueLedger } from "../../../../src/model/issue-ledger.ts";
import { openIssues } from "../../../../src/store/issues.ts";
import { exampleFinding, exampleRun } from "../../../contract/example-run.ts";
import { createFakeTracker, type FakeTracker } from "../../../contract/fakes/tracker.ts";
import { temporaryRepository } from "../temporary-repository.ts";

const at = "2026-01-01T00:00:00.000Z";

function findingsOf(rule: string, number: number): Finding[] {
  return Array.from({ length: number }, (_, index) => ({
    ...exampleFinding(`${rule}-${index}`, { path: `src/f${index}.py` }),
    rule,
  }));
}

describe("syncFindings", () => {
  let folder: string;
  let ledger: IssueLedger;
  let tracker: FakeTracker;
  const open = (): Promise<IssueLedger> =>
    openIssues(join(folder, "history.db"), { clock: { now: () => new Date(at) } });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "codeflow-issues-"));
    ledger = await open();
    tracker = createFakeTracker({ people: ["octocat"] });
  });
  afterEach(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function sync(findings: readonly Finding[], change: Partial<SyncRequest> = {}) {
    const synced = await syncFindings({
      run: exampleRun({ at, findings }),
      isWhole: true,
      settings: defaultConfig.issues,
      tracker,
      ledger,
      dryRun: false,
      packageOf: () => ".",
      assigneesOf: async () => ["octocat"],
      ...change,
    });
    return synced.map(({ key, outcome }) => `${outcome} ${key.replace("findings/", "")}`);
  }

  it("opens one issue for a group, keeps it up to date and closes it when it is gone", async () => {
    expect(await sync(findingsOf("ruff/A", 4))).toEqual(["created rule/ruff/A"]);
    expect(tracker.state.issues[0]).toMatchObject({
      labels: ["codeflow", "correctness"],
      assignees: ["octocat"],
      priority: "medium",
    });
    const writes = tracker.state.writes.length;
    expect(await sync(findingsOf("ruff/A", 4))).toEqual(["unchanged rule/ruff/A"]);
    expect(tracker.state.writes).toHaveLength(writes);
    expect(await sync(findingsOf("ruff/A", 1))).toEqual(["updated rule/ruff/A"]);
    expect(await sync([])).toEqual(["closed rule/ruff/A"]);
    expect(await ledger.issues()).toMatchObject([{ state: "closed", reason: "completed", externalId: "1" }]);
    expect(await sync([])).toEqual([]);
    expect(await sync(findingsOf("ruff/A", 4))).toEqual(["reopened rule/ruff/A"]);
    expect(tracker.state.issues).toHaveLength(1);
    const [entry] = await ledger.issues();
    expect(entry).toMatchObject({ state: "open" });
    expect(entry?.closedAt).toBeUndefined();
  });

  it("makes few issues of 500 findings", async () => {
    const findings = Array.from({ length: 50 }, (_, index) => findingsOf(`ruff/R${index}`, 10)).flat();
    await sync(findings);
    expect(tracker.state.issues).toHaveLength(10);
    const writes = tracker.state.writes.length;
    await sync(findings);
    expect(tracker.state.writes).toHaveLength(writes);
  });

  it.each(["not-planned", "duplicate"] as const)("respects a person's %s", async (closedAs) => {
    await sync(findingsOf("ruff/A", 4));
    Object.assign(tracker.state.issues[0] ?? {}, { state: "closed", closedAs, closedBy: "octocat" });
    for (const number of [5, 1, 6]) {
      expect(await sync(findingsOf("ruff/A", number))).toEqual(["declined rule/ruff/A"]);
    }
    expect(tracker.state.issues).toHaveLength(1);
    expect(tracker.state.issues[0]).toMatchObject({ state: "closed", closedAs });
    expect(await ledger.issues()).toMatchObject([{ state: "closed", reason: closedAs }]);
  });

  it("puts nobody back whom a person took away, and asks again when it comes back", async () => {
    await sync(findingsOf("ruff/A", 4));
    const [issue] = tracker.state.issues;
    Object.assign(issue ?? {}, { assignees: [] });
    await sync(findingsOf("ruff/A", 5));
    expect(issue?.assignees).toEqual([]);
    await sync([]);
    await sync(findingsOf("ruff/A", 5));
    expect(issue?.assignees).toEqual(["octocat"]);
  });

  it("does nothing in a dry run, and says what it would do", async () => {
    expect(await sync(findingsOf("ruff/A", 4), { dryRun: true })).toEqual(["created rule/ruff/A"]);
    expect(tracker.state.writes).toEqual([]);
    expect(await ledger.issues()).toEqual([]);
    await sync(findingsOf("ruff/A", 4));
    const writes = [...tracker.state.writes];
    expect(await sync(findingsOf("ruff/A", 4), { dryRun: true })).toEqual(["unchanged rule/ruff/A"]);
    expect(await sync(findingsOf("ruff/A", 5), { dryRun: true })).toEqual(["updated rule/ruff/A"]);
    expect(await sync([], { dryRun: true })).toEqual(["closed rule/ruff/A"]);
    expect(tracker.state.writes).toEqual(writes);
  });

  it("makes no second issue when it was cut off, before or after the tracker did its work", async () => {
    for (const when of ["before", "after"]) {
      const broken: typeof tracker.ensureIssue = async (draft) => {
        if (when === "after") await tracker.ensureIssue(draft);
        throw new Error("cut off");
      };
      await expect(sync(findingsOf("ruff/A", 4), { tracker: { ...tracker, ensureIssue: broken } })).rejects.toThrow(
        "cut off",
      );
      expect(await ledger.issues()).toMatchObject([{ state: "pending", externalId: "" }]);
    }
    expect(await sync(findingsOf("ruff/A", 4))).toEqual(["unchanged rule/ruff/A"]);
    expect(tracker.state.issues).toHaveLength(1);
    expect(await ledger.issues()).toMatchObject([{ state: "open", externalId: "1" }]);
  });

  it("closes what a cut-off run had opened, and forgets what it had not", async () => {
    for (const [rule, isMade] of [
      ["ruff/A", true],
      ["ruff/B", false],
    ] as const) {
      const broken: typeof tracker.ensureIssue = async (draft) => {
        if (isMade) await tracker.ensureIssue(draft);
        throw new Error("cut off");
      };
      const only = { tracker: { ...tracker, ensureIssue: broken } };
      await expect(sync(findingsOf(rule, 4), only)).rejects.toThrow("cut off");
    }
    expect(await sync([])).toEqual(["closed rule/ruff/A"]);
    expect(await ledger.issues()).toMatchObject([{ group: "findings/rule/ruff/A", state: "closed" }]);
  });

  it("knows its issues again without the ledger", async () => {
    await sync(findingsOf("ruff/A", 4));
    for (const entry of await ledger.issues()) await ledger.remove(entry);
    expect(await sync([])).toEqual(["closed rule/ruff/A"]);
    expect(await ledger.issues()).toMatchObject([{ state: "closed" }]);
  });

  it.each([
    ["a part only", { isWhole: false }, {}],
    ["its analyzer failed", {}, { status: "failed" }],
    ["its analyzer did not run", {}, { id: "other" }],
    ["a file of it could not be judged", {}, { skippedFiles: [{ path: "src/f2.py", reason: "too large" }] }],
  ] as const)("closes nothing when the check saw %s", async (_what, change, analyzer) => {
    await sync(findingsOf("ruff/A", 4));
    const run = exampleRun({ at, analyzers: [analyzer] });
    expect(await sync([], { run, ...change })).toEqual(["kept rule/ruff/A"]);
    expect(tracker.state.issues[0]?.state).toBe("open");
    const elsewhere = { skippedFiles: [{ path: "dist/all.js", reason: "too large" }] };
    expect(await sync([], { run: exampleRun({ at, analyzers: [elsewhere] }) })).toEqual(["closed rule/ruff/A"]);
  });

  it("moves findings when they are grouped in another way", async () => {
    await sync(findingsOf("ruff/A", 4));
    const settings = { ...defaultConfig.issues, group: "package" as const };
    expect(await sync(findingsOf("ruff/A", 4), { settings })).toEqual(["created package/.", "closed rule/ruff/A"]);
    expect(tracker.state.comments[0]?.body).toContain("grouped in another way");
  });
});

describe("openConfiguredTracker", () => {
  const linear = { ...defaultConfig, issues: { ...defaultConfig.issues, tracker: "linear" as const } };
  const withTeam = { ...linear, issues: { ...linear.issues, linear: { team: "ENG", project: "Quality" } } };
  it("opens what is configured, and says what is missing", async () => {
    const repository = temporaryRepository();
    try {
      const place = await findPlace(repository.world);
      const open = (config: Config, env: Record<string, string>) =>
        openConfiguredTracker({ ...repository.world, env: { ...repository.world.env, ...env } }, place, config);
      await expect(open(defaultConfig, {})).rejects.toMatchObject({ code: "CF431" });
      const github = { GITHUB_TOKEN: "t", GITHUB_REPOSITORY: "octo/demo" };
      expect(await open(defaultConfig, github)).toMatchObject({ id: "github", project: "octo/demo" });
      await expect(open(withTeam, {})).rejects.toMatchObject({ code: "CF432", next: "set LINEAR_API_KEY" });
      await expect(open(linear, { LINEAR_API_KEY: "k" })).rejects.toMatchObject({ code: "CF432" });
      expect(await open(withTeam, { LINEAR_API_KEY: "k" })).toMatchObject({ id: "linear", project: "ENG/Quality" });
    } finally {
      repository.remove();
    }
  });
});

describe("syncIssues", () => {
  it("says the commit, the pull request and the run, and writes no issue anew for another commit", async () => {
    const repository = temporaryRepository({ "a.py": "import os\nimport sys\nimport re\n" });
    try {
      repository.git("remote", "add", "origin", "git@github.com:octo/demo.git");
      const commit = (name: string): void => {
        repository.write(`${name}.txt`, name);
        repository.git("add", ".");
        repository.git("commit", "-qm", name);
      };
      commit("one");
      const head = repository.git("rev-parse", "HEAD").trim();
      const tracker = createFakeTracker();
      const job = {
        GITHUB_ACTIONS: "true",
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_REPOSITORY: "octo/demo",
        GITHUB_REF: "refs/pull/7/merge",
        GITHUB_RUN_ID: "99",
      };
      const world = { ...repository.world, env: { ...repository.world.env, ...job } };
      const request = { dryRun: false, tracker: undefined, group: undefined, noExec: true };
      const outside = { tracker: async () => tracker, host: async () => undefined };
      await syncIssues(request, world, "1.0.0", outside);
      const body = tracker.state.issues[0]?.body ?? "";
      expect(body).toContain(`https://github.com/octo/demo/commit/${head}`);
      expect(body).toContain("https://github.com/octo/demo/pull/7");
      expect(body).toContain("https://github.com/octo/demo/actions/runs/99");
      commit("two");
      const writes = tracker.state.writes.length;
      expect((await syncIssues(request, world, "1.0.0", outside)).issues[0]?.outcome).toBe("unchanged");
      expect(tracker.state.writes).toHaveLength(writes);
    } finally {
      repository.remove();
    }
  });

  it("checks, opens issues with links and owners, and remembers them", async () => {
    const repository = temporaryRepository({
      "a.py": "import os\nimport sys\n",
      "b.py": "import re\n",
      ".github/CODEOWNERS": "*.py @octocat @octo/team\n",
    });
    try {
      repository.git("remote", "add", "origin", "https://github.com/octo/demo.git");
      repository.git("add", ".");
      repository.git("commit", "-qm", "Begin");
      const tracker = createFakeTracker({ people: ["octocat"] });
      const request = { dryRun: false, tracker: undefined, group: undefined, noExec: true };
      const sync = () =>
        syncIssues(request, repository.world, "1.0.0", { tracker: async () => tracker, host: async () => undefined });
      const { issues } = await sync();
      expect(issues.map(({ key, outcome }) => [key, outcome])).toContainEqual(["findings/rule/ruff/F401", "created"]);
      const issue = tracker.state.issues.find(({ title }) => title.includes("F401"));
      const head = repository.git("rev-parse", "HEAD").trim();
      expect(issue?.body).toContain(`https://github.com/octo/demo/blob/${head}/a.py#L1`);
      expect(issue?.assignees).toEqual(["octocat"]);
      repository.write("a.py", "");
      repository.write("b.py", "");
      const after = await sync();
      expect(after.issues.map(({ outcome }) => outcome)).toContain("closed");
    } finally {
      repository.remove();
    }
  });
});
