import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inheritFingerprints, matchFindings, type Pair } from "../../../src/findings/match.ts";
import type { IdentifiedFinding } from "../../../src/model/finding.ts";
import { findTokens, linesOf } from "./source.ts";

const functionOf = (name: string, body = `console.log("here");`) =>
  `function ${name}(input) {\n  prepare(${name});\n  ${body}\n  return finish(${name}, input);\n}\n\n`;

function linePairs(pairs: readonly Pair<IdentifiedFinding, IdentifiedFinding>[]): string[] {
  return pairs.map(({ previous, current }) => `${previous.location.startLine}-${current.location.startLine}`).sort();
}

/** The true mapping when `removed` lines are taken out and nothing else changes. */
function mapWithout(removed: ReadonlySet<number>): (path: string, line: number) => number | undefined {
  return (_, line) => (removed.has(line) ? undefined : line - [...removed].filter((gone) => gone < line).length);
}

describe("matchFindings", () => {
  it("follows findings whose lines moved", () => {
    const before = functionOf("a") + functionOf("b");
    const after = `// one\n// two\n${functionOf("a")}// three\n${functionOf("b")}`;
    const { pairs, onlyCurrent, onlyPrevious } = matchFindings(
      findTokens("a.js", before, "console"),
      findTokens("a.js", after, "console"),
    );
    expect(linePairs(pairs)).toEqual(["3-5", "9-12"]);
    expect([...onlyCurrent, ...onlyPrevious]).toEqual([]);
  });

  it("follows a block that moved within its file past identical findings", () => {
    const before = functionOf("a") + functionOf("b") + functionOf("c");
    const after = functionOf("c") + functionOf("a") + functionOf("b");
    const { pairs } = matchFindings(findTokens("a.js", before, "console"), findTokens("a.js", after, "console"));
    expect(linePairs(pairs)).toEqual(["15-3", "3-9", "9-15"]);
  });

  it("of k identical lines takes the one whose surroundings fit worst for new", () => {
    const before = functionOf("a") + functionOf("b");
    const after = functionOf("a") + functionOf("added") + functionOf("b");
    const { onlyCurrent } = matchFindings(findTokens("a.js", before, "console"), findTokens("a.js", after, "console"));
    expect(linesOf(onlyCurrent)).toEqual([9]);
  });

  it("takes the removed one of k identical lines for fixed", () => {
    const before = functionOf("a") + functionOf("gone") + functionOf("b");
    const after = functionOf("a") + functionOf("b");
    const { onlyPrevious } = matchFindings(findTokens("a.js", before, "console"), findTokens("a.js", after, "console"));
    expect(linesOf(onlyPrevious)).toEqual([9]);
  });

  it("keeps a finding fixed and another one of the same rule added apart", () => {
    const before = functionOf("a", "let x: any;") + functionOf("b", "let x: string;");
    const after = functionOf("a", "let x: string;") + functionOf("b", "let x: any;");
    const changed = new Set([3, 9]);
    for (const mapLine of [undefined, (_: string, line: number) => (changed.has(line) ? undefined : line)]) {
      const result = matchFindings(
        findTokens("a.ts", before, "any"),
        findTokens("a.ts", after, "any"),
        mapLine === undefined ? {} : { mapLine },
      );
      if (mapLine === undefined) {
        // The very same line elsewhere: without the diff it may as well have moved, but it is one finding at most.
        expect(result.onlyCurrent.length).toBe(result.onlyPrevious.length);
      } else expect(result.pairs).toEqual([]);
    }
  });

  it("keeps two names on one import line apart", () => {
    const message = (name: string) => ({ message: `'${name}' is unused` });
    const text = `import { first, second } from "somewhere";\nwork();\n`;
    const result = matchFindings(
      findTokens("a.ts", text, "first", message("first")),
      findTokens("a.ts", text, "second", message("second")),
      { mapLine: (_, line) => line },
    );
    expect(result.pairs).toEqual([]);
    const blind = matchFindings(
      findTokens("a.ts", text, "first", message("first")),
      findTokens("a.ts", text, "second", message("second")),
    );
    expect(blind.pairs).toEqual([]);
  });

  it("calls a finding that appears on an unchanged line new, though an equal line lost its own", () => {
    const text = functionOf("a") + functionOf("b");
    const all = findTokens("a.js", text, "console");
    const { onlyCurrent, onlyPrevious } = matchFindings(all.slice(0, 1), all.slice(1), { mapLine: (_, line) => line });
    expect(linesOf(onlyPrevious)).toEqual([3]);
    expect(linesOf(onlyCurrent)).toEqual([9]);
  });

  it("does not call findings new after a reformat", () => {
    const before = `setUp();\nconst r = call(first, eval(a), [1, 2].map((x) => eval(x)), last)\nif (r) debugger\ntearDown();\n`;
    const after = `setUp();\nconst r = call(\n  first,\n  eval(a),\n  [1, 2].map(x => eval(x)),\n  last,\n);\nif (r) {\n  debugger;\n}\ntearDown();\n`;
    for (const token of ["eval", "debugger", "const r"]) {
      const { onlyCurrent, onlyPrevious, pairs } = matchFindings(
        findTokens("a.js", before, token),
        findTokens("a.js", after, token),
        { mapLine: (_, line) => (line === 1 ? 1 : line === 4 ? 11 : undefined) },
      );
      expect([token, ...onlyCurrent, ...onlyPrevious]).toEqual([token]);
      expect(pairs.every(({ previous, current }) => previous.location.startLine <= current.location.startLine)).toBe(
        true,
      );
    }
  });

  it("does not blame the author of a touched line for the old finding on it", () => {
    const before = functionOf("a", "const value: any = read(1);");
    const after = functionOf("a", "const value: any = readAll(input);");
    const { pairs } = matchFindings(findTokens("a.ts", before, "any"), findTokens("a.ts", after, "any"), {
      mapLine: (_, line) => (line === 3 ? undefined : line),
    });
    expect(pairs.map(({ how }) => how)).toEqual(["edited"]);
  });

  it("follows a renamed file", () => {
    const text = functionOf("a");
    const { pairs } = matchFindings(findTokens("old.js", text, "console"), findTokens("new.js", text, "console"), {
      renames: new Map([["old.js", "new.js"]]),
    });
    expect(pairs.map(({ how }) => how)).toEqual(["renamed"]);
  });

  it("follows a block that moved to another file, but not a mere equal line", () => {
    const before = findTokens("a.js", functionOf("a") + functionOf("b"), "console");
    const moved = matchFindings(before, [
      ...findTokens("a.js", functionOf("a"), "console"),
      ...findTokens("c.js", `${functionOf("x", "y();")}${functionOf("b")}`, "console"),
    ]);
    expect(moved.pairs.map(({ how }) => how).sort()).toEqual(["moved", "text"]);
    const other = matchFindings(before, [
      ...findTokens("a.js", functionOf("a"), "console"),
      ...findTokens("c.js", functionOf("unrelated").replace("prepare", "other"), "console"),
    ]);
    expect(other.pairs).toHaveLength(1);
    expect(linesOf(other.onlyPrevious)).toEqual([9]);
  });

  it("never takes one anchor for another, and finds an anchor wherever it went", () => {
    const text = functionOf("a");
    const secret = (anchor: string, path = "a.js") => findTokens(path, text, "console", { anchor, rule: "secrets/x" });
    expect(matchFindings(secret("one"), secret("two"), { mapLine: (_, line) => line }).pairs).toEqual([]);
    const elsewhere = findTokens("a.js", `other();\n${functionOf("z")}`, "console", {
      anchor: "one",
      rule: "secrets/x",
    });
    expect(matchFindings(secret("one"), elsewhere).pairs).toHaveLength(1);
  });

  it("keeps what is said about a whole file when its first line changes", () => {
    const [before] = findTokens("a.py", "import os\nwork()\n", "i", { message: "no docstring" });
    const [after] = findTokens("a.py", "#!/usr/bin/env python\n# licence\nimport os\nwork()\n", "#", {
      message: "no docstring",
    });
    if (before === undefined || after === undefined) throw new Error("no findings");
    expect(matchFindings([before], [after], { mapLine: (_, line) => line + 2 }).pairs).toHaveLength(1);
  });

  it("keeps a finding over a whole function when its body and the number in its message change", () => {
    const long = (message: string, body: string) =>
      findTokens("a.js", functionOf("a", body), functionOf("a", body).trimEnd(), { message });
    const { pairs } = matchFindings(long("complexity of 12", "one();"), long("complexity of 13", "two();"));
    expect(pairs).toHaveLength(1);
  });

  it("never pairs different rules", () => {
    const text = functionOf("a");
    const { pairs } = matchFindings(
      findTokens("a.js", text, "console", { rule: "x/one" }),
      findTokens("a.js", text, "console", { rule: "x/two" }),
      { mapLine: (_, line) => line },
    );
    expect(pairs).toEqual([]);
  });

  it("is a partial bijection on whatever text", () => {
    const line = fc.constantFrom(
      "debugger;",
      "  debugger;",
      "console.log(1); debugger;",
      "}",
      "",
      "if (a) {",
      "work(a, debugger);",
    );
    const textOf = fc.array(line, { maxLength: 40 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(textOf, textOf, fc.boolean(), (before, after, isMapped) => {
        const previous = findTokens("a.js", before, "debugger");
        const current = findTokens("a.js", after, "debugger");
        const result = matchFindings(
          previous,
          current,
          isMapped ? { mapLine: (_, n) => (n % 3 === 0 ? undefined : n) } : {},
        );
        const left = [...result.pairs.map((pair) => pair.previous), ...result.onlyPrevious];
        const right = [...result.pairs.map((pair) => pair.current), ...result.onlyCurrent];
        expect(new Set(left)).toEqual(new Set(previous));
        expect(left).toHaveLength(previous.length);
        expect(new Set(right)).toEqual(new Set(current));
        expect(right).toHaveLength(current.length);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps every pair when other lines are deleted", () => {
    const lines = Array.from({ length: 12 }, (_, i) => functionOf(`f${i}`))
      .join("")
      .split("\n");
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat({ max: lines.length - 1 }), { maxLength: 15 }),
        fc.boolean(),
        (picked, isMapped) => {
          const removed = new Set(
            picked.filter((index) => !lines[index]?.includes("console")).map((index) => index + 1),
          );
          const mapLine = mapWithout(removed);
          const after = lines.filter((_, index) => !removed.has(index + 1)).join("\n");
          const { pairs, onlyCurrent, onlyPrevious } = matchFindings(
            findTokens("a.js", lines.join("\n"), "console"),
            findTokens("a.js", after, "console"),
            isMapped ? { mapLine } : {},
          );
          expect([...onlyCurrent, ...onlyPrevious]).toEqual([]);
          if (isMapped) {
            for (const { previous, current } of pairs) {
              expect(current.location.startLine).toBe(mapLine("", previous.location.startLine));
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("stays fast with thousands of equal findings", () => {
    const same = "  console.log(1);\n".repeat(5000);
    const different = Array.from({ length: 5000 }, (_, i) => `call(${i % 7});\nconsole.log(1);\n`).join("");
    const cases = [
      [same, `${same}${"console.log(1);\n".repeat(100)}`],
      [different, different.replace("call(3);\n", "")],
      [same, different],
    ] as const;
    for (const [before, after] of cases) {
      const previous = findTokens("a.js", before, "console");
      const current = findTokens("a.js", after, "console");
      const start = performance.now();
      const { pairs } = matchFindings(previous, current);
      expect(performance.now() - start).toBeLessThan(1500);
      expect(pairs.length).toBeGreaterThan(4000);
    }
  });
});

describe("inheritFingerprints", () => {
  it("hands on what is inherited and never gives one fingerprint twice", () => {
    const a = { finding: "a", fingerprint: "1".repeat(32) };
    const b = { finding: "b", fingerprint: "2".repeat(32) };
    const c = { finding: "c", fingerprint: "3".repeat(32) };
    const result = inheritFingerprints([a, b, c], new Map([["b", a.fingerprint]]), [c.fingerprint]);
    expect(result.map(({ finding }) => finding)).toEqual(["a", "b", "c"]);
    expect(result[1]?.fingerprint).toBe(a.fingerprint);
    expect(new Set([...result.map(({ fingerprint }) => fingerprint), c.fingerprint]).size).toBe(4);
    expect(inheritFingerprints([a, b, c], new Map([["b", a.fingerprint]]), [c.fingerprint])).toEqual(result);
  });
});
