/** Whatever is wrong with the history: a warning, the same verdict, the same exit code. */
import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { mountSmall } from "../unit/project/write-back/repository.ts";
import { openHistory } from "../../src/store/history.ts";
import { linesOf, Repository, type Report } from "./repository.ts";

const repositories: Repository[] = [];
const mounts: string[] = [];

afterAll(async () => {
  const { execFileSync } = await import("node:child_process");
  for (const mount of mounts) execFileSync("umount", [mount]);
  for (const repository of repositories) repository.remove();
});

/** The verdict fails, so that an exit code of 0 or 3 would show. */
async function create(): Promise<{ repository: Repository; expected: Report }> {
  const repository = new Repository();
  repositories.push(repository);
  repository.commit({ "a.js": "const a = 1;\na = 2;\n", "b.py": "import os\n" });
  const { report, exit } = await repository.check(["--no-cache"]);
  expect(exit).toBe(1);
  rmSync(repository.data, { recursive: true });
  return { repository, expected: report };
}

const spool = (repository: Repository): string => join(repository.data, "spool.jsonl");
const database = (repository: Repository): string => join(repository.data, "history.db");

/** More waits than is left waiting: the next run opens the database. */
function fillSpool(repository: Repository): void {
  const line = readFileSync(spool(repository), "utf8").trim();
  const copies = Array.from({ length: Math.ceil(1_100_000 / line.length) }, (_, i) =>
    line.replace(/"id":"[^"]+"/, () => `"id":"01999999-0000-7000-8000-${i.toString(16).padStart(12, "0")}"`),
  );
  writeFileSync(spool(repository), `${copies.join("\n")}\n`);
}

async function survives(
  repository: Repository,
  expected: Report,
  what: string,
  warnings: { readonly atMost: number; readonly matching?: RegExp },
): Promise<void> {
  rmSync(join(repository.data, "runs"), { recursive: true, force: true });
  const { report, exit, stderr } = await repository.check();
  expect(exit, `${what}: ${stderr}`).toBe(1);
  expect(linesOf(report), what).toEqual(linesOf(expected));
  const lines = stderr.split("\n").filter((line) => line !== "");
  expect(lines.length, `${what}: ${stderr}`).toBeLessThanOrEqual(warnings.atMost);
  for (const line of lines) expect(line).toMatch(/^warning: /);
  if (warnings.matching !== undefined) expect(stderr, what).toMatch(warnings.matching);
}

describe.skipIf(process.platform === "win32")("the history", { concurrent: true }, () => {
  it("with a spool of rubbish, half lines, a folder in its place", async () => {
    const { repository, expected } = await create();
    await repository.check();
    const good = readFileSync(spool(repository), "utf8");
    for (const [what, content] of [
      ["garbage", Buffer.alloc(5_000, 0xf7)],
      ["half a line", good.slice(0, good.length / 2)],
      ["null lines", "null\n{}\n[]\n5\n"],
      ["another version", `${good.replace('"version":1', '"version":99')}\n`],
    ] as const) {
      writeFileSync(spool(repository), content);
      await survives(repository, expected, what, { atMost: 0 });
    }
    fillSpool(repository);
    appendFileSync(spool(repository), '{"version":1,"run":{"schemaVersion":1}}\nhalf a li');
    await survives(repository, expected, "a run without a body", { atMost: 1 });
    rmSync(spool(repository), { force: true });
    mkdirSync(spool(repository));
    await survives(repository, expected, "a folder", { atMost: 1, matching: /not in the history/ });
  });

  it("in a broken database", async () => {
    const { repository, expected } = await create();
    for (const [what, harm] of [
      ["garbage", () => writeFileSync(database(repository), Buffer.alloc(60_000, 0x41))],
      ["cut off", () => truncateSync(database(repository), Math.floor(statSync(database(repository)).size / 3))],
      [
        "zeros inside",
        () => {
          const bytes = readFileSync(database(repository));
          bytes.fill(0, 4096, 20_000);
          writeFileSync(database(repository), bytes);
        },
      ],
      [
        "a folder",
        () => {
          rmSync(database(repository));
          mkdirSync(database(repository));
        },
      ],
    ] as const) {
      rmSync(join(repository.data, "runs"), { recursive: true, force: true });
      await repository.check();
      fillSpool(repository);
      await survives(repository, expected, "a drain", { atMost: 0 });
      expect(existsSync(database(repository)), "the spool was taken in").toBe(true);
      harm();
      rmSync(join(repository.data, "runs"), { recursive: true, force: true });
      await repository.check();
      fillSpool(repository);
      await survives(repository, expected, what, { atMost: 1, matching: /^warning: / });
      rmSync(repository.data, { recursive: true });
    }
  });

  it("locked by another process", async () => {
    const { repository, expected } = await create();
    await repository.check();
    fillSpool(repository);
    await survives(repository, expected, "a drain", { atMost: 0 });
    const holder = spawn(process.execPath, [
      "-e",
      `const S=require(${JSON.stringify(createRequire(import.meta.url).resolve("better-sqlite3"))});const d=new S(process.argv[1]);d.pragma("locking_mode=exclusive");d.exec("begin exclusive");console.log("held");setTimeout(()=>{},90000)`,
      database(repository),
    ]);
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    try {
      rmSync(join(repository.data, "runs"), { recursive: true, force: true });
      await repository.check();
      fillSpool(repository);
      await survives(repository, expected, "locked", { atMost: 1, matching: /locked/ });
    } finally {
      holder.kill("SIGKILL");
      await new Promise((resolve) => holder.once("exit", resolve));
    }
    // What waited was not lost.
    await survives(repository, expected, "after the lock", { atMost: 0 });
    const history = await openHistory(database(repository), {
      log: { warn: () => {}, info: () => {}, debug: () => {} },
      clock: { now: () => new Date() },
    });
    expect((await history.runs({ limit: 1_000 })).length).toBeGreaterThan(5);
    await history.close();
  });

  it("on a full disk", async (context) => {
    const { repository, expected } = await create();
    await repository.check();
    rmSync(repository.data, { recursive: true });
    mkdirSync(repository.data);
    if (!mountSmall(repository.data)) {
      context.skip("this machine does not let us mount a small file system");
      return;
    }
    mounts.push(repository.data);
    await survives(repository, expected, "room", { atMost: 0 });
    // Fill it to the last byte, and a little less than that.
    for (const spare of [0, 3_000, 60_000]) {
      const filler = join(repository.data, "filler");
      rmSync(filler, { force: true });
      for (const size of [65_536, 4_096, 512, 1]) {
        try {
          for (;;) appendFileSync(filler, Buffer.alloc(size));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        }
      }
      if (spare > 0) truncateSync(filler, statSync(filler).size - spare);
      repository.write("b.py", `import os  # ${spare}\n`);
      const { report } = await repository.check(["--no-cache"]);
      expect(linesOf(report).length).toBe(linesOf(expected).length);
      await survives(repository, report, `full but for ${spare}`, { atMost: 2 });
    }
    rmSync(join(repository.data, "filler"));
    const { report } = await repository.check(["--no-cache"]);
    await survives(repository, report, "room again", { atMost: 0 });
    expect(readdirSync(repository.data).filter((name) => name.includes("broken"))).toEqual([]);
  });
});
