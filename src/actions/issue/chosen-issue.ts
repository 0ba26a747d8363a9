/** Which issue a step is about: named by its id, by our key, or the event's own. */
import { z } from "zod";
import { type ActionContext, StepFailed } from "../../model/action.ts";
import type { TrackerIssue } from "../../model/tracker.ts";

export const issueInputs = {
  id: z.string().min(1).optional().describe("The tracker's id: `42`, `ENG-42`. The event's issue when absent."),
  "issue-key": z
    .string()
    .min(1)
    .optional()
    .describe("Key of an issue that `issue.create-or-update` made, instead of its id."),
};

interface Chosen {
  readonly id?: string | undefined;
  readonly "issue-key"?: string | undefined;
}

/** Undefined only for a key of which there is no issue. */
export async function findChosen(
  { tracker, event }: ActionContext<"tracker">,
  { id, "issue-key": key }: Chosen,
): Promise<TrackerIssue | undefined> {
  if (id !== undefined && key !== undefined) throw new StepFailed("give `id` or `issue-key`, not both");
  if (key !== undefined) return tracker.findIssue(key);
  const wanted = id?.replace(/^#/, "") ?? event.issue?.number.toString();
  if (wanted === undefined) throw new StepFailed("this event brings no issue: give its `id` or `issue-key`");
  const issue = await tracker.issue(wanted);
  if (issue === undefined) throw new StepFailed(`there is no issue ${wanted} in ${tracker.project}`);
  return issue;
}

export async function chosenIssue(context: ActionContext<"tracker">, chosen: Chosen): Promise<TrackerIssue> {
  const issue = await findChosen(context, chosen);
  if (issue === undefined) throw new StepFailed(`there is no issue with the key ${chosen["issue-key"] ?? ""}`);
  return issue;
}
