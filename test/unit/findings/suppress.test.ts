import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identify } from "../../../src/findings/identity.ts";
import { applyDirectives, type Directive, parseDirectives, suppressionRules } from "../../../src/findings/suppress.ts";
import type { IdentifiedFinding } from "../../../src/model/finding.ts";
import { findTokens, sourceOf } from "./source.ts";

const ignore = "codeflow-ignore";

function parse(text: string, path = "a.ts"): Directive[] {
  return parseDirectives(sourceOf(path, text));
}

/** `form rules first-last` of each directive. */
function shapes(text: string, path = "a.ts"): string[] {
  return parse(text, path).map(({ form, rules, firstLine, lastLine }) => {
    const last = lastLine === Number.MAX_SAFE_INTEGER ? "end" : lastLine;
    return `${form} ${rules.join("+")} ${firstLine}-${last}`;
  });
}

describe("parseDirectives", () => {
  it("reads rules, reason and date", () => {
    const [directive] = parse(`work(); // ${ignore} a/b, c/* -- tested by hand until=2027-01-31\n`);
    expect(directive).toMatchObject({
      form: "line",
      rules: ["a/b", "c/*"],
      reason: "tested by hand",
      until: "2027-01-31",
      firstLine: 1,
      lastLine: 1,
    });
    expect(directive?.location).toMatchObject({ startLine: 1, startColumn: 12, endColumn: 71 });
  });

  it.each([
    ["a.js", `x(); // ${ignore} a/b -- r`],
    ["a.css", `x {} /* ${ignore} a/b -- r */`],
    ["a.py", `x() # ${ignore} a/b -- r`],
    ["a.sql", `select 1; -- ${ignore} a/b -- r`],
    ["a.lua", `x() -- ${ignore} a/b -- r`],
    ["a.ini", `x=1 ; ${ignore} a/b -- r`],
    ["a.tex", `\\x % ${ignore} a/b -- r`],
    ["a.bat", `@dir & rem ${ignore} a/b -- r`],
    ["a.html", `<p>x</p> <!-- ${ignore} a/b -- r -->`],
    ["a.md", `text <!-- ${ignore} a/b -- r -->`],
    ["a.erb", `<b><%# ${ignore} a/b -- r %>`],
    ["a.twig", `<b>{# ${ignore} a/b -- r #}`],
    ["a.hbs", `<b>{{!-- ${ignore} a/b -- r --}}`],
    ["a.ml", `let x = 1 (* ${ignore} a/b -- r *)`],
    ["a.hs", `x = 1 {- ${ignore} a/b -- r -}`],
    ["a.rs", `let x: &'a str = y; /// ${ignore} a/b -- r`],
  ])("reads %s", (path, text) => {
    expect(parse(text, path)).toMatchObject([{ form: "line", rules: ["a/b"], reason: "r", firstLine: 1 }]);
  });

  it("reads a directive alone on its line as one for the next line of code", () => {
    expect(shapes(`// ${ignore} a/b -- r\n\n// more words\nwork();\n`)).toEqual(["next-line a/b 4-4"]);
    expect(shapes(`# ${ignore} a/b -- r\n# ${ignore} c/d -- r\nwork()\n`, "a.py")).toEqual([
      "next-line a/b 3-3",
      "next-line c/d 3-3",
    ]);
    expect(shapes(`/*\n * ${ignore} a/b -- r\n * more\n */\nwork();\n`)).toEqual(["next-line a/b 5-5"]);
    expect(shapes(`  {/* ${ignore} a/b -- r */}\n  <b/>\n`, "a.tsx")).toEqual(["next-line a/b 2-2"]);
    expect(shapes(`/* ${ignore} a/b -- r */ work();\n`)).toEqual(["line a/b 1-1"]);
    expect(shapes(`work(); // ${ignore}-next-line a/b -- r\nrest();\n`)).toEqual(["next-line a/b 2-2"]);
  });

  it("does not skip a line that only looks like a comment of another language", () => {
    expect(shapes(`// ${ignore} a/b -- r\n#include <x>\n`, "a.c")).toEqual(["next-line a/b 2-2"]);
    expect(shapes(`// ${ignore} a/b -- r\n--count;\n`)).toEqual(["next-line a/b 2-2"]);
  });

  it("reads blocks, also nested and unclosed ones, and files", () => {
    const text = `// ${ignore}-start a/b -- r\nx\n// ${ignore}-start c/d -- r\ny\n// ${ignore}-end a/b\nz\n`;
    expect(shapes(text)).toEqual(["block a/b 1-5", "block c/d 3-end"]);
    expect(shapes(`// ${ignore}-start a/b -- r\nx\n// ${ignore}-end\n`)).toEqual(["block a/b 1-3"]);
    expect(shapes(`x\n// ${ignore}-file * -- r\n`)).toEqual(["file * 1-end"]);
    expect(shapes(`// ${ignore}-end\n`)).toEqual([]);
  });

  it.each([
    `const text = "// ${ignore} a/b -- r";`,
    `const text = '# ${ignore} a/b -- r';`,
    `const text = \`\${x} // ${ignore} a/b -- r\`;`,
    `// see ${ignore} a/b -- r`,
    `// ${ignore} is explained in the manual`,
    `// ${ignore}d a/b -- r`,
    `// ${ignore}-nothing a/b -- r`,
    `call(${ignore});`,
  ])("leaves prose and strings alone: %s", (text) => {
    expect(parse(text)).toEqual([]);
  });

  it("takes Markdown's headings for text", () => {
    expect(parse(`# ${ignore} a/b -- r\n`, "README.md")).toEqual([]);
    expect(parse(`    // ${ignore} a/b -- r\n`, "README.md")).toEqual([]);
  });

  it("reads what is missing as missing", () => {
    expect(parse(`x(); // ${ignore} a/b`)).toMatchObject([{ rules: ["a/b"] }]);
    expect(parse(`x(); // ${ignore} a/b`)[0]?.reason).toBeUndefined();
    expect(parse(`x(); // ${ignore} a/b because it is so`)).toMatchObject([{ rules: ["a/b"] }]);
    expect(parse(`x(); // ${ignore} a/b --   `)[0]?.reason).toBeUndefined();
    expect(parse(`x(); // ${ignore}`)).toMatchObject([{ rules: [] }]);
    expect(parse(`x(); // ${ignore} -- reason`)).toMatchObject([{ rules: [], reason: "reason" }]);
    expect(parse(`x(); // ${ignore} no-slash -- r`)).toMatchObject([{ rules: ["no-slash"] }]);
  });

  it("survives JSON", () => {
    const directives = parse(`// ${ignore}-file a/b -- r\n`);
    expect(JSON.parse(JSON.stringify(directives))).toEqual(directives);
  });

  it("survives whatever a file holds, lines of a megabyte included", () => {
    const part = fc.constantFrom(
      "//",
      "#",
      "/*",
      "*/",
      "<!--",
      "-->",
      "--",
      " ",
      "\n",
      '"',
      "a/b",
      ",",
      ignore,
      "-start",
      "-end",
      "until=",
      "\0",
      "\ud800",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        for (const { firstLine, lastLine, location } of parse(parts.join(""))) {
          expect(firstLine).toBeLessThanOrEqual(lastLine);
          expect(location.startLine).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
    const start = performance.now();
    for (const character of ["#", " ", "-", "*", "/", "%"]) parse(`${character.repeat(1_000_000)} ${ignore} a/b -- r`);
    parse(`// ${ignore} a/b -- r `.repeat(50_000));
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it("costs next to nothing in a file without directives", () => {
    const file = sourceOf("a.ts", "const x = 1;\n".repeat(100_000));
    const start = performance.now();
    for (let i = 0; i < 20; i++) parseDirectives(file);
    expect(performance.now() - start).toBeLessThan(200);
  });
});

interface Options {
  readonly today?: string;
  readonly looked?: boolean;
  readonly known?: (pattern: string) => boolean;
  readonly ignore?: Parameters<typeof applyDirectives>[0]["ignore"];
  readonly base?: Parameters<typeof applyDirectives>[0]["base"];
}

function apply(text: string, findings: readonly IdentifiedFinding[], options: Options = {}) {
  return applyDirectives({
    findings,
    directives: new Map([["a.ts", parse(text)]]),
    ignore: options.ignore ?? [],
    today: options.today ?? "2026-11-22",
    isKnownRule: options.known ?? (() => true),
    wasLookedFor: () => options.looked ?? true,
    ...(options.base === undefined ? {} : { base: options.base }),
  });
}

const summary = ({ complaints }: ReturnType<typeof apply>): string[] =>
  complaints.map(({ rule, message, location }) => `${location.startLine} ${rule}: ${message}`);

describe("applyDirectives", () => {
  it("suppresses the named rule on its line and nothing else", () => {
    const text = `token; // ${ignore} x/token -- known\ntoken;\n`;
    const findings = findTokens("a.ts", text, "token;");
    const outcome = apply(text, findings);
    expect([...outcome.suppressed.keys()]).toEqual(findings.slice(0, 1));
    expect([...outcome.suppressed.values()][0]?.suppression).toMatchObject({ kind: "inline", reason: "known" });
    expect(outcome.complaints).toEqual([]);
    expect(apply(text, findTokens("a.ts", text, "token;", { rule: "x/other" })).suppressed.size).toBe(0);
  });

  it("complains about what suppresses nothing, rule by rule, but only where it was looked for", () => {
    const text = `token; // ${ignore} x/token, x/gone -- known\n`;
    const findings = findTokens("a.ts", text, "token;");
    expect(summary(apply(text, findings))).toEqual([
      "1 codeflow/suppression-unused: This suppression of x/gone suppresses nothing",
    ]);
    expect(apply(text, findings, { looked: false }).complaints).toEqual([]);
  });

  it("stops suppressing after its date", () => {
    const text = `token; // ${ignore} x/token -- known until=2026-11-22\n`;
    const findings = findTokens("a.ts", text, "token;");
    expect(apply(text, findings, { today: "2026-11-22" }).suppressed.size).toBe(1);
    const late = apply(text, findings, { today: "2026-11-23" });
    expect(late.suppressed.size).toBe(0);
    expect(summary(late)).toEqual(["1 codeflow/suppression-expired: This suppression ended on 2026-11-22"]);
    const never = text.replace("2026-11-22", "soon");
    expect(summary(apply(never, findings))[0]).toContain('"soon", which is not a date');
  });

  it("does not suppress without a reason", () => {
    const text = `token; // ${ignore} x/token\n`;
    const outcome = apply(text, findTokens("a.ts", text, "token;"));
    expect(outcome.suppressed.size).toBe(0);
    expect(outcome.complaints.map(({ rule }) => rule)).toEqual(["codeflow/suppression-without-reason"]);
  });

  it("names unknown rules, and directives without any", () => {
    const text = `token; // ${ignore} x/token, x/tokn -- r\nfree; // ${ignore} -- r\n`;
    const outcome = apply(text, findTokens("a.ts", text, "token;"), { known: (rule) => rule === "x/token" });
    expect(summary(outcome)).toEqual([
      "1 codeflow/suppression-unknown-rule: There is no rule x/tokn",
      "2 codeflow/suppression-unknown-rule: This suppression names no rule",
    ]);
    expect(outcome.suppressed.size).toBe(1);
  });

  it("gives every complaint an identity of its own", () => {
    const text = `token; // ${ignore} x/a, x/b -- r\n`;
    const texts = apply(text, []).complaints.map(({ identity }) => identity.text);
    expect(new Set(texts).size).toBe(2);
    for (const hash of texts) expect(hash).toMatch(/^[0-9a-f]{16}$/);
  });

  it("lets a complaint be suppressed by its own name only", () => {
    const text = `// ${ignore}-file codeflow/suppression-unused -- being cleaned up\ntoken; // ${ignore} x/gone, * -- r\n`;
    const outcome = apply(text, []);
    expect(outcome.complaints.map(({ rule }) => rule)).toEqual([
      "codeflow/suppression-unused",
      "codeflow/suppression-unused",
    ]);
    expect([...outcome.suppressed.keys()]).toEqual(outcome.complaints);
  });

  it("applies the configuration's entries by rule, path and date", () => {
    const text = "token;\n";
    const findings = findTokens("a.ts", text, "token;");
    const by = (entry: object) =>
      [...apply(text, findings, { ignore: [{ reason: "legacy", ...entry }] }).suppressed.values()][0]?.suppression;
    expect(by({})).toEqual({ kind: "config", reason: "legacy" });
    expect(by({ rule: "x/*" })).toBeDefined();
    expect(by({ rule: "y/*" })).toBeUndefined();
    expect(by({ paths: ["src/**"] })).toBeUndefined();
    expect(by({ paths: ["*.ts"], until: "2026-11-22" })).toBeDefined();
    expect(by({ until: "2026-11-21" })).toBeUndefined();
  });

  it("defines every rule it complains with", () => {
    expect(suppressionRules.map(({ id }) => id).sort()).toEqual([
      "codeflow/suppression-expired",
      "codeflow/suppression-unknown-rule",
      "codeflow/suppression-unused",
      "codeflow/suppression-without-reason",
    ]);
  });
});

describe("a secret on an ignored line", () => {
  const fileOf = (secret: string, reason = "test value", form = "") =>
    `// around\nconst key = "${secret}"; // ${ignore}${form} secrets/* -- ${reason}\n// around\n`;

  function secrets(text: string): IdentifiedFinding[] {
    const file = sourceOf("a.ts", text);
    return [...text.matchAll(/"(\w+)"/g)].map((match) =>
      identify(
        {
          rule: "secrets/key",
          message: "a key",
          anchor: `keyed:${match[1]}`,
          location: file.location(match.index, match.index + match[0].length),
        },
        file,
      ),
    );
  }

  function compare(before: string, after: string) {
    const base = { ...apply(before, secrets(before)), options: {} };
    return apply(after, secrets(after), { base });
  }

  it("stays suppressed while it is the same one", () => {
    expect(compare(fileOf("one"), `\n\n${fileOf("one")}`).suppressed.size).toBe(1);
  });

  it("is reported when it was swapped under the same directive", () => {
    const outcome = compare(fileOf("one"), fileOf("two"));
    expect(outcome.suppressed.size).toBe(0);
    expect(outcome.swapped.size).toBe(1);
    expect(outcome.complaints).toEqual([]);
  });

  it("is suppressed when the directive was rewritten for it, is new, or holds for the whole file", () => {
    expect(compare(fileOf("one"), fileOf("two", "second test value")).suppressed.size).toBe(1);
    expect(compare("// around\n", fileOf("two")).suppressed.size).toBe(1);
    expect(compare(fileOf("one", "all fake", "-file"), fileOf("two", "all fake", "-file")).suppressed.size).toBe(1);
  });

  it("takes a second directive with equal words for a new one", () => {
    const more = `${fileOf("one")}more();\nlines();\nhere();\nconst k = "two"; // ${ignore} secrets/* -- test value\n`;
    expect(compare(fileOf("one"), more).suppressed.size).toBe(2);
  });
});
