/** Runs the history contract over every implementation. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openHistory } from "../../src/store/history.ts";
import { historyStoreContract } from "./history-store.ts";

const root = mkdtempSync(join(tmpdir(), "codeflow-history-"));
let count = 0;
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

historyStoreContract("SQLite", () =>
  openHistory(join(root, String(count++), "history.db"), {
    log: { warn: () => undefined, info: () => undefined, debug: () => undefined },
    clock: { now: () => new Date("2026-03-20T00:00:00Z") },
  }),
);
