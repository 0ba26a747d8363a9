/** Schedules without a server: each time is somebody's, once. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { composeWorld } from "../../../src/app/compose.ts";
import { startRun } from "../../../src/app/run-workflow.ts";
import { findDue, takeDue } from "../../../src/app/workflows/due.ts";
import { whyNotStarted } from "../../../src/app/workflows/triggered.ts";
import type { World } from "../../../src/app/world.ts";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "codeflow-due-"));
  execFileSync("git", ["init", "-q", "-b", "main", root]);
  mkdirSync(join(root, ".codeflow/workflows"), { recursive: true });
  workflow(
    "nightly",
    "name: nightly\non:\n  schedule:\n    - cron: '0 3 * * *'\n      timezone: Europe/Berlin\nsteps:\n  - uses: flow.set-output\n    with: { values: { at: 'due ${{ event.scheduled_for }}' } }\n",
  );
  workflow("by-hand", "name: by hand\non: manual\nsteps:\n  - uses: flow.log\n    with: { message: x }\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function workflow(name: string, text: string): void {
  writeFileSync(join(root, ".codeflow/workflows", `${name}.yml`), text);
}

function at(now: string): World {
  return {
    ...composeWorld({
      cwd: root,
      env: { PATH: process.env["PATH"], HOME: root },
      cores: 2,
      signal: new AbortController().signal,
      write: () => undefined,
      quiet: true,
      verbose: false,
    }),
    clock: { now: () => new Date(now), monotonic: () => performance.now() },
  };
}

describe("findDue", () => {
  it("begins with the first look, gives each time to one taker, and counts what was missed", async () => {
    expect(await findDue(at("2026-11-20T12:00:00Z"), false)).toEqual({
      due: [],
      begun: [{ workflow: "nightly", cron: "0 3 * * *" }],
      broken: [],
    });
    expect((await findDue(at("2026-11-21T01:59:59Z"), false)).due).toEqual([]);
    const schedule = { cron: "0 3 * * *", timezone: "Europe/Berlin" };
    const run = { workflow: "nightly", ...schedule, scheduledFor: "2026-11-21T02:00:00.000Z", missed: 0 };
    // Looking takes nothing.
    expect((await findDue(at("2026-11-21T02:00:00Z"), true)).due).toEqual([run]);
    expect((await findDue(at("2026-11-21T02:00:00Z"), false)).due).toEqual([run]);
    const taken = await Promise.all([1, 2, 3].map(async () => takeDue(run, at("2026-11-21T02:00:00Z"))));
    expect(taken.toSorted()).toEqual([false, false, true]);
    expect((await findDue(at("2026-11-21T23:00:00Z"), false)).due).toEqual([]);
    expect((await findDue(at("2026-11-24T12:00:00Z"), false)).due).toEqual([
      { ...run, scheduledFor: "2026-11-24T02:00:00.000Z", missed: 2 },
    ]);
  });

  it("tells a file with mistakes, and looks at the others", async () => {
    await findDue(at("2026-11-20T12:00:00Z"), false);
    workflow("broken", "name: broken\non:\n  schedule:\n    - cron: 'never'\nsteps: []\n");
    const { due, broken } = await findDue(at("2026-11-21T12:00:00Z"), false);
    expect(due.map(({ workflow: name }) => name)).toEqual(["nightly"]);
    expect(broken.map(({ message }) => message)).toEqual([expect.stringMatching(/broken\.yml has \d mistake/)]);
  });

  it("starts the run with the time that it is for", async () => {
    const world = at("2026-11-21T12:00:00Z");
    const due = { cron: "0 3 * * *", scheduledFor: "2026-11-21T02:00:00.000Z" };
    const request = { workflow: "nightly", inputs: {}, event: { due } };
    expect(await whyNotStarted(request, world)).toBeUndefined();
    const { record, steps } = await startRun(request, world, "1");
    expect(record).toMatchObject({ trigger: "schedule", status: "succeeded" });
    expect(JSON.stringify(steps)).toContain("due 2026-11-21T02:00:00.000Z");
    const other = { ...request, event: { due: { ...due, cron: "5 5 * * *" } } };
    expect(await whyNotStarted(other, world)).toEqual([expect.stringContaining("the time is one of 5 5 * * *")]);
  });
});
