/** `pr.set-check`: a check run with annotations. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";

const annotation = z.strictObject({
  path: z.string().min(1).describe("A file."),
  "start-line": z.number().int().positive().describe("First line."),
  "end-line": z.number().int().positive().optional().describe("Last line; the first when absent."),
  level: z.enum(["failure", "warning", "notice"]).default("warning").describe("How it is shown."),
  title: z.string().optional().describe("A line above the message."),
  message: z.string().min(1).describe("Plain text."),
});

export const setCheck = defineAction({
  id: "pr.set-check",
  summary: "Report a check run with annotations on the head of the pull request.",
  description: `The same check is found again by its name, commit and this step, so that a first \`in_progress\` is ended by a later
\`completed\`. Only a GitHub App's token (such as the one of a workflow) may do this; others set a status with \`pr.set-status\`.

\`\`\`yaml
- uses: pr.set-check
  with:
    name: Bundle size
    conclusion: failure
    title: 12 KiB more
    summary: "| file | before | after |\\n|---|---|---|\\n| app.js | 80 | 92 |"
\`\`\``,
  inputs: z.strictObject({
    name: z.string().min(1).describe("The check's name."),
    status: z.enum(["queued", "in_progress", "completed"]).optional().describe("Completed when there is a conclusion."),
    conclusion: z
      .enum(["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"])
      .optional()
      .describe("How it ended."),
    title: z.string().min(1).describe("One line."),
    summary: z.string().default("").describe("Markdown."),
    text: z.string().optional().describe("More Markdown, below."),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("Where more is to be read."),
    annotations: z.array(annotation).default([]).describe("Any number; sent in the batches that the host takes."),
    sha: z.string().optional().describe("Another commit than the event's or the pull request's head."),
    key: z
      .string()
      .optional()
      .describe("Steps with the same key report the same check; name and workflow when absent."),
  }),
  outputs: z.object({
    id: z.number().describe("Its number on the host."),
    url: z.string().describe("Where it is read."),
    sha: z.string().describe("The commit."),
  }),
  needs: ["host"],
  effects: "outside",
  async run({ host, event, step }, inputs) {
    const { conclusion } = inputs;
    const status = inputs.status ?? (conclusion === undefined ? "in_progress" : "completed");
    if (status === "completed" && conclusion === undefined)
      throw new StepFailed("a completed check needs a `conclusion`");
    if (status !== "completed" && conclusion !== undefined) {
      throw new StepFailed(`a check that is ${status} has no conclusion yet: leave \`conclusion\` out`);
    }
    const number = event.pullRequest?.number;
    const head = number === undefined ? undefined : (await host.pullRequest(number))?.head.sha;
    const sha = inputs.sha ?? event.pullRequest?.headSha ?? head ?? event.sha;
    if (sha === undefined) throw new StepFailed("this event names no commit: give its `sha`");
    const { id, url } = await host.ensureCheckRun({
      name: inputs.name,
      externalId: inputs.key ?? `${step.workflow}/${inputs.name}`,
      sha,
      status,
      ...(conclusion === undefined ? {} : { conclusion }),
      title: inputs.title,
      summary: inputs.summary,
      ...(inputs.text === undefined ? {} : { text: inputs.text }),
      ...(inputs.url === undefined ? {} : { detailsUrl: inputs.url }),
      annotations: inputs.annotations.map(({ path, level, title, message, ...lines }) => ({
        path,
        startLine: lines["start-line"],
        endLine: Math.max(lines["end-line"] ?? lines["start-line"], lines["start-line"]),
        level,
        ...(title === undefined ? {} : { title }),
        message,
      })),
    });
    return { id, url, sha };
  },
});
