/** Expressions: GitHub's semantics, types that are kept, and what is said of broken ones. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExpression } from "../../../src/workflow/expression-syntax.ts";
import {
  evaluateCondition,
  evaluateExpression,
  evaluateTemplate,
  evaluateText,
  ExpressionError,
  isTruthy,
  splitTemplate,
} from "../../../src/workflow/expressions.ts";

const contexts = {
  event: {
    name: "pull_request",
    pull_request: { title: "Fix }} 'it'", number: 7, draft: false, labels: [{ name: "Bug" }, { name: "ui" }] },
    constructor: "mine",
    nothing: null,
  },
  inputs: { count: 3, apply: true },
  steps: { build: { outputs: { files: ["a.ts", "b.ts"], size: 1.5 }, outcome: "success" } },
};

describe("evaluateExpression", () => {
  it.each<[string, unknown]>([
    ["event.pull_request.number", 7],
    ["EVENT.Pull_Request['NUMBER']", 7],
    ["event.pull_request.labels.*.name", ["Bug", "ui"]],
    ["contains(event.pull_request.labels.*.name, 'bug')", true],
    ["steps.build.outputs.files[1]", "b.ts"],
    ["steps.build.outputs.files[9]", null],
    ["steps.missing.outputs.x", null],
    ["event.constructor", "mine"],
    ["event.tostring", null],
    ["env.ANYTHING", null],
    ["'a' == 'A'", true],
    ["null == 0", true],
    ["'' == 0", true],
    ["'x' == 0", false],
    ["true == 1", true],
    ["'0x10' == 16", true],
    ["1 < 2 && 'b' || 'c'", "b"],
    ["false || inputs.count", 3],
    ["!inputs.apply", false],
    ["'it''s ''so'''", "it's 'so'"],
    ["format('{0}-{1} {{}}', 'a', 2)", "a-2 {}"],
    ["join(steps.build.outputs.files, ' ')", "a.ts b.ts"],
    ["toJSON(inputs)", '{\n  "count": 3,\n  "apply": true\n}'],
    ["fromJSON('[1, {\"constructor\": 2}]')[1].constructor", 2],
    ["startsWith('Hello', 'he') && endsWith('Hello', 'LO')", true],
    ["case(inputs.count > 5, 'many', inputs.count > 2, 'some', 'few')", "some"],
    ["event.pull_request == event.pull_request", true],
    ["event.pull_request == fromJSON('{}')", false],
    ["-1.5e1", -15],
  ])("%s", (text, expected) => {
    expect(evaluateExpression(text, contexts)).toEqual(expected);
  });

  it("hands maps and lists out as they are", () => {
    expect(evaluateExpression("event.pull_request", contexts)).toBe(contexts.event.pull_request);
  });

  it("asks functions, and fails on one that nobody answers", () => {
    expect(
      evaluateExpression(
        "success() && hashFiles('a', 'b')",
        {},
        { success: () => true, hashFiles: (...all) => all.join("+") },
      ),
    ).toBe("a+b");
    expect(() => evaluateExpression("hashFiles('x')", {})).toThrow("hashFiles() cannot be asked here");
  });

  it("says what is wrong when it cannot be evaluated", () => {
    expect(() => evaluateExpression("fromJSON('{')", {})).toThrow(ExpressionError);
    expect(() => evaluateExpression("fromJSON(env.X)", {})).toThrow("fromJSON() is given what is no JSON: nothing");
    expect(() => evaluateExpression("format('{1}', 'a')", {})).toThrow(ExpressionError);
  });

  it("never throws anything else", () => {
    const pieces = [
      "event",
      ".",
      "*",
      "[",
      "]",
      "(",
      ")",
      "'",
      "''",
      "1",
      "==",
      "!",
      "&&",
      "fromJSON",
      "constructor",
      "format",
      "__proto__",
      ",",
      " ",
      "\n",
      "$",
      "}}",
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 12 }),
        (parts) => {
          try {
            evaluateExpression(parts.join(""), contexts);
          } catch (error) {
            expect(error).toBeInstanceOf(ExpressionError);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe("evaluateTemplate", () => {
  it("keeps the type of a single expression", () => {
    expect(
      evaluateTemplate(
        {
          files: "${{ steps.build.outputs.files }}",
          count: "${{ inputs.count }}",
          text: "n=${{ inputs.count }}, ${{ inputs.apply }}, ${{ event.nothing }}, ${{ inputs }}",
          list: ["${{ inputs.apply }}", 4, null],
          plain: "no braces }}",
        },
        contexts,
      ),
    ).toEqual({
      files: ["a.ts", "b.ts"],
      count: 3,
      text: "n=3, true, , Object",
      list: [true, 4, null],
      plain: "no braces }}",
    });
  });

  it("keeps it in a block text too, but a text keeps its line break", () => {
    expect(evaluateTemplate("${{ inputs.count }}\n", contexts)).toBe(3);
    expect(evaluateTemplate("${{ 'a' }}\n", contexts)).toBe("a\n");
    expect(evaluateTemplate(" ${{ inputs.count }}", contexts)).toBe(" 3");
  });

  it("splits around braces and quotes inside texts", () => {
    expect(evaluateText("a${{ format('{0} {1}', '}}', 'it''s }}') }}b${{ '${{' }}", {})).toBe("a}} it's }}b${{");
    expect(splitTemplate("x ${{ 'a }}").unclosed).toBe(2);
    expect(() => evaluateText("x ${{ 'a }}", {})).toThrow("not closed");
  });

  it("gives back every text without braces as it was", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes("${{"));
        expect(evaluateText(text, {})).toBe(text);
        const quoted = text.replaceAll("'", "''");
        expect(evaluateText(`<\${{ '${quoted}' }}>`, {})).toBe(`<${text}>`);
      }),
    );
  });
});

describe("evaluateCondition", () => {
  const failed = { success: () => false, failure: () => true, always: () => true, cancelled: () => false };
  it.each<[string, boolean]>([
    ["true", false],
    ["always()", true],
    ["failure() && inputs.apply", true],
    ["!cancelled()", true],
    ["cancelled() || success()", false],
  ])("after a failure %s is %s", (text, expected) => {
    expect(evaluateCondition(text, contexts, failed)).toBe(expected);
  });

  it("knows what is true", () => {
    expect([0, "", null, undefined, false, Number.NaN].some(isTruthy)).toBe(false);
    expect([1, "false", "0", [], {}].every(isTruthy)).toBe(true);
  });
});

describe("parseExpression", () => {
  it.each([
    ["", "empty", 0, 0],
    ["foo.bar && nope()", "unknown-context", 0, 3],
    ["a == 'x", "syntax", 5, 2],
    ["event = 1", "syntax", 6, 1],
    ['event == "x"', "syntax", 9, 3],
    ["event.", "syntax", 5, 1],
    ["(event", "syntax", 5, 1],
    ["event event", "syntax", 6, 5],
    ["contains('a')", "arguments", 0, 8],
    ["success(1)", "arguments", 0, 7],
    ["constructor()", "unknown-function", 0, 11],
    ["__proto__()", "unknown-function", 0, 9],
    ["'a\nb' == foo", "unknown-context", 9, 3],
  ])("%j is a fault of kind %s", (text, kind, offset, length) => {
    expect(parseExpression(text).faults[0]).toMatchObject({ kind, offset, length });
  });

  it("finds every unknown name", () => {
    expect(parseExpression("foo && bar() && evnt.x").faults.map(({ name }) => name)).toEqual(["foo", "bar", "evnt"]);
  });

  it("refuses nesting without end", () => {
    expect(parseExpression(`${"(".repeat(5000)}1${")".repeat(5000)}`).faults[0]?.kind).toBe("too-deep");
    expect(parseExpression("!".repeat(20_000)).faults[0]?.kind).toBe("too-deep");
    expect(parseExpression(" ".repeat(21_001).replace(/.$/, "1")).faults[0]?.kind).toBe("too-long");
  });

  it("says what is referred to", () => {
    const { expression } = parseExpression("steps.a['b'][event.x].*.c || inputs.y");
    expect(
      expression?.references.map(({ context, path }) => [
        context,
        ...path.map(({ key, isStar }) => (isStar ? "*" : key)),
      ]),
    ).toEqual([
      ["event", "x"],
      ["steps", "a", "b", undefined, "*", "c"],
      ["inputs", "y"],
    ]);
  });
});
