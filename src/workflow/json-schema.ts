/** The JSON Schema of workflow files, with every action's inputs, so that editors complete `with:`. Pure. */
import { eventNames } from "../model/event.ts";
import { slashCommandNames } from "../model/slash-commands.ts";
import { authorAssociations, eventAliases, type FilterKey, triggerEvents } from "./trigger-events.ts";

type Schema = Readonly<Record<string, unknown>>;

export interface ActionSchema {
  readonly id: string;
  readonly summary: string;
  /** JSON Schema (draft 7) of `with:`. */
  readonly inputs: Schema;
}

const expressionText: Schema = {
  type: "string",
  pattern: "\\$\\{\\{",
  description: "An expression: ${{ … }}",
};
const text: Schema = { type: "string" };
const texts: Schema = { anyOf: [text, { type: "array", items: text, minItems: 1 }] };
const duration: Schema = {
  anyOf: [
    { type: "number", exclusiveMinimum: 0 },
    { type: "string", pattern: "^\\d+(\\.\\d+)?\\s*[smhd]$" },
  ],
};
const condition: Schema = { type: ["string", "boolean", "number"] };
const names: Schema = { pattern: "^[A-Za-z_][A-Za-z0-9_-]{0,99}$" };
const scalars: Schema = {
  type: "object",
  propertyNames: names,
  additionalProperties: { type: ["string", "number", "boolean", "null"] },
};

/** Key to what it means; the reference is made of these. */
export const topKeyHelp = {
  name: "Name for people; the file's name otherwise.",
  description: "What it is for, in a sentence; the comment at the file's top otherwise.",
  on: "Events that start it.",
  inputs: "Values that whoever starts it gives: typed, with defaults.",
  env: "Environment of every step, beside where things are on the machine (`PATH`, `HOME`, proxies, certificates, caches); its other variables are not passed on.",
  secrets: "Names of secrets that it may read; nothing else is in `secrets`.",
  permissions: "What its GitHub token may do.",
  concurrency:
    "Runs of one group run one after the other, or cancel each other; that of a called workflow is kept as well.",
  outputs: "What a workflow that calls it reads.",
  timeout: "For the whole run: seconds, or `90s`, `5m`, `1h`.",
  steps: "What it does, one step after the other unless `needs` or `parallel` says otherwise.",
} as const;

export const stepKeyHelp = {
  id: "Name in expressions and `needs`; unique in the file.",
  name: "Name for people; may hold expressions.",
  if: "The step runs when this is true; `success()` is implied unless it asks for the state itself.",
  needs: "Steps beside it that must have ended; absent, it waits for the one before it, and `[]` waits for none.",
  foreach: "Runs once for each item of a list or of an expression that gives one; `item` and `index` are there then.",
  "max-parallel": "How many items of `foreach` (1 unless said) or steps of `parallel` (8) run at once.",
  "continue-on-error": "A failure of the step does not fail the run.",
  timeout: "Seconds, or `90s`, `5m`, `1h`.",
  retry: "Attempts in all, or `attempts`, `delay`, `factor` and `max-delay`.",
  env: "Environment of the step; the way for text from outside into scripts.",
  outputs: "Values on top of what the step itself gives; of `parallel` the only ones.",
  uses: "An action.",
  with: "The action's or workflow's inputs.",
  run: "A shell script, in the checkout; what it writes to the file `$CODEFLOW_OUTPUT` as `name=value` are its outputs.",
  shell: "`bash` unless said, `sh`, `pwsh`, `python` or `node`.",
  "working-directory": "Relative to the checkout's root.",
  parallel: "Steps that run at the same time.",
  workflow: "Another workflow, by name or path.",
} as const;

export const filterHelp: Readonly<Record<FilterKey, string>> = {
  types: "what happened; the event's usual types when absent",
  branches: "globs; of a pull request its base branch",
  "branches-ignore": "globs",
  tags: "globs",
  "tags-ignore": "globs",
  paths: "globs; one changed path must match",
  "paths-ignore": "globs; not when every changed path matches",
  labels: "one of them is on it, or is the one that was put on",
  actors: "logins",
  "actors-ignore": "logins",
  "author-association": "what the author is to the repository: OWNER, MEMBER, COLLABORATOR, …",
  commands: "slash commands in the comment",
  if: "an expression over `event` and `repo`",
};

