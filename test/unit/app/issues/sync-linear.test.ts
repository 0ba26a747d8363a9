/** Findings as issues of a Linear that drops what is hidden in descriptions, with and without the ledger. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { syncFindings } from "../../../../src/app/issues/sync-findings.ts";
import { defaultConfig } from "../../../../src/config/defaults.ts";
import { createLinearTracker } from "../../../../src/integrations/linear/index.ts";
import { openIssues } from "../../../../src/store/issues.ts";
import { exampleFinding, exampleRun } from "../../../contract/example-run.ts";
import { startLinear } from "../../../linear/server.ts";

const at = "2026-01-01T00:00:00.000Z";
const log = { warn: () => undefined, info: () => undefined, debug: () => undefined };

async function stage() {
  const linear = await startLinear({ dropsComments: true });
  const folder = mkdtempSync(join(tmpdir(), "codeflow-linear-"));
  onTestFinished(async () => {
    await linear.close();
    rmSync(folder, { recursive: true, force: true });
  });
  /** As a process of its own; `machine`: whose ledger. */
  const sync = async (findings: number, machine = "one") => {
    const tracker = createLinearTracker({ apiKey: "key", team: "ENG", apiUrl: linear.url, log, second: 1 });
    const ledger = await openIssues(join(folder, `${machine}.db`), { clock: { now: () => new Date(at) } });
    try {
      const synced = await syncFindings({
        run: exampleRun({
          at,
          findings: Array.from({ length: findings }, (_, index) =>
            exampleFinding(`f${index}`, { path: `${index}.py` }),
          ),
        }),
        isWhole: true,
        settings: defaultConfig.issues,
        tracker,
        ledger,
        dryRun: false,
        packageOf: () => ".",
      });
      return synced.map(({ outcome, id }) => `${outcome} ${id}`);
    } finally {
      await ledger.close();
    }
  };
  return { linear, sync };
}

it("keeps one issue over processes and machines, and closes it when nothing is left", async () => {
  const { linear, sync } = await stage();
  expect(await sync(4)).toEqual(["created ENG-1"]);
  expect(await sync(4)).toEqual(["unchanged ENG-1"]);
  expect(await sync(5, "two")).toEqual(["updated ENG-1"]);
  expect(await sync(0, "three")).toEqual(["closed ENG-1"]);
  expect(await sync(4, "four")).toEqual(["reopened ENG-1"]);
  expect(linear.issues).toHaveLength(1);
});

it("makes no second issue when it was cut off between the issue and its attachment", async () => {
  const { linear, sync } = await stage();
  // The label, the issue, then nothing more.
  linear.fail(true, "pass", "pass", "pass", "broken", "broken", "broken");
  await expect(sync(4)).rejects.toMatchObject({ code: "CF705" });
  expect([linear.issues.length, linear.attachments.length]).toEqual([1, 0]);
  expect(await sync(4)).toEqual(["unchanged ENG-1"]);
  expect([linear.issues.length, linear.attachments.length]).toEqual([1, 1]);
});

it("never reopens what a person does not want, whoever asks", async () => {
  const { linear, sync } = await stage();
  await sync(4);
  linear.as("octocat", () => linear.change(linear.find("ENG-1"), { stateId: "state-canceled" }));
  for (const machine of ["one", "two"]) expect(await sync(6, machine)).toEqual(["declined ENG-1"]);
  expect(linear.issues).toHaveLength(1);
});
