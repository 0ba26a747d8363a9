/** Runs the run store contract over every implementation. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openRuns } from "../../src/store/runs.ts";
import { memoryRuns } from "./fakes/memory-runs.ts";
import { runStoreContract } from "./run-store.ts";

const root = mkdtempSync(join(tmpdir(), "codeflow-runs-"));
let count = 0;
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

runStoreContract("memory", async (now) => memoryRuns({ now }));
runStoreContract("SQLite", (now) => openRuns(join(root, String(count++), "history.db"), { clock: { now } }));
