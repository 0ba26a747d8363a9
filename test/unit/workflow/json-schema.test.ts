/** Editors with the JSON Schema say what the reader says. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { referenceOf } from "../../../src/app/action-reference.ts";
import type { ActionDefinition } from "../../../src/model/action.ts";
import { workflowJsonSchema } from "../../../src/workflow/json-schema.ts";
import { readWorkflow } from "../../../src/workflow/read-workflow.ts";
import { catalog } from "../../workflows/catalog.ts";

const actions = await Promise.all(catalog.ids.map((id) => referenceOf(catalog.get(id) as ActionDefinition)));
const schema = workflowJsonSchema(
  actions.map(({ id, summary, inputSchema }) => ({ id, summary, inputs: { ...inputSchema } })),
);
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
const check = (text: string): string => {
  const isValid = validate(parse(text, { merge: true }));
  return isValid ? "" : JSON.stringify(validate.errors);
};

describe("workflows that hold", () => {
  const root = join(import.meta.dirname, "../../workflows/ok");
  it.each(readdirSync(root))("%s", (name) => {
    expect(check(readFileSync(join(root, name, "workflow.yml"), "utf8"))).toBe("");
  });
});

describe("single mistakes", () => {
  it.each([
    "on: manual",
    "on: manul\nsteps: [{ run: x }]",
    "on: manual\nstep: []\nsteps: [{ run: x }]",
    "on: { push: { branch: main } }\nsteps: [{ run: x }]",
    "on: { pull_request: { types: [merged] } }\nsteps: [{ run: x }]",
    "on: { schedule: [{ timezone: UTC }] }\nsteps: [{ run: x }]",
    "on: { issue_comment: { commands: [fixx] } }\nsteps: [{ run: x }]",
    "on: manual\ninputs: { a: { type: text } }\nsteps: [{ run: x }]",
    "on: manual\nsteps: [{ name: x }]",
    "on: manual\nsteps: [{ run: x, uses: repo.changed-files }]",
    "on: manual\nsteps: [{ uses: repo.changed_files }]",
    "on: manual\nsteps: [{ uses: flow.log }]",
    "on: manual\nsteps: [{ uses: flow.log, with: { mesage: x } }]",
    "on: manual\nsteps: [{ uses: flow.log, with: { message: x, level: loud } }]",
    "on: manual\nsteps: [{ uses: quality.run-checks, with: { limit: many } }]",
    "on: manual\nsteps: [{ run: x, timeout: soon }]",
    "on: manual\nsteps: [{ run: x, shell: zsh }]",
    "on: manual\nsteps: [{ parallel: [{ run: x, retry: 0 }] }]",
  ])("%s", (text) => {
    expect(check(text)).not.toBe("");
    expect(readWorkflow(text, "x.yml", catalog).workflow).toBeUndefined();
  });
});
