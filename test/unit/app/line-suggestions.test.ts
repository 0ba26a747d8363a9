/** Fixes as whole lines: where they begin and end, what is not offered, and that what is offered lints clean. */
import { describe, expect, it, onTestFinished } from "vitest";
import { checkAfresh } from "../../../src/app/check-afresh.ts";
import type { EditedFiles } from "../../../src/app/check/look-again.ts";
import { lineSuggestions } from "../../../src/app/line-suggestions.ts";
import type { Edit, Finding } from "../../../src/model/finding.ts";
import { exampleFinding } from "../../contract/example-run.ts";
import { temporaryRepository } from "./temporary-repository.ts";

const path = "src/a.js";

async function suggest(content: string | Buffer, from: string, to: string, options: Partial<Options> = {}) {
  const bytes = Buffer.from(content);
  const start = bytes.indexOf(from);
  const edit: Edit = { path, start, end: start + Buffer.from(from).length, text: to };
  const line = bytes.subarray(0, start).toString().split("\n").length;
  const lastLine = line + from.replace(/\n$/, "").split("\n").length - 1;
  const finding: Finding = {
    ...exampleFinding("a", { path }),
    location: {
      path,
      startLine: options.line ?? line,
      startColumn: 1,
      endLine: options.line ?? lastLine,
      endColumn: 9,
    },
    suggestions: [{ message: "fix", safety: options.safety ?? "safe", edits: [edit] }],
  };
  const files: EditedFiles = {
    asks: () => false,
    contents: async () => new Map([[path, bytes]]),
    look: async (edited) => new Map([...edited.keys()].map((each) => [each, { introduced: [], gone: [] }])),
  };
  return (await lineSuggestions([finding], files)).get(finding.fingerprint);
}
interface Options {
  safety: "safe" | "suggested";
  /** Where the finding is, when not where the edit is. */
  line: number;
}

describe("fixes as whole lines", () => {
  it("replaces the line that an edit lies in", async () => {
    expect(await suggest("one();\nif (x === NaN) two();\n", "x === NaN", "isNaN(x)")).toEqual({
      startLine: 2,
      endLine: 2,
      text: "if (isNaN(x)) two();",
    });
  });

  it("keeps tabs, and white space at the end of a line", async () => {
    expect(await suggest("{\n\t\tvar b;\t \n}\n", "var", "let")).toEqual({
      startLine: 2,
      endLine: 2,
      text: "\t\tlet b;\t ",
    });
  });

  it("takes a whole line away", async () => {
    expect(await suggest("one();\ndebugger;\ntwo();\n", "debugger;\n", "")).toEqual({
      startLine: 2,
      endLine: 2,
      text: "",
    });
  });

  it("takes the indentation along of what stood alone on its line", async () => {
    expect(await suggest("{\n  debugger;\n}\n", "debugger;", "")).toEqual({ startLine: 2, endLine: 2, text: "" });
  });

  it("replaces several lines by one, and one by several", async () => {
    expect(await suggest("f(\n  1,\n);\ng();\n", "f(\n  1,\n)", "f(1)")).toEqual({
      startLine: 1,
      endLine: 3,
      text: "f(1);",
    });
    expect(await suggest("f(1);\ng();\n", "f(1)", "f(\n\t1,\n)")).toEqual({
      startLine: 1,
      endLine: 1,
      text: "f(\n\t1,\n);",
    });
  });

  it("works on a last line without a line end, with wide characters before it", async () => {
    expect(await suggest('const a = "äöü😀";\nvar b', "var b", "let b")).toEqual({
      startLine: 2,
      endLine: 2,
      text: "let b",
    });
  });

  it("says lines of CRLF files without their carriage returns", async () => {
    expect(await suggest("a();\r\nvar b;\r\nc();\r\n", "var b", "let b")).toEqual({
      startLine: 2,
      endLine: 2,
      text: "let b;",
    });
    expect(await suggest("f(\r\n1);\r\nc();\r\n", "f(\r\n1", "f(\r\n2")).toEqual({
      startLine: 1,
      endLine: 2,
      text: "f(\n2);",
    });
  });

  it.each<[string, string | Buffer, string, string, Partial<Options>?]>([
    ["leaves the file broken", "f(1);\n", ")", ""],
    ["joins a line with the next one", "a();\nb();\n", ";\n", "; "],
    ["a person has to choose", "var a;\n", "var", "let", { safety: "suggested" }],
    ["is only about the end of the last line", "a();\nb();", "b();", "b();\n"],
    ["leaves an empty line, which would be read as none", "a();\n \nb();\n", " \n", "\n"],
    ["brings Windows' line ends into a file without", "a();\nb();\n", "a();", "a();\r\na();"],
    ["brings plain line ends into a file of Windows'", "a();\r\nb();\r\n", "a();", "a();\nc();"],
    ["is for a file with both kinds of line ends", "a();\r\nvar b;\n", "var", "let"],
    ["has to repeat what is no UTF-8", Buffer.from("f('\xe4');\n", "latin1"), "f", "g"],
    ["has to repeat a byte order mark", "\uFEFFvar a;\n", "var", "let"],
    ["is too long to be read", `f("${"x".repeat(5_000)}");\n`, "f(", "g("],
    ["stands elsewhere than its finding", "a();\nb();\nvar c;\n", "var", "let", { line: 1 }],
  ])("offers nothing that %s", async (_what, content, from, to, options) => {
    expect(await suggest(content, from, to, options)).toBeUndefined();
  });
});

