/** TODO comments: ages from blame, and hostile input. */
import { describe, expect, it } from "vitest";
import { todo } from "../../../src/analyzers/todo.ts";
import { readTodos } from "../../../src/analyzers/todo/read.ts";
import type { Exec, ExecRequest } from "../../../src/model/system.ts";
import { SourceFile } from "../../../src/model/source-file.ts";

function source(text: string): SourceFile {
  return new SourceFile("src/a.ts", Buffer.from(text));
}

async function combine(text: string, exec: Exec, root: string | undefined = "/repository") {
  const context = { options: { maxDays: 365, maxFiles: 200 }, config: [], isRuleOn: () => true, secretKey: "key" };
  return todo.combine({
    ...context,
    facts: new Map([["src/a.ts", readTodos(source(text))]]),
    paths: new Set(["src/a.ts"]),
    root,
    commits: [],
    exec,
    now: new Date("2026-06-15T00:00:00Z"),
    signal: new AbortController().signal,
  });
}

const blame = [
  `${"a".repeat(40)} 1 1 1`,
  "author Alice",
  "author-time 1577836800",
  "summary x",
  "\t// TODO: a",
  `${"0".repeat(40)} 2 2 1`,
  "author Not Committed Yet",
  "author-time 1500000000",
  "\t// TODO: b",
  "",
].join("\n");

describe("todo", () => {
  it("asks git for the lines alone and reports the old ones", async () => {
    const requests: ExecRequest[] = [];
    const exec: Exec = (request) => {
      requests.push(request);
      return Promise.resolve({ exitCode: 0, timedOut: false, stdout: Buffer.from(blame), stderr: Buffer.alloc(0) });
    };
    const { findings } = await combine("// TODO: a\n// TODO: b\n", exec);
    expect(requests.map(({ args }) => args.filter((arg) => arg.startsWith("-L")))).toEqual([["-L1,1", "-L2,2"]]);
    const old = findings.filter(({ rule }) => rule === "todo/old");
    expect(old.map(({ message }) => message)).toEqual(["TODO of Alice is 2357 days old"]);
  });

  it("goes without ages where git has none", async () => {
    const fails: Exec = () =>
      Promise.resolve({ exitCode: 128, timedOut: false, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) });
    expect((await combine("// TODO(x): a\n", fails)).findings).toEqual([]);
  });

  it("reads owner, date, text and place", () => {
    expect(readTodos(source("x(); // FIXME(@alice, by 2026-01-02): mend #7 */\n"))).toEqual([
      {
        keyword: "FIXME",
        text: "mend #7",
        owner: "alice",
        due: "2026-01-02",
        hasReference: true,
        at: { startLine: 1, startColumn: 9, endLine: 1, endColumn: 46 },
      },
    ]);
  });

  it("stays linear on 10 MB", () => {
    for (const unit of ["// TODO(", "TODO ", "// TODO: by 2020\n", "#", '"TODO" ', "\n* TODO [a"]) {
      const started = performance.now();
      readTodos(source(unit.repeat(10_000_000 / unit.length)));
      expect(performance.now() - started, unit).toBeLessThan(15_000);
    }
  });
});
