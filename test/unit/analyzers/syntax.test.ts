/** Syntax: depth, size and rubbish. */
import { describe, expect, it } from "vitest";
import { syntax } from "../../../src/analyzers/syntax.ts";
import { SkipFile } from "../../../src/model/failure.ts";
import { SourceFile } from "../../../src/model/source-file.ts";

async function check(path: string, content: string | Uint8Array): Promise<readonly string[]> {
  const analysis = await syntax.load({ options: {}, config: [], isRuleOn: () => true, secretKey: "key" });
  try {
    const file = new SourceFile(path, typeof content === "string" ? Buffer.from(content) : content);
    return (await analysis.analyze(file)).map(({ rule }) => rule);
  } catch (error) {
    if (error instanceof SkipFile) return [`skipped: ${error.message}`];
    throw error;
  }
}

describe("syntax", () => {
  it("reads JSON of any depth", async () => {
    expect(await check("a.json", "[".repeat(100_000) + "]".repeat(100_000))).toEqual([]);
    expect(await check("a.json", "[".repeat(100_000))).toEqual(["syntax/json"]);
    expect(await check("a.json", '{"a":'.repeat(100_000))).toEqual(["syntax/json"]);
  });

  it("skips YAML and TOML that is nested too deeply, and says so", async () => {
    expect(await check("a.yml", "[".repeat(10_000) + "]".repeat(10_000))).toEqual(["skipped: nested too deeply"]);
    expect(await check("a.yml", Array.from({ length: 300 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"))).toEqual([]);
    expect(await check("a.toml", `a = ${"[".repeat(10_000)}${"]".repeat(10_000)}`)).toEqual([
      "skipped: nested too deeply",
    ]);
  });

  it("does not expand aliases", async () => {
    const levels = Array.from({ length: 40 }, (_, i) => `l${i}: &l${i} [${`*l${i - 1},`.repeat(9)}]`).slice(1);
    const started = performance.now();
    expect(await check("bomb.yml", ["l0: &l0 [x]", ...levels].join("\n"))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("ends on large rubbish", async () => {
    for (const path of ["a.json", "a.yml", "a.toml"]) {
      for (const unit of [
        "a",
        "[",
        '"',
        "{",
        "- ",
        "a: ",
        "&a ",
        "'\n",
        "\\",
        "#\n",
        "? ",
        "|\n",
        "\u{1F600}",
        "[[a]]\n",
        "a=1\n",
      ]) {
        const started = performance.now();
        await check(path, unit.repeat(900_000 / Buffer.byteLength(unit)));
        expect(performance.now() - started, `${path} ${JSON.stringify(unit)}`).toBeLessThan(30_000);
      }
    }
  });

  it("skips what is not text, and what is too large", async () => {
    expect(await check("a.json", "\0{}")).toEqual(["skipped: contains NUL bytes: not text"]);
    expect(await check("a.yml", "a: 1\n".repeat(500_000))).toEqual(["skipped: larger than 1 MB"]);
    expect(await check("a.json", new Uint8Array([0xff, 0xfe, 0x41]))).toEqual(["syntax/json"]);
  });

  it("does not flood", async () => {
    const object = `{${'"a":1,'.repeat(50_000)}"b":1}`;
    expect(await check("a.json", object)).toHaveLength(20);
    expect(await check("a.yml", "a: 1\n".repeat(500))).toHaveLength(20);
  });
});
