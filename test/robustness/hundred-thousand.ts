/**
 * A repository of 100,000 files, checked cold, again, after an edit and staged: prints time and memory. Run by hand:
 * `npm run build && node test/robustness/hundred-thousand.ts [files]`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { program, Repository } from "./repository.ts";

const count = Number(process.argv[2] ?? 100_000);
const repository = new Repository();
try {
  // One stream into the object store instead of 100,000 files one by one.
  const parts: string[] = ["commit refs/heads/main\ncommitter C <c@example.invalid> 1767225600 +0000\ndata 4\nbase\n"];
  const kinds = [
    ["py", (i: number) => `import os\n\n\ndef f${i}(a):\n    return os.path.join(a, "${i}")\n`],
    ["ts", (i: number) => `export function f${i}(a: number): number {\n  return a + ${i};\n}\n`],
    ["js", (i: number) => `export const n${i} = ${i};\n`],
    ["md", (i: number) => `# Page ${i}\n\nSome words.\n`],
    ["json", (i: number) => `{ "number": ${i} }\n`],
    ["txt", (i: number) => `line ${i}\n`],
  ] as const;
  for (let i = 0; i < count; i++) {
    const [extension, text] = kinds[i % kinds.length] ?? kinds[0];
    const content = text(i);
    parts.push(`M 100644 inline d${i % 97}/e${i % 1009}/f${i}.${extension}\ndata ${content.length}\n${content}\n`);
  }
  execFileSync("git", ["fast-import", "--quiet"], { cwd: repository.root, env: repository.env, input: parts.join("") });
  repository.git("reset", "-q", "--hard", "main");

  const measure = (what: string, args: readonly string[]): void => {
    const result = spawnSync(
      "/usr/bin/env",
      [
        "time",
        "-f",
        "%e s, %U s user, %M KiB at most in one process",
        process.execPath,
        program,
        "check",
        "--format",
        "agent",
        ...args,
      ],
      {
        cwd: repository.root,
        env: repository.env,
        encoding: "utf8",
        maxBuffer: 1 << 28,
      },
    );
    const lines = result.stdout.trim().split("\n");
    process.stdout.write(
      `${what}: exit ${result.status}, ${result.stderr.trim()}; ${lines.at(-1)?.slice(0, 120) ?? ""}\n`,
    );
  };
  measure("cold", []);
  measure("nothing changed", []);
  appendFileSync(join(repository.root, "d0/e0/f0.py"), "import re\n");
  measure("one edit", []);
  repository.git("add", "-A");
  measure("staged", ["--staged"]);
  rmSync(join(repository.data, "runs"), { recursive: true });
  measure("all from the cache", []);
} finally {
  repository.remove();
}
