/** Runs the result cache contract over every implementation. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import type { Log } from "../../src/model/system.ts";
import { memoryCache } from "../../src/store/memory-cache.ts";
import { openResultCache } from "../../src/store/result-cache.ts";
import { resultCacheContract } from "./result-cache.ts";

const directories: string[] = [];
const warnings: string[] = [];
const log: Log = { warn: (message) => warnings.push(message), info: () => undefined, debug: () => undefined };
const lastDirectory = (): string => directories.at(-1) ?? "";

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  expect(warnings).toEqual([]);
});

resultCacheContract("memory", { open: (now) => memoryCache(now) });
resultCacheContract("SQLite", {
  open(now) {
    directories.push(mkdtempSync(join(tmpdir(), "codeflow-cache-")));
    return openResultCache(lastDirectory(), { log, now });
  },
  reopen: (now) => openResultCache(lastDirectory(), { log, now }),
});
