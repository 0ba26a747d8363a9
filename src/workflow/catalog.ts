/** What reading and planning know of actions: handed in, so that this room knows none of them. */
import type { ActionDefinition } from "../model/action.ts";

export type ActionFacts = Pick<ActionDefinition, "id" | "summary" | "inputs" | "outputs" | "needs" | "effects">;

export interface ActionCatalog {
  /** Of every action, sorted. */
  readonly ids: readonly string[];
  /** Those that are loaded; at least every one that the file uses. */
  get(id: string): ActionFacts | undefined;
}

/** Ids that a file may use, by a look at its text: enough to load them before it is read. */
export function mentionedActions(text: string): string[] {
  return [...new Set([...text.matchAll(/\buses["']?\s*:\s*["']?([a-z][\w.-]*)/g)].map(([, id = ""]) => id))].sort();
}

/** The part of zod's schemas that is looked into. */
interface SchemaShape {
  readonly shape?: Readonly<Record<string, SchemaShape>>;
  readonly _zod?: {
    readonly def?: { readonly type?: string; readonly innerType?: SchemaShape; readonly catchall?: SchemaShape };
  };
}

/** Names of the properties of an object schema; undefined when others are possible. */
export function propertyNames(schema: unknown): readonly string[] | undefined {
  const { shape, _zod } = schema as SchemaShape;
  const catchall = _zod?.def?.catchall?._zod?.def?.type;
  if (shape === undefined || (catchall !== undefined && catchall !== "never")) return undefined;
  return Object.keys(shape);
}

/** Its values can hold no text of a stranger: numbers, booleans, a fixed choice. */
export function isHarmlessProperty(schema: unknown, name: string): boolean {
  let property = (schema as SchemaShape).shape?.[name];
  while (property?._zod?.def?.innerType !== undefined) property = property._zod.def.innerType;
  const type = property?._zod?.def?.type;
  return type === "number" || type === "boolean" || type === "enum" || type === "literal" || type === "int";
}
