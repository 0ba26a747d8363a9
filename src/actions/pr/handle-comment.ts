/** `pr.handle-comment`: says what a comment wants and whether its author may have it. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { refusalOf } from "../../model/command-policy.ts";
import { findCommand, slashCommandNames, type TypedCommand, typeCommand } from "../../model/slash-commands.ts";
import { code } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { answerCommand, lookAround } from "./command-answer.ts";
import { commentKinds, kindOf } from "./comment-kind.ts";
import { commentOf } from "./event-comment.ts";

export const handleComment = defineAction({
  id: "pr.handle-comment",
  summary: "Read the comment that started the run: what it wants, and whether its author may ask for it.",
  description: `Kinds: \`command\` (\`/codeflow NAME …\` on a line of its own, outside of quotes and code), \`fix-request\`, \`question\`, \`suggestion\`,
\`objection\`, \`praise\`, \`acknowledgement\`, \`statement\`, and two that are always ignored: \`bot\` and \`edit\` (a comment that is not new).
The words alone decide; nothing in them is executed.

A command is \`allowed\` when it is on the list, its arguments are of their types, the host (never the payload) says that the author has
the permission, and \`commands.allow\` and \`commands.deny\` in the base branch's \`codeflow.yml\` leave them; then it is acknowledged with
one reaction, and \`pr.answer-comment\` answers it when it is done. A command that has its answer is not allowed again: the same
delivery twice is carried out once. Of several commands in a comment the first counts, and the answer says so.

Wrong arguments and commands that there are not are answered once, with what was probably meant. Strangers and people on the
deny-list get a reaction (👎) and no answer. A command that is not on the list is left to another workflow, unless \`help\` is on it:
the workflow that lists the commands also says which there are not.

\`\`\`yaml
- id: comment
  uses: pr.handle-comment
- if: steps.comment.outputs.allowed && steps.comment.outputs.command == 'fix'
  uses: quality.run-checks
  with: { fix: safe }
\`\`\``,
  inputs: z.strictObject({
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
    values: z.record(z.string(), z.string()).describe("The arguments by name, checked: `rule`, `reason`, `package`, …"),
    text: z.string().describe("Everything behind the command's name; of others the comment."),
    allowed: z.boolean().describe("Whether a command is to be carried out."),
    reason: z.string().describe("Why not; empty when it may, and for what is no command."),
    author: z.string().describe("Login of who wrote it."),
    permission: z.string().describe("The author's permission, as the host says; asked for commands only."),
    "comment-id": z.number().describe("The comment's number."),
    "comment-kind": z.enum(["comment", "review-comment"]).describe("Where it stands."),
  }),
  needs: ["commands", "host"],
  effects: "outside",
  async run({ commands, host, event, log }, inputs) {
    const comment = commentOf(event);
    if (comment === undefined)
      throw new StepFailed(`the event ${event.name} brings no comment: trigger on issue_comment`);
    const { id, kind: place, body, author } = comment;
    const none = { command: "", arguments: [], values: {}, permission: "", allowed: false };
    const common = { ...none, author, "comment-id": id, "comment-kind": place };
    const ignored = { ...common, text: body };
    if (comment.isBot) return { ...ignored, kind: "bot" as const, reason: "bots are not listened to" };
    if (!comment.isNew) {
      return { ...ignored, kind: "edit" as const, reason: "only new comments are listened to: write another one" };
    }
    const { login } = await host.viewer();
    if (author === login) return { ...ignored, kind: "bot" as const, reason: "bots are not listened to" };
    const command = findCommand(body);
    if (command === undefined) return { ...ignored, kind: kindOf(body), reason: "" };

    const known = listOf(inputs.commands).map((name) => name.toLowerCase());
    const said = { ...common, kind: "command" as const, command: command.name, text: command.text };
    if (!known.includes(command.name) && !known.includes("help")) {
      return { ...said, arguments: [...command.arguments], reason: "it is left to another workflow" };
    }
    const permission = await host.permissionOf(author);
    const person = { ...said, arguments: [...command.arguments], permission };
    const refusal = refusalOf({ login: author, permission }, await commands.policy(), inputs.permission);
    if (refusal?.isTold === false) {
      log.warn(refusal.reason);
      if (inputs.answer) await host.react({ kind: place, id }, "-1");
      return { ...person, reason: refusal.reason };
    }
    const scene = await lookAround(host, event, comment, login);
    if (scene.isAnswered) return { ...person, reason: "it has its answer: nothing is done twice" };
    const typed = typeCommand(command, { inThread: scene.finding !== undefined });
    const complaint = refusal === undefined ? complaintOf(typed, known) : sentence(refusal.reason);
    if (complaint === "" && typed.ok) {
      if (inputs.acknowledge) await host.react({ kind: place, id }, "eyes");
      return { ...person, command: typed.name, values: { ...typed.arguments }, allowed: true, reason: "" };
    }
    log.warn(complaint);
    if (inputs.answer) await answerCommand(host, event, comment, complaint);
    return { ...person, reason: complaint };
  },
});

function complaintOf(typed: TypedCommand, known: readonly string[]): string {
  if (!typed.ok) return typed.complaint;
  if (known.includes(typed.name)) return "";
  const there = slashCommandNames.filter((name) => known.includes(name)).map(code);
  return `${code(typed.name)} is not available here; there are ${there.join(", ")}.`;
}

function sentence(reason: string): string {
  return `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`;
}
