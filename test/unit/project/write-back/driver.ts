/** A small fixer as a process of its own: replaces a word in everything that is staged. `driver.ts ROOT WORD REPLACEMENT` */
import { execFileSync } from "node:child_process";
import { writeSync } from "node:fs";
import { writeBack } from "../../../../src/project/write-back/write-back.ts";
import { createExec } from "../../../../src/system/exec.ts";

const [root = "", word = "", replacement = ""] = process.argv.slice(2);
const git = (...args: string[]): Buffer => execFileSync("git", args, { cwd: root });
const listed = git("diff", "--cached", "--name-only", "--diff-filter=AM", "-z").toString();
const paths = listed.split("\0").filter((path) => path !== "");
const changes = paths.map((path) => {
  const before = git("cat-file", "blob", `:${path}`);
  return { path, before, after: Buffer.from(before.toString("latin1").replaceAll(word, replacement), "latin1") };
});
// The parent measures from here.
if (process.env["DRIVER_READY"] === "1") writeSync(1, "ready\n");
await writeBack({ root, changes, target: "index", exec: createExec(process.env), env: process.env });
