/** golangci-lint: how each generation of it is asked, and from where its paths count. */
import { describe, expect, it } from "vitest";
import { golangciLint } from "../../../../src/analyzers/golangci-lint.ts";
import type { ToolOutput } from "../../../../src/model/analyzer.ts";
import { SourceFile } from "../../../../src/model/source-file.ts";

function argsOf(version: string): { readonly args: readonly string[]; readonly outputFile?: string } {
  return golangciLint.command({
    executable: "golangci-lint",
    version,
    evidence: [".golangci.yml"],
    root: "/repository",
    files: [],
    options: {},
    tempDirectory: "/tmp/out",
  });
}

function said(filename: string, replacement?: object): ToolOutput {
  const issue = {
    FromLinter: "unused",
    Text: "func `old` is unused",
    Pos: { Filename: filename, Line: 3, Column: 6 },
    ...replacement,
  };
  const sources: Record<string, string> = {
    "shop.go": "package root\n",
    "services/shop/shop.go": "package shop\n\nfunc old() {}\n",
  };
  return {
    stdout: JSON.stringify({ Issues: [issue], Report: {} }),
    stderr: "",
    exitCode: 1,
    root: "/repository",
    directory: "services/shop",
    read: (path) => {
      const text = sources[path];
      return text === undefined ? undefined : new SourceFile(path, Buffer.from(text));
    },
  };
}

describe("the command", () => {
  it.each([
    ["1.24.0", ["--out-format=json"], undefined],
    ["1.64.8", ["--out-format=json:/tmp/out/golangci-lint.json", "--path-prefix="], "/tmp/out/golangci-lint.json"],
    [
      "2.0.2",
      ["--output.json.path=/tmp/out/golangci-lint.json", "--show-stats=false", "--path-prefix="],
      "/tmp/out/golangci-lint.json",
    ],
    [
      "2.13.1",
      ["--output.json.path=/tmp/out/golangci-lint.json", "--show-stats=false", "--path-mode=abs"],
      "/tmp/out/golangci-lint.json",
    ],
  ])("of %s has the options that this version has", (version, options, outputFile) => {
    const command = argsOf(version);
    expect(command.args).toEqual(["run", ...options, "--max-issues-per-linter=0", "--max-same-issues=0", "./..."]);
    expect(command.outputFile).toBe(outputFile);
  });
});

describe("a module below the configuration", () => {
  it.each([
    ["absolute, as 2.1 and later are asked to print it", "/repository/services/shop/shop.go"],
    ["relative to the configuration, as 2.0 prints it", "services/shop/shop.go"],
    ["relative to a folder between", "shop/shop.go"],
    ["relative to the module, although the root has a file of the same name", "shop.go"],
  ])("is found by a path %s", (_, filename) => {
    expect(golangciLint.parse(said(filename)).map(({ location }) => location)).toEqual([
      { path: "services/shop/shop.go", startLine: 3, startColumn: 6, endLine: 3, endColumn: 9 },
    ]);
  });
});

it("a replacement without an end is no edit", () => {
  const [finding] = golangciLint.parse(
    said("shop.go", {
      Replacement: { NeedOnlyDelete: true, NewLines: null, Inline: null },
      LineRange: { From: 3, To: 0 },
    }),
  );
  expect(finding?.suggestions).toBeUndefined();
});
