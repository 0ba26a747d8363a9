/** An action as its reference shows it: inputs and outputs as JSON Schema and as rows of a table. */
import type { ActionDefinition, ActionEffects, ActionNeed } from "../model/action.ts";

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
}

export interface PropertyFacts {
  readonly name: string;
  /** In words: `text`, `one of a, b`, `list of texts`. */
  readonly type: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly description: string;
}

export interface ActionReference {
  readonly id: string;
  readonly family: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly needs: readonly ActionNeed[];
  readonly effects: ActionEffects;
  readonly inputs: readonly PropertyFacts[];
  readonly outputs: readonly PropertyFacts[];
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
}

export async function referenceOf(action: ActionDefinition): Promise<ActionReference> {
  const { z } = await import("zod");
  const schemaOf = (schema: unknown, io: "input" | "output"): JsonSchema => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema as Parameters<typeof z.toJSONSchema>[0], {
      io,
      unrepresentable: "any",
      target: "draft-7",
    }) as JsonSchema & { $schema?: string };
    return rest;
  };
  const inputSchema = schemaOf(action.inputs, "input");
  const outputSchema = schemaOf(action.outputs, "output");
  return {
    id: action.id,
    family: action.id.slice(0, action.id.indexOf(".")),
    summary: action.summary,
    description: action.description,
    needs: [...action.needs].sort(),
    effects: action.effects,
    inputs: properties(inputSchema),
    outputs: properties(outputSchema),
    inputSchema,
    outputSchema,
  };
}

function properties(schema: JsonSchema): PropertyFacts[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    type: typeWords(property),
    required: schema.required?.includes(name) === true,
    ...(property.default === undefined ? {} : { default: property.default }),
    description: property.description ?? "",
  }));
}

function typeWords(schema: JsonSchema): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.map(String).join(", ")}`;
  if (schema.const !== undefined) return String(schema.const);
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeWords))].join(" or ");
  const names: Record<string, string> = {
    array: "list",
    boolean: "true or false",
    integer: "whole number",
    null: "nothing",
    number: "number",
    object: "map",
    string: "text",
  };
  const types = schema.type === undefined ? [] : typeof schema.type === "string" ? [schema.type] : schema.type;
  if (types.length === 0) return "anything";
  return types
    .map((type) =>
      type === "array" && typeof schema.items === "object" && schema.items.type !== undefined
        ? `list of ${plural(typeWords(schema.items))}`
        : (names[type] ?? type),
    )
    .join(" or ");
}

function plural(words: string): string {
  return /^(text|number|whole number|map|list)$/.test(words) ? `${words}s` : words;
}