export function workflowJsonSchema(actions: readonly ActionSchema[]): Schema {
  const described = (help: Readonly<Record<string, string>>, schemas: Readonly<Record<string, Schema>>): Schema =>
    Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, { description: help[key], ...schema }]));
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "CodeFlow workflow",
    type: "object",
    required: ["on", "steps"],
    additionalProperties: false,
    properties: described(topKeyHelp, {
      name: text,
      description: text,
      on: { $ref: "#/definitions/on" },
      inputs: {
        type: "object",
        propertyNames: names,
        additionalProperties: { anyOf: [{ type: "null" }, { $ref: "#/definitions/input" }] },
      },
      env: scalars,
      secrets: texts,
      permissions: {
        anyOf: [
          { enum: ["read-all", "write-all"] },
          { type: "object", additionalProperties: { enum: ["read", "write", "none"] } },
        ],
      },
      concurrency: {
        anyOf: [
          text,
          {
            type: "object",
            required: ["group"],
            additionalProperties: false,
            properties: { group: text, "cancel-in-progress": { type: ["boolean", "string"] } },
          },
        ],
      },
      outputs: scalars,
      timeout: duration,
      steps: { $ref: "#/definitions/steps" },
    }),
    definitions: {
      on: triggers(),
      input: {
        type: "object",
        additionalProperties: false,
        properties: {
          description: text,
          type: { enum: ["string", "number", "boolean", "choice"] },
          required: { type: "boolean" },
          default: { type: ["string", "number", "boolean"] },
          options: texts,
        },
      },
      steps: { type: "array", minItems: 1, items: { $ref: "#/definitions/step" } },
      step: {
        type: "object",
        additionalProperties: false,
        oneOf: ["uses", "run", "parallel", "workflow"].map((key) => ({ required: [key] })),
        properties: described(stepKeyHelp, {
          id: { type: "string", ...names },
          name: text,
          if: condition,
          needs: { anyOf: [text, { type: "array", items: text }] },
          foreach: { anyOf: [expressionText, { type: "array" }] },
          "max-parallel": { type: "integer", minimum: 1, maximum: 1000 },
          "continue-on-error": { anyOf: [{ type: "boolean" }, expressionText] },
          timeout: duration,
          retry: {
            anyOf: [
              { type: "integer", minimum: 1, maximum: 100 },
              {
                type: "object",
                additionalProperties: false,
                properties: {
                  attempts: { type: "integer", minimum: 1, maximum: 100 },
                  delay: duration,
                  factor: { type: "number", minimum: 1, maximum: 100 },
                  "max-delay": duration,
                },
              },
            ],
          },
          env: scalars,
          outputs: scalars,
          uses: { oneOf: actions.map(({ id, summary }) => ({ const: id, description: summary })) },
          with: { type: ["object", "null"] },
          run: text,
          shell: { enum: ["bash", "sh", "pwsh", "python", "node"] },
          "working-directory": text,
          parallel: { $ref: "#/definitions/steps" },
          workflow: text,
        }),
        allOf: actions.map(({ id, inputs }) => ({
          if: { properties: { uses: { const: id } }, required: ["uses"] },
          // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's own word
          then: {
            properties: { with: orExpression(inputs, true) },
            ...(isRequired(inputs) ? { required: ["with"] } : {}),
          },
        })),
      },
    },
  };
}

function isRequired({ required }: Schema): boolean {
  return Array.isArray(required) && required.length > 0;
}

/** Wherever a value can stand, an expression can stand for it. */
function orExpression(schema: unknown, isRoot = false): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  const given = schema as Schema;
  const inner: Record<string, unknown> = { ...given };
  for (const key of ["properties", "$defs", "definitions"]) {
    const group = given[key];
    if (typeof group !== "object" || group === null) continue;
    inner[key] = Object.fromEntries(Object.entries(group).map(([name, each]) => [name, orExpression(each)]));
  }
  if (typeof given["items"] === "object") inner["items"] = orExpression(given["items"]);
  if (typeof given["additionalProperties"] === "object")
    inner["additionalProperties"] = orExpression(given["additionalProperties"]);
  for (const key of ["anyOf", "oneOf"]) {
    const choices = given[key];
    // An expression beside the choices is enough; inside of them it is for their parts.
    if (Array.isArray(choices)) inner[key] = choices.map((each: unknown) => orExpression(each, true));
  }
  const constraints = ["pattern", "format", "minLength", "maxLength", "enum", "const"];
  const isAnyText = given["type"] === "string" && constraints.every((key) => given[key] === undefined);
  if (isRoot || isAnyText) return inner;
  const { description, default: fallback, ...rest } = inner;
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [rest, expressionText],
  };
}

function triggers(): Schema {
  const known = [...eventNames, ...Object.keys(eventAliases)];
  const filters = (event: (typeof eventNames)[number]): Schema => {
    const facts = triggerEvents[event];
    const schemas: Record<FilterKey, Schema> = {
      types: oneOrMore({ enum: facts.types }),
      branches: texts,
      "branches-ignore": texts,
      tags: texts,
      "tags-ignore": texts,
      paths: texts,
      "paths-ignore": texts,
      labels: texts,
      actors: texts,
      "actors-ignore": texts,
      "author-association": oneOrMore({ enum: authorAssociations }),
      commands: oneOrMore({ enum: slashCommandNames }),
      if: condition,
    };
    return {
      type: ["object", "null"],
      description: facts.summary,
      additionalProperties: false,
      properties: Object.fromEntries(
        facts.filters.map((key) => [key, { description: filterHelp[key], ...schemas[key] }]),
      ),
    };
  };
  const time: Schema = {
    type: "object",
    required: ["cron"],
    additionalProperties: false,
    properties: {
      cron: { type: "string", description: "Minute, hour, day of month, month, day of week." },
      timezone: { type: "string", description: "IANA name such as Europe/Berlin; UTC when absent." },
      if: condition,
    },
  };
  return {
    anyOf: [
      { enum: known },
      { type: "array", items: { enum: known } },
      {
        type: "object",
        minProperties: 1,
        additionalProperties: false,
        properties: {
          ...Object.fromEntries(eventNames.map((event) => [event, filters(event)])),
          schedule: { description: triggerEvents.schedule.summary, ...oneOrMore(time) },
          assignment: { type: ["object", "null"], description: "an issue or a pull request was assigned" },
          workflow_dispatch: filters("manual"),
        },
      },
    ],
  };
}

function oneOrMore(schema: Schema): Schema {
  return { anyOf: [schema, { type: "array", items: schema, minItems: 1 }] };
}