/** Rules of a repository with fixes, of which some do harm. */
const rules = [
  ["renamed", "alpha($A)", "beta($A)"],
  ["renamed-inside", "gamma($A)", "delta($A)"],
  ["useless", "again($A)", "again($A + 1)"],
  ["harmful", "weak($A)", "{ debugger; weaker($A); }"],
].map(
  ([id, pattern, fix]) =>
    `id: ${id}\nlanguage: JavaScript\nmessage: "Not ${id}."\nseverity: warning\nrule: { pattern: "${pattern}" }\nfix: "${fix}"\n`,
);

describe("with the analyzers", () => {
  async function offered(files: Readonly<Record<string, string>>) {
    const repository = temporaryRepository({ ...files, ".codeflow/rules/own.yml": rules.join("---\n") });
    onTestFinished(() => repository.remove());
    repository.git("add", "--all");
    repository.git("commit", "-q", "-m", "All");
    const { run, edited } = await checkAfresh(
      {
        paths: [],
        scope: { kind: "all" },
        profile: undefined,
        only: [],
        skip: [],
        noExec: true,
        noCache: false,
        imports: [],
        reports: [],
        baseline: undefined,
        gate: [],
      },
      repository.world,
      "0",
    );
    let looks = 0;
    const suggestions = await lineSuggestions(run.findings, {
      ...edited,
      look: (contents) => {
        looks++;
        return edited.look(contents);
      },
    });
    const told = run.findings.flatMap(({ rule, fingerprint, location, suppressed }) => {
      if (suppressed !== undefined) return [];
      return [[`${location.path}:${location.startLine} ${rule}`, suggestions.get(fingerprint)?.text]] as const;
    });
    return { offers: Object.fromEntries(told), looks };
  }

  it("offers what is clean, of all files in one look", async () => {
    expect(
      await offered({
        "a.js": "export function a(x) {\n\tif (x === NaN) return 1;\n\tdebugger;\n\treturn alpha(x);\n}\n",
        "b.py": "import os\nimport sys\r\n".replace("\r", "") + "\n\nprint(sys.path)\n",
        "c.json": '{"a":1,}',
      }),
    ).toEqual({
      offers: {
        "a.js:2 oxlint/use-isnan": "\tif (isNaN(x)) return 1;",
        "a.js:3 debugging/js-debugger": "",
        "a.js:4 patterns/renamed": "\treturn beta(x);",
        "b.py:1 ruff/F401": "",
        "c.json:1 syntax/json-trailing-comma": '{"a":1}',
      },
      looks: 1,
    });
  });

  it("offers nothing that brings a finding: the last use of an import, a fix that is worse", async () => {
    const { offers } = await offered({
      "a.py": "import os\n\n\ndef f():\n    y = os\n    return 1\n",
      "b.js": "export function b(x) {\n  weak(x);\n}\n",
    });
    expect(offers).toEqual({ "a.py:5 ruff/F841": undefined, "b.js:2 patterns/harmful": undefined });
  });

  it("offers nothing that leaves its finding", async () => {
    const { offers } = await offered({ "a.js": "export function a(x) {\n  return again(x);\n}\n" });
    expect(offers).toEqual({ "a.js:2 patterns/useless": undefined });
  });

  it("finds out which one of many does harm, and offers the others", async () => {
    const { offers, looks } = await offered({
      "a.js":
        "export function a(x) {\n  again(x);\n  alpha(1);\n  alpha(2);\n  weak(x);\n  alpha(3);\n  return alpha(4);\n}\n",
      "b.js": "export const b = alpha(5);\n",
    });
    expect(offers).toEqual({
      "a.js:2 patterns/useless": undefined,
      "a.js:3 patterns/renamed": "  beta(1);",
      "a.js:4 patterns/renamed": "  beta(2);",
      "a.js:5 patterns/harmful": undefined,
      "a.js:6 patterns/renamed": "  beta(3);",
      "a.js:7 patterns/renamed": "  return beta(4);",
      "b.js:1 patterns/renamed": "export const b = beta(5);",
    });
    expect(looks).toBeLessThanOrEqual(8);
  });

  it("looks at two fixes of one line one after the other", async () => {
    expect(await offered({ "a.js": "export const a = alpha(gamma(1));\n" })).toEqual({
      offers: {
        "a.js:1 patterns/renamed": "export const a = beta(gamma(1));",
        "a.js:1 patterns/renamed-inside": "export const a = alpha(delta(1));",
      },
      looks: 2,
    });
  });

  it("works in files with Windows' line ends, and without one at the end", async () => {
    const { offers } = await offered({
      "a.js": "export function a(x) {\r\n\treturn alpha(\r\n\t\tx,\r\n\t);\r\n}\r\n",
      "b.js": "export const b = alpha(1)",
    });
    expect(offers).toEqual({
      "a.js:2 patterns/renamed": "\treturn beta(x);",
      "b.js:1 patterns/renamed": "export const b = beta(1)",
    });
  });
});
