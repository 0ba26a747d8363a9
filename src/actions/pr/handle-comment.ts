/** `pr.handle-comment`: says what a comment wants and whether its author may have it. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { code } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { commentKinds, kindOf, readCommand } from "./comment-kind.ts";
import { commentOf } from "./event-comment.ts";

const permissions = ["none", "read", "triage", "write", "maintain", "admin"] as const;

export const handleComment = defineAction({
  id: "pr.handle-comment",
  summary: "Read the comment that started the run: what it wants, and whether its author may ask for it.",
  description: `Kinds: \`command\` (\`/codeflow NAME …\` on a line of its own), \`fix-request\`, \`question\`, \`suggestion\`, \`objection\`, \`praise\`,
\`acknowledgement\`, \`statement\`, and \`bot\`, which is always ignored. The words alone decide; nothing in them is executed. A command is
\`allowed\` when its name is on the list and the host (never the payload) says that the author has write access; then it is acknowledged
with a reaction. What is refused is answered once, with the reason. Later steps look at the outputs:

\`\`\`yaml
- id: comment
  uses: pr.handle-comment
- if: steps.comment.outputs.allowed && steps.comment.outputs.command == 'fix'
  uses: quality.run-checks
  with: { fix: safe }
\`\`\``,
  inputs: z.strictObject({
    prefix: z
      .string()
      .regex(/^\/[\w-]+$/)
      .default("/codeflow")
      .describe("How a command begins."),
    commands: textList
      .default(["check", "fix", "review", "explain", "ignore", "describe", "scaffold", "update", "help"])
      .describe("Names of commands that may be used."),
    permission: z
      .enum(["read", "triage", "write", "maintain", "admin"])
      .default("write")
      .describe("Least permission for commands."),
    acknowledge: z.boolean().default(true).describe("React with eyes to a command that is allowed."),
    answer: z.boolean().default(true).describe("Answer a command that is refused, once, with the reason."),
  }),
  outputs: z.object({
    kind: z.enum(commentKinds).describe("What the comment is."),
    command: z.string().describe("Name of the command; empty when it is none."),
    arguments: z.array(z.string()).describe("The command's arguments, quotes taken off."),
    text: z.string().describe("Everything behind the command's name; of others the comment."),
    allowed: z.boolean().describe("Whether a command may be carried out."),
    reason: z.string().describe("Why not; empty when it may, and for what is no command."),
    author: z.string().describe("Login of who wrote it."),
    permission: z.string().describe("The author's permission, as the host says; asked for commands only."),
    "comment-id": z.number().describe("The comment's number."),
    "comment-kind": z.enum(["comment", "review-comment"]).describe("Where it stands."),
  }),
  needs: ["host"],
  effects: "outside",
  async run({ host, event, log }, inputs) {
    const comment = commentOf(event);
    if (comment === undefined)
      throw new StepFailed(`the event ${event.name} brings no comment: trigger on issue_comment`);
    const { id, kind: place, body, author } = comment;
    const common = { author, "comment-id": id, "comment-kind": place, command: "", arguments: [], permission: "" };
    const { login } = await host.viewer();
    if (comment.isBot || author === login) {
      return { ...common, kind: "bot" as const, text: body, allowed: false, reason: "bots are not listened to" };
    }
    // The event's own reading finds a command on any line of its own; a prefix of somebody else's stands on the first.
    const command = (inputs.prefix === "/codeflow" ? event.command : undefined) ?? readCommand(body, inputs.prefix);
    if (command === undefined) return { ...common, kind: kindOf(body), text: body, allowed: false, reason: "" };

    const known = listOf(inputs.commands).map((name) => name.toLowerCase());
    const permission = await host.permissionOf(author);
    const isPermitted = permissions.indexOf(permission) >= permissions.indexOf(inputs.permission);
    const reason = !isPermitted
      ? `commands need ${inputs.permission} access, and ${author} has ${permission}`
      : known.includes(command.name)
        ? ""
        : `there is no command ${code(command.name)}; there are ${known.map(code).join(", ")}`;
    if (reason === "") {
      if (inputs.acknowledge) await host.react({ kind: place, id }, "eyes");
    } else {
      log.warn(reason);
      const number = event.pullRequest?.number ?? event.issue?.number;
      // Strangers get a reaction alone: answering each would let anybody make us write as often as they like.
      if (inputs.answer && isPermitted && number !== undefined)
        await host.ensureComment(number, `command/${id}`, capital(reason));
      else if (inputs.answer) await host.react({ kind: place, id }, "-1");
    }
    return {
      ...common,
      kind: "command" as const,
      command: command.name,
      arguments: [...command.arguments],
      text: command.text,
      allowed: reason === "",
      reason,
      permission,
    };
  },
});

function capital(reason: string): string {
  return `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`;
}
