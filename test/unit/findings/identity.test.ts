import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignFingerprints, identify } from "../../../src/findings/identity.ts";
import { findTokens, sourceOf } from "./source.ts";

const code = `import { a, b } from "c";

function first() {
  const value: any = read();
  return value;
}

function second() {
  debugger;
  return null;
}
`;

describe("identify", () => {
  it("does not depend on line numbers, indentation or blank lines", () => {
    const [before] = findTokens("a.ts", code, "any");
    const [after] = findTokens(
      "a.ts",
      `// licence\n\n\n${code.replaceAll("\n", "\n\n").replaceAll("  ", "\t")}`,
      "any",
    );
    expect(after?.identity.text).toBe(before?.identity.text);
    expect(after?.identity.core).toBe(before?.identity.core);
    expect(after?.identity.after).toEqual(before?.identity.after);
    expect(after?.identity.before.slice(0, 2)).toEqual(before?.identity.before.slice(0, 2));
  });

  it("lists up to three non-blank lines on each side, nearest first", () => {
    const file = sourceOf("a.ts", "one\n\ntwo\nthree\nfour\nthe finding is here\nfive\n\n\nsix\n");
    const finding = { rule: "x/y", message: "", location: file.lineLocation(6) };
    const hashOf = (line: number): string =>
      identify(
        { ...finding, location: file.lineLocation(1) },
        sourceOf("b", `${file.line(line)} and more than short\n`),
      ).identity.text;
    const { before, after } = identify(finding, file).identity;
    expect(before).toHaveLength(3);
    expect(after).toHaveLength(2);
    expect(new Set([...before, ...after]).size).toBe(5);
    expect(before[0]).toBe(identify({ ...finding, location: file.lineLocation(7) }, file).identity.before[1]);
    expect(hashOf(1)).not.toBe(hashOf(3));
  });

  it("keeps core and flow when a formatter splits the statement, adds commas and changes quotes", () => {
    const [flat] = findTokens("a.ts", "start();\nfoo('a', eval(x), b)\nend();\n", "eval(x)");
    const [split] = findTokens("a.ts", 'start();\nfoo(\n  "a",\n  eval(x),\n  b,\n);\nend();\n', "eval(x)");
    expect(split?.identity.text).not.toBe(flat?.identity.text);
    expect(split?.identity.core).toBe(flat?.identity.core);
    expect(split?.identity.flow).toEqual(flat?.identity.flow);
  });

  it("tells short lines apart by their neighbours", () => {
    const text = "if (a) {\n  work(a);\n}\nif (b) {\n  rest(b);\n}\n";
    const [first, second] = findTokens("a.ts", text, "}");
    expect(first?.identity.text).not.toBe(second?.identity.text);
  });

  it("takes an anchor instead of the text, and keeps nothing of the range", () => {
    const location = sourceOf("a.ts", code).lineLocation(4);
    const anchored = (anchor: string, text: string) =>
      identify({ rule: "x/y", message: "", location, anchor }, sourceOf("a.ts", text)).identity;
    expect(anchored("key", code).text).toBe(anchored("key", code.replace("read()", "write()")).text);
    expect(anchored("key", code).text).not.toBe(anchored("other", code).text);
    expect(anchored("key", code).core).toBeUndefined();
    expect(anchored("key", code).flow).toBeUndefined();
  });

  it("identifies a finding without a readable file by its message, numbers aside", () => {
    const location = { path: "a.bin", startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };
    const of = (message: string) => identify({ rule: "x/y", message, location }, undefined).identity.text;
    expect(of("12 MB is large")).toBe(of("13 MB is large"));
    expect(of("12 MB is large")).not.toBe(of("12 MB is binary"));
  });

  it("survives locations outside the file and lines of a megabyte", () => {
    const file = sourceOf("a.js", "x".repeat(1_000_000));
    const location = { path: "a.js", startLine: 40, startColumn: 9, endLine: 90, endColumn: 1 };
    const start = performance.now();
    for (let i = 0; i < 2000; i++) {
      identify(
        {
          rule: "x/y",
          message: "",
          location: { ...location, startLine: 1, startColumn: i, endLine: 1, endColumn: i + 4 },
        },
        file,
      );
    }
    expect(performance.now() - start).toBeLessThan(2000);
    expect(identify({ rule: "x/y", message: "", location }, file).identity.text).toMatch(/^[0-9a-f]{16}$/);
    expect(identify({ rule: "x/y", message: "", location }, sourceOf("a.js", "")).identity.before).toEqual([]);
  });
});

describe("assignFingerprints", () => {
  it("gives every finding a fingerprint of 32 digits of its own, in the order given", () => {
    const findings = findTokens("a.ts", "let x: any;\nlet x: any;\nlet x: any;\nlet y: any;\n", "any");
    const assigned = assignFingerprints(findings);
    expect(assigned.map(({ finding }) => finding)).toEqual(findings);
    expect(new Set(assigned.map(({ fingerprint }) => fingerprint)).size).toBe(4);
    for (const { fingerprint } of assigned) expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
  });

  it("does not depend on the order of the input", () => {
    const findings = findTokens("a.ts", code.repeat(4), "value");
    fc.assert(
      fc.property(fc.shuffledSubarray(findings, { minLength: findings.length }), (shuffled) => {
        const expected = new Map(
          assignFingerprints(findings).map(({ finding, fingerprint }) => [finding, fingerprint]),
        );
        for (const { finding, fingerprint } of assignFingerprints(shuffled)) {
          expect(fingerprint).toBe(expected.get(finding));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("does not depend on inserted blank lines", () => {
    const lines = code.repeat(3).split("\n");
    fc.assert(
      fc.property(fc.array(fc.nat({ max: lines.length }), { maxLength: 12 }), (places) => {
        const changed = lines.flatMap((line, index) => [
          ...places.filter((place) => place === index).map(() => "  "),
          line,
        ]);
        const prints = (text: string) =>
          assignFingerprints(findTokens("a.ts", text, "value")).map(({ fingerprint }) => fingerprint);
        expect(prints(changed.join("\n"))).toEqual(prints(lines.join("\n")));
      }),
      { numRuns: 50 },
    );
  });

  it("tells findings on one line apart by their range", () => {
    const [a] = findTokens("a.ts", code, "a,");
    const [b] = findTokens("a.ts", code, "b }");
    const both = assignFingerprints([a, b].filter((finding) => finding !== undefined));
    const onlyB = assignFingerprints([b].filter((finding) => finding !== undefined));
    expect(onlyB[0]?.fingerprint).toBe(both[1]?.fingerprint);
  });
});
