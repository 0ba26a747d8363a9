/** Inputs that are lists of texts: a YAML sequence, or one text with an entry a line, as GitHub's own actions take them. */
import { z } from "zod";

/** No transform: the schema must stay printable as JSON Schema. */
export const textList = z.union([z.array(z.string()), z.string()]);

export function listOf(value: string | readonly string[] | undefined): string[] {
  if (value === undefined) return [];
  const entries = typeof value === "string" ? value.split(/\r?\n/) : value;
  return entries.map((entry) => entry.trim()).filter((entry) => entry !== "");
}
