/** `flow.summary`: Markdown for the run's summary. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";

export const summary = defineAction({
  id: "flow.summary",
  summary: "Add Markdown to the run's summary.",
  inputs: z.strictObject({ markdown: z.string().min(1).describe("What to add; a blank line is put before it.") }),
  outputs: z.object({}),
  needs: [],
  effects: "none",
  async run(context, { markdown }) {
    context.summarize(markdown);
    return {};
  },
});
