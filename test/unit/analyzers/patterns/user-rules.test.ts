/** Mistakes in a repository's own rules are told with file, line and reason. */
import { describe, expect, it } from "vitest";
import { patterns } from "../../../../src/analyzers/patterns.ts";
import { Failure } from "../../../../src/model/failure.ts";
import { SourceFile } from "../../../../src/model/source-file.ts";

async function load(text: string, path = ".codeflow/rules/a.yml") {
  return patterns.load({ options: {}, config: [{ path, text }], isRuleOn: () => false, secretKey: "" });
}

async function failure(text: string): Promise<string> {
  try {
    await load(text);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    return (error as Failure).message;
  }
  throw new Error("the rules were accepted");
}

const rule = "id: a\nlanguage: python\nrule:\n  pattern: eval($X)\n";

describe("a repository's own rules", () => {
  it.each([
    ["YAML that is none", "id: a\nlanguage: [python\n", /a\.yml:\d+: /],
    ["a list", "- id: a\n", /a\.yml:1: a rule is a mapping/],
    ["no id", "language: python\nrule: { pattern: x }\n", /a\.yml:1: id must be/],
    [
      "an unknown language",
      "id: a\nlanguage: cobol\nrule: { pattern: x }\n",
      /a\.yml:2: language "cobol" is none of javascript/,
    ],
    ["no rule", "id: a\nlanguage: python\n", /a\.yml:1: rule must be a mapping/],
    ["an unknown severity", `${rule}severity: fatal\n`, /a\.yml:5: severity must be/],
    ["an unknown key", `${rule}sevrity: error\n`, /a\.yml:5: unknown key sevrity/],
    ["an unknown key of the rule", "id: a\nlanguage: python\nrule:\n  patern: x\n", /a\.yml:3: unknown field `patern`/],
    [
      "a kind that the language lacks",
      "id: a\nlanguage: python\nrule: { kind: nonsense }\n",
      /a\.yml:3: .*`nonsense` is invalid/,
    ],
    ["a utility that is not there", "id: a\nlanguage: python\nrule: { matches: nowhere }\n", /a\.yml:3: .*nowhere/],
    ["a fix that is an object", `${rule}fix:\n  template: x\n`, /a\.yml:5: fix must be a text/],
    ["a category that is none", `${rule}metadata: { category: nice }\n`, /a\.yml:5: metadata\.category/],
    ["globs that are none", `${rule}files: src\n`, /a\.yml:5: files must be a list/],
    ["an id twice", `${rule}---\n${rule}`, /a\.yml:6: the id a is taken by \.codeflow\/rules\/a\.yml:1/],
  ])("refuses %s", async (_, text, reason) => {
    expect(await failure(text)).toMatch(reason);
  });

  it("tells all mistakes at once", async () => {
    const message = await failure("id: a\nlanguage: cobol\nseverity: fatal\nrule: 1\n---\nid: b\nlanguage: go\n");
    expect(message).toContain("4 mistakes in rules");
    expect(message).toMatch(/a\.yml:2:.*\n.*a\.yml:3:.*\n.*a\.yml:4:.*\n.*a\.yml:6:/);
  });

  it("accepts an empty file and a comment", async () => {
    await expect(load("")).resolves.toBeDefined();
    await expect(load("# nothing yet\n")).resolves.toBeDefined();
  });

  it("runs rules whose ids are unknown to the registry, with their own severity and text", async () => {
    const analysis = await load(`${rule}severity: error\nmessage: Not $X\n`);
    const findings = await analysis.analyze(new SourceFile("a.py", new TextEncoder().encode("eval(  a +\n  b)\n")));
    expect(findings).toMatchObject([
      { rule: "patterns/a", severity: "error", category: "maintainability", message: "Not a + b" },
    ]);
  });
});
