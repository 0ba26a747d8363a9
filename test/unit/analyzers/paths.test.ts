/** Paths: what a golden case cannot hold, since a case is itself checked out everywhere. */
import { describe, expect, it } from "vitest";
import { paths } from "../../../src/analyzers/paths.ts";
import type { RawFinding } from "../../../src/model/finding.ts";
import { SourceFile } from "../../../src/model/source-file.ts";

interface Entry {
  readonly path: string;
  readonly mode?: string;
  readonly text?: string;
}

async function check(entries: readonly Entry[]): Promise<readonly RawFinding[]> {
  const context = { options: {}, config: [], isRuleOn: () => true, secretKey: "key" };
  const extraction = await paths.load(context);
  const facts = new Map();
  for (const { path, mode = "100644", text = "" } of entries) {
    if (!paths.appliesTo({ path, mode, blob: "0" })) continue;
    facts.set(path, await extraction.extract(new SourceFile(path, Buffer.from(text))));
  }
  const result = await paths.combine({
    ...context,
    facts,
    paths: new Set(entries.map(({ path }) => path)),
    submodules: new Set(entries.filter(({ mode }) => mode === "160000").map(({ path }) => path)),
    root: undefined,
    commits: [],
    exec: () => Promise.reject(new Error("nothing to run")),
    now: new Date(0),
    signal: new AbortController().signal,
  });
  return result.findings;
}

describe("paths", () => {
  it("names what Windows and macOS cannot hold", async () => {
    const names = ["README.md", "Readme.md", "src/aux.c", "src/ends.", "src/a:b.txt", "src/auxiliary.c", "src/.hidden"];
    const findings = await check([...names, "caf\u00e9", "cafe\u0301"].map((path) => ({ path })));
    expect(findings.map(({ rule, location }) => `${rule} ${location.path}`).sort()).toEqual([
      "paths/case-clash Readme.md",
      "paths/case-clash caf\u00e9",
      "paths/not-portable src/a:b.txt",
      "paths/not-portable src/aux.c",
      "paths/not-portable src/ends.",
    ]);
  });

  it("names control characters without printing them", async () => {
    const findings = await check([{ path: "a\n\u001b[2Jb" }]);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.rule).toBe("paths/not-portable");
    // oxlint-disable-next-line no-control-regex -- none may reach the terminal
    expect(findings[0]?.message).not.toMatch(/[\u0000-\u001f]/);
  });

  it("names a submodule that a clone could not fetch", async () => {
    const entries = [
      { path: "lib", mode: "160000" },
      { path: "vendor/theirs", mode: "160000" },
    ];
    const told = (findings: readonly RawFinding[]): string[] => findings.map(({ message }) => message);
    expect(told(await check(entries))).toEqual([
      'the submodule at "lib" has no .gitmodules that says where it comes from',
      'the submodule at "vendor/theirs" has no .gitmodules that says where it comes from',
    ]);
    const list = { path: ".gitmodules", text: '[submodule "a"]\n\tpath = lib/\n\turl = https://example.com/a\n' };
    expect(told(await check([list, ...entries]))).toEqual(['the submodule at "vendor/theirs" is not in .gitmodules']);
  });

  it("does not know what is inside a submodule", async () => {
    const findings = await check([
      { path: ".gitmodules", text: "[submodule]\n path = lib\n" },
      { path: "lib", mode: "160000" },
      { path: "link", mode: "120000", text: "lib/inside.h" },
    ]);
    expect(findings).toEqual([]);
  });

  it("ends on a chain of links that grows", async () => {
    const findings = await check([{ path: "a", mode: "120000", text: "a/a/a/a" }]);
    expect(findings.map(({ rule }) => rule)).toEqual(["paths/broken-symlink"]);
  });

  it("takes 100,000 names", async () => {
    const started = performance.now();
    const entries = Array.from({ length: 100_000 }, (_, i) => ({ path: `d${i % 300}/e${i % 7}/f${i}.ts` }));
    expect(await check(entries)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
