/** The JSON Schema of workflow files with the actions that there are, as text of a file. */
import { type ActionSchema, workflowJsonSchema } from "../workflow/json-schema.ts";
import { listActions } from "./actions.ts";

export async function workflowSchemaText(): Promise<string> {
  const actions = await listActions();
  const schema = workflowJsonSchema(
    actions.map(({ id, summary, inputSchema }): ActionSchema => ({ id, summary, inputs: { ...inputSchema } })),
  );
  return `${JSON.stringify(schema, null, 2)}\n`;
}
