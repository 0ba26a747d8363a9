/** `issue.close-stale`: marks silent issues, then closes those that stay silent. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { hasMarker, readMarkers } from "../../model/marker.ts";
import type { TrackerIssue } from "../../model/tracker.ts";
import { plain } from "../markdown-table.ts";
import {
  type Conversation,
  conversationOf,
  dayMs,
  findStaleIssues,
  isExempt,
  isOurs,
  staleInputs,
} from "./staleness.ts";

const markKey = "stale";

export const closeStale = defineAction({
  id: "issue.close-stale",
  summary: "Mark issues that went silent, and close those that stay silent after that.",
  description: `Without \`apply: true\` it lists what it would do. In each run: a marked issue in which a person has written since loses its
mark; a marked one that stayed silent for \`days-until-close\` is closed as not planned; a silent one gets a comment and a label. At most
\`limit\` issues are touched in a run. An issue that bears the label but no comment of ours was labelled by a person and is left alone.

\`\`\`yaml
- uses: issue.close-stale
  with: { min-age-days: 60, days-until-close: 14, apply: true }
\`\`\``,
  inputs: z.strictObject({
    ...staleInputs,
    "days-until-close": z.number().positive().default(14).describe("Days between the mark and closing."),
    label: z.string().min(1).default("stale").describe("The mark."),
    message: z
      .string()
      .default(
        "Nobody has said anything here for {days} days. It will be closed in {rest} days; a comment keeps it open.",
      )
      .describe("Markdown of the marking comment; `{days}` and `{rest}` are filled in."),
    "close-message": z
      .string()
      .default("Closed, because nobody said anything more. A comment is welcome if it still matters.")
      .describe("Markdown of the last comment."),
    limit: z.number().int().positive().default(30).describe("At most so many issues in a run."),
    apply: z.boolean().default(false).describe("Really do it."),
  }),
  outputs: z.object({
    marked: z.array(z.string()).describe("Ids of issues that were (or would be) marked."),
    closed: z.array(z.string()).describe("Ids of issues that were (or would be) closed."),
    unmarked: z.array(z.string()).describe("Ids of issues that lost (or would lose) their mark."),
    applied: z.boolean().describe("Whether anything was really done."),
  }),
  needs: ["tracker"],
  effects: "outside",
  async run({ tracker, clock, summarize }, inputs) {
    const now = clock.now();
    const lines: string[] = [];
    const marked: string[] = [];
    const closed: string[] = [];
    const unmarked: string[] = [];
    const say = (what: string, { id, title, url }: TrackerIssue): void => {
      lines.push(`- ${what} [${plain(id)}](${url}) ${plain(title)}`);
    };
    const isMarked = ({ labels }: TrackerIssue): boolean =>
      labels.some((name) => name.toLowerCase() === inputs.label.toLowerCase());
    const isFull = (): boolean => marked.length + closed.length + unmarked.length >= inputs.limit;

    for (const issue of await tracker.issues({ state: "open", labels: [inputs.label] })) {
      if (isFull()) break;
      const conversation = await conversationOf(tracker, issue);
      const markedAt = markOf(conversation);
      if (markedAt === undefined) continue;
      if (isExempt(issue, inputs) || conversation.lastWord > markedAt) {
        unmarked.push(issue.id);
        say("No longer silent:", issue);
        if (inputs.apply) await tracker.removeLabels(issue.id, [inputs.label]);
      } else if (now.getTime() - Date.parse(markedAt) >= inputs["days-until-close"] * dayMs) {
        closed.push(issue.id);
        say("Closed:", issue);
        if (inputs.apply)
          await tracker.closeIssue(issue.id, {
            as: "not-planned",
            comment: inputs["close-message"],
            key: "stale-closed",
          });
      }
    }
    const room = inputs.limit - closed.length - unmarked.length;
    const silent = room <= 0 ? [] : await findStaleIssues(tracker, now, inputs, room, (issue) => !isMarked(issue));
    for (const { issue, days, lastWord } of silent) {
      marked.push(issue.id);
      say(`Silent for ${days} days:`, issue);
      if (!inputs.apply) continue;
      const rest = `${inputs["days-until-close"]}`;
      // The comment first: a label without it would say nothing and never be looked at again.
      await tracker.ensureComment(
        issue.id,
        `${markKey}/${lastWord}`,
        inputs.message.replaceAll("{days}", `${days}`).replaceAll("{rest}", rest),
      );
      await tracker.addLabels(issue.id, [inputs.label]);
    }
    if (lines.length > 0) {
      summarize(
        inputs.apply
          ? lines.join("\n")
          : `Nothing was done, without \`apply: true\`. It would be:\n\n${lines.join("\n")}`,
      );
    }
    return { marked, closed, unmarked, applied: inputs.apply && lines.length > 0 };
  },
});

/** When we marked it last: each silence has a mark of its own. */
function markOf({ comments, lastWord }: Conversation): string | undefined {
  const marks = comments.filter(
    (comment) => isOurs(comment) && readMarkers(comment.body)[0]?.key.startsWith(`${markKey}/`) === true,
  );
  return (marks.find(({ body }) => hasMarker(body, "comment", `${markKey}/${lastWord}`)) ?? marks.at(-1))?.createdAt;
}
