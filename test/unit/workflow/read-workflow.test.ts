/** Reading and planning never throw, whatever is in a file; places are inside it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { readTree } from "../../../src/workflow/positioned-tree.ts";
import { planWorkflow } from "../../../src/workflow/plan-workflow.ts";
import { readWorkflow } from "../../../src/workflow/read-workflow.ts";
import { catalog } from "../../workflows/catalog.ts";

const expression = fc.constantFrom(
  "${{ event.issue.title }}",
  "${{ steps.a.outputs.x }}",
  "${{ inputs.x }}",
  "${{ fromJSON(event.x) }}",
  "${{ ",
  "${{ '}}' }}",
  "always() && steps.b",
  "false",
  "item",
);
const word = fc.oneof(
  fc.constantFrom("a", "b", "c", "push", "flow.log", "helper", "yes", "", "main", "5m"),
  expression,
  fc.string({ maxLength: 6 }),
);
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    word,
    fc.boolean(),
    fc.integer(),
    fc.constant(null),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(word, tie("any"), { maxKeys: 3 }),
  ),
}))["any"] as fc.Arbitrary<unknown>;

function sometimes(keys: readonly string[], usual: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> {
  return fc.record(
    Object.fromEntries(
      keys.map((key) => [
        key,
        fc.oneof({ arbitrary: usual[key] ?? value, weight: 4 }, { arbitrary: value, weight: 1 }),
      ]),
    ),
    { requiredKeys: [] },
  );
}

const id = fc.constantFrom("a", "b", "c", "d");
const step = fc.letrec((tie) => ({
  step: fc.oneof(
    { maxDepth: 2 },
    sometimes(["id", "needs", "if", "run", "env", "foreach", "outputs"], {
      id,
      needs: fc.array(id, { maxLength: 2 }),
      if: expression,
      run: fc.oneof(word, expression),
      foreach: expression,
    }),
    sometimes(["id", "uses", "with", "needs", "retry", "timeout", "continue-on-error"], {
      id,
      uses: fc.constantFrom(...catalog.ids),
      needs: id,
    }),
    sometimes(["id", "parallel", "needs", "max-parallel"], { id, parallel: fc.array(tie("step"), { maxLength: 3 }) }),
    sometimes(["id", "workflow", "with"], { id, workflow: fc.constantFrom("x", "helper") }),
  ),
}))["step"] as fc.Arbitrary<unknown>;
const file = sometimes(
  ["name", "on", "inputs", "env", "secrets", "permissions", "concurrency", "outputs", "timeout", "steps"],
  {
    on: fc.oneof(
      fc.constantFrom("push", "manual"),
      fc.dictionary(
        fc.constantFrom("push", "issues", "schedule", "pull_request"),
        sometimes(["types", "branches", "paths", "if", "labels", "commands"], { if: expression }),
      ),
    ),
    inputs: fc.dictionary(id, sometimes(["type", "default", "options", "required"], {})),
    steps: fc.array(step, { minLength: 1, maxLength: 5 }),
  },
);

const helper = readWorkflow(
  "on: manual\ninputs: { t: }\nsteps:\n  - run: echo ${{ inputs.t }}\n",
  "helper.yml",
  catalog,
).workflow;

function judge(text: string): void {
  const { workflow, diagnostics } = readWorkflow(text, "x.yml", catalog);
  const lines = text.split("\n");
  expect(workflow === undefined).toBe(diagnostics.some(({ severity }) => severity === "error"));
  for (const { line, column, endLine = line, endColumn = column } of diagnostics) {
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
    expect(endLine > line || endColumn >= column).toBe(true);
  }
  if (workflow === undefined) return;
  expect(JSON.parse(JSON.stringify(workflow))).toEqual(workflow);
  const { plan } = planWorkflow(workflow, {
    event: { name: "manual", payload: {} },
    inputs: { a: "1" },
    catalog,
    resolve: (name) => (name === "helper" ? helper : name === "x" ? workflow : undefined),
  });
  if (plan !== undefined) expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
}

describe("readWorkflow", () => {
  it("is not thrown at by any text", () => {
    const piece = fc.constantFrom(
      "on:",
      " ",
      "\n",
      "- ",
      "steps:",
      "&a",
      "*a",
      "<<: ",
      "{",
      "}",
      "[",
      "]",
      "|\n",
      ">\n",
      '"',
      "'",
      "\t",
      "#",
      "? ",
      "!!map",
      "%",
      "run: x",
      "\uFEFF",
      "\r\n",
      "---\n",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 15 }), (pieces) =>
        judge(pieces.join("")),
      ),
      { numRuns: 600 },
    );
  });

  it("is not thrown at by any structure, and plans what holds", () => {
    fc.assert(
      fc.property(file, (content) => judge(stringify(content))),
      { numRuns: 500 },
    );
  });

  it("keeps every step of what it accepts", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("run", "uses"), { minLength: 1, maxLength: 20 }), (kinds) => {
        const steps = kinds.map((kind) =>
          kind === "run" ? { run: "x" } : { uses: "flow.log", with: { message: "m" } },
        );
        const { workflow } = readWorkflow(stringify({ on: "manual", steps }), "x.yml", catalog);
        expect(workflow?.steps.map((each) => (each.kind === "action" ? "uses" : each.kind))).toEqual(kinds);
      }),
    );
  });
});

describe("placeOf", () => {
  it("finds every word of a text again, however it is written", () => {
    const words = fc.array(fc.stringMatching(/^[a-zäöü}'"\\$:#-]{1,8}$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        words,
        fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL", "BLOCK_FOLDED"),
        fc.integer({ min: 10, max: 40 }),
        (parts, style, lineWidth) => {
          const text = parts.map((part, index) => `${part}${index}x`).join(" ");
          const yaml = stringify(
            { a: { key: text } },
            { defaultStringType: style as "PLAIN", lineWidth, minContentWidth: 0 },
          );
          const { tree } = readTree(yaml);
          const outer = tree?.kind === "map" ? tree.entries[0]?.value : undefined;
          const node = outer?.kind === "map" ? outer.entries[0]?.value : undefined;
          if (node?.kind !== "scalar" || typeof node.value !== "string") throw new Error(`no text in ${yaml}`);
          const lines = yaml.split("\n");
          for (const [index] of parts.entries()) {
            const mark = `${index}x`;
            const offset = new RegExp(`(?<!\\d)${mark}(?= |$|\\n)`).exec(node.value)?.index ?? -1;
            if (offset === -1) continue;
            const { line, column, endColumn } = node.placeOf(offset, mark.length);
            const found = (lines[line - 1] ?? "").slice(column - 1, endColumn - 1);
            // A long word may go on in the next line, behind a backslash.
            expect(found.endsWith("\\") ? mark.startsWith(found.slice(0, -1)) : found === mark, found).toBe(true);
          }
        },
      ),
      { numRuns: 800 },
    );
  });
});
