/** `pr.list-commands`: `/codeflow help`. The commands that work on this pull request of this repository. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { type SlashCommandName, slashCommandNames, slashCommands } from "../../model/slash-commands.ts";
import { code, markdownTable, plain } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";

/** They end in a commit on the pull request's branch. */
const pushing: readonly SlashCommandName[] = ["fix", "scaffold", "update"];

export const listCommands = defineAction({
  id: "pr.list-commands",
  summary: "List the commands that can be used in comments here, with the types of their arguments.",
  description: `What \`/codeflow help\` does. What cannot work on this pull request is named with the reason: a fork's branch is not ours to push to, and
a repository without a package has nothing to scaffold or to update.

\`\`\`yaml
- id: help
  uses: pr.list-commands
- uses: pr.answer-comment
  with: { body: "\${{ steps.help.outputs.text }}" }
\`\`\``,
  inputs: z.strictObject({
    commands: textList
      .default(["check", "fix", "review", "explain", "ignore", "describe", "scaffold", "update", "help"])
      .describe("Names of the commands that the repository's workflows carry out."),
  }),
  outputs: z.object({
    available: z.array(z.string()).describe("Names of those that work here."),
    text: z.string().describe("The list, in Markdown."),
  }),
  needs: ["commands", "host", "repo"],
  effects: "none",
  async run({ commands, event, host, repo }, inputs) {
    const wanted = new Set(listOf(inputs.commands).map((name) => name.toLowerCase()));
    const number = event.pullRequest?.number;
    const pull = number === undefined ? undefined : await host.pullRequest(number);
    const { isDependencyFile } = await import("../../analyzers/dependencies.ts");
    const paths = (await repo.files()).map(({ path }) => path);
    const reasons = new Map<SlashCommandName, string>();
    for (const name of slashCommandNames.filter((each) => wanted.has(each))) {
      const reason = unavailable(name, {
        isPullRequest: pull !== undefined,
        isFork: pull?.isFork === true,
        hasPackage: paths.some((path) => /(?:^|\/)package\.json$/.test(path)),
        hasDependencies: paths.some((path) => isDependencyFile(path)),
      });
      reasons.set(name, reason ?? "");
    }
    const available = [...reasons].flatMap(([name, reason]) => (reason === "" ? [name] : []));
    const rows = available.map((name) => {
      const { usage, summary, types } = slashCommands[name];
      return [code(`/codeflow ${usage}`), plain(summary), types.map((type) => typeText(type)).join("<br>")];
    });
    const { allow } = await commands.policy();
    const text = [
      markdownTable(["Command", "What it does", "Arguments"], rows),
      [...reasons]
        .filter(([, reason]) => reason !== "")
        .map(([name, reason]) => `- not here: ${code(name)}, because ${reason}`)
        .join("\n"),
      `One command a comment, on a line of its own, from people with write access${allow === undefined ? "" : ` who are on the list: ${allow.map((login) => code(login)).join(", ")}`}.`,
    ];
    return { available, text: text.filter((part) => part !== "").join("\n\n") };
  },
});

interface Here {
  readonly isPullRequest: boolean;
  readonly isFork: boolean;
  readonly hasPackage: boolean;
  readonly hasDependencies: boolean;
}

function unavailable(name: SlashCommandName, here: Here): string | undefined {
  if (!here.isPullRequest && name !== "help") return "this is no pull request";
  if (here.isFork && pushing.includes(name)) return "the branch is a fork's: it is not ours to push to";
  if (name === "scaffold" && !here.hasPackage) return "there is no package.json";
  if (name === "update" && !here.hasDependencies) return "there is no manifest or lockfile of a package manager";
  return undefined;
}

/** Their code stays code, and nothing in them ends a cell. */
function typeText(type: string): string {
  return type.replaceAll("|", "\\|");
}
