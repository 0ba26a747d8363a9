/** What a killed run leaves behind goes with a later run, and nothing else does. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { makeTemporaryFolder, removeLeftFolders } from "../../../../src/app/check/temporary-folder.ts";

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "codeflow-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it("only folders of processes that are gone are removed", () => {
  const parent = place();
  const mine = makeTemporaryFolder(parent);
  // A process that has ended, and so nobody's number for now.
  const { pid } = spawnSync(process.execPath, ["-e", "0"]);
  const left = mine.replace(`-${process.pid}-`, `-${pid}-`);
  mkdirSync(join(left, "tree"), { recursive: true });
  writeFileSync(join(left, "tree/a.txt"), "a");
  const foreign = mine.replace(/codeflow-\w+-\d+-/, `codeflow-00000000-${pid}-`);
  mkdirSync(foreign);
  const kept = join(parent, "kept");
  mkdirSync(kept);
  writeFileSync(join(kept, "b.txt"), "b");
  const link = mine.replace(/-\d+-\w+$/, `-${pid}-linked`);
  symlinkSync(kept, link);
  writeFileSync(join(parent, "codeflow-notes"), "");

  removeLeftFolders(parent);
  expect(existsSync(left)).toBe(false);
  for (const path of [mine, foreign, link, join(kept, "b.txt"), join(parent, "codeflow-notes")])
    expect(existsSync(path), path).toBe(true);
});
