import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unifiedPatch } from "../../../src/findings/patch.ts";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "codeflow-patch-"));
  execFileSync("git", ["init", "-q", root]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What git makes of the patch. */
function applyWithGit(
  path: string,
  before: Uint8Array | undefined,
  patch: Uint8Array,
  mode = 0o644,
): { content: Uint8Array | undefined; executable: boolean } {
  const file = join(root, path);
  rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true });
  if (before !== undefined) {
    writeFileSync(file, before);
    chmodSync(file, mode);
  }
  execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: root, input: patch });
  if (!existsSync(file)) return { content: undefined, executable: false };
  return { content: new Uint8Array(readFileSync(file)), executable: (statSync(file).mode & 0o100) !== 0 };
}

describe("unifiedPatch", () => {
  it("reads as people expect", () => {
    const before = bytes("1\n2\n3\n4\n5\n6\n7\n8\n");
    const after = bytes("1\n2\n3\n4\nfive\n6\n7\n8");
    expect(Buffer.from(unifiedPatch("src/a b.txt", before, after)).toString()).toBe(
      [
        "diff --git a/src/a b.txt b/src/a b.txt",
        "--- a/src/a b.txt\t",
        "+++ b/src/a b.txt\t",
        "@@ -2,7 +2,7 @@",
        " 2",
        " 3",
        " 4",
        "-5",
        "+five",
        " 6",
        " 7",
        "-8",
        "\\ No newline at end of file".replace("\\ ", "+8\n\\ "),
        "",
      ].join("\n"),
    );
    expect(unifiedPatch("a", before, before)).toHaveLength(0);
  });

  it("leaves out what did not change when it is asked to", () => {
    const patch = unifiedPatch("a", bytes("1\n2\n3\n"), bytes("one\n2\n"), { context: 0 });
    expect(Buffer.from(patch).toString().split("\n").slice(3)).toEqual([
      "@@ -1,1 +1,1 @@",
      "-1",
      "+one",
      "@@ -3,1 +2,0 @@",
      "-3",
      "",
    ]);
  });

  it.each([
    ["plain.txt", "a\nb\n", "a\nc\n"],
    ["no newline.txt", "a\nb", "a\nb\n"],
    ["loses newline", "a\nb\n", "a\nb"],
    ["crlf.txt", "a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"],
    ["to-lf.txt", "a\r\nb\r\n", "a\nb\n"],
    ["lone-cr.txt", "a\rb\rc\n", "a\rB\rc\n"],
    ['quo"ted \\ back.txt', "a\n", "b\n"],
    ["tab\tand\nnewline.txt", "a\n", "b\n"],
    ["größe/日本 語.txt", "a\n", "b\n"],
    ["-dash", "a\n", "b\n"],
    ["  lead and trail  ", "a\n", "b\n"],
    ["latin1.txt", "caf\xe9\nx\n", "caf\xe9\ny\n"],
    ["nul.bin", "a\0b\nx\n", "a\0b\ny\n"],
    ["becomes-empty", "a\n", ""],
    ["was-empty", "", "a\n"],
    ["@@ -1 +1 @@", "--- a/x\n+++ b/x\n", "+++ b/x\n--- a/x\n@@\n"],
  ])("is applied by git: %j", (path, before, after) => {
    const patch = unifiedPatch(path, bytes(before), bytes(after));
    expect(applyWithGit(path, bytes(before), patch).content).toEqual(bytes(after));
  });

  it("creates, deletes and changes modes", () => {
    expect(
      applyWithGit(
        "new/run it.sh",
        undefined,
        unifiedPatch("new/run it.sh", undefined, bytes("x\n"), { after: "100755" }),
      ),
    ).toEqual({
      content: bytes("x\n"),
      executable: true,
    });
    expect(applyWithGit("new/empty", undefined, unifiedPatch("new/empty", undefined, bytes("")))).toEqual({
      content: bytes(""),
      executable: false,
    });
    expect(applyWithGit("gone", bytes("x\n"), unifiedPatch("gone", bytes("x\n"), undefined)).content).toBeUndefined();
    const modes = { before: "100644", after: "100755" };
    expect(applyWithGit("mode", bytes("x\n"), unifiedPatch("mode", bytes("x\n"), bytes("x\n"), modes)).executable).toBe(
      true,
    );
    expect(applyWithGit("both", bytes("x\n"), unifiedPatch("both", bytes("x\n"), bytes("y\n"), modes))).toEqual({
      content: bytes("y\n"),
      executable: true,
    });
  });

  it("stays quick on a large rewrite", () => {
    const before = bytes(Array.from({ length: 20_000 }, (_, i) => `old ${i}\n`).join(""));
    const after = bytes(Array.from({ length: 20_000 }, (_, i) => `new ${i}\n`).join(""));
    expect(applyWithGit("large", before, unifiedPatch("large", before, after)).content).toEqual(after);
  });

  it("is applied by git for random lines and names", () => {
    const lines = fc
      .array(
        fc.tuple(
          fc.constantFrom("a", "b", "c", "", "+x", "-x", " ", "\\ No", "@@"),
          fc.constantFrom("\n", "\n", "\r\n", ""),
        ),
        {
          maxLength: 25,
        },
      )
      .map((parts) => parts.flat().join(""));
    const name = fc
      .array(fc.constantFrom("a", " ", '"', "\\", "é", "\t", "'", "$", "→", "\n", "b"), { minLength: 1, maxLength: 8 })
      .map((parts) => `d/${parts.join("")}`);
    fc.assert(
      fc.property(name, lines, lines, (path, before, after) => {
        fc.pre(before !== after);
        const patch = unifiedPatch(path, bytes(before), bytes(after));
        expect(applyWithGit(path, bytes(before), patch).content).toEqual(bytes(after));
      }),
      { numRuns: 150 },
    );
  });
});
