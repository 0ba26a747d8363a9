/** `repo.codeowners-for`: who owns the files of the change. */
import { z } from "zod";
import { defineAction, type Repository, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";
import { codeownersPaths, parseCodeowners } from "../../project/codeowners.ts";
import { code, markdownTable } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";

export const codeownersFor = defineAction({
  id: "repo.codeowners-for",
  summary: "Say who owns the changed files, or any others, by CODEOWNERS as GitHub reads it.",
  description: `The first of \`.github/CODEOWNERS\`, \`CODEOWNERS\` and \`docs/CODEOWNERS\` counts; of a change it is read from the base commit, as GitHub
does, so that nobody makes himself an owner in the same pull request. The last matching line wins; a line without owners makes its paths
unowned; lines that GitHub cannot read are skipped and listed in \`mistakes\`. \`dialect: gitlab\` understands \`[Section]\` headers.
Without the file nobody owns anything, and \`found\` is false.`,
  inputs: z.strictObject({
    paths: textList.optional().describe("Files to ask about; those of the change unless said."),
    source: z
      .enum(["base", "checkout"])
      .optional()
      .describe("Where CODEOWNERS is read: the change's base (the default without `paths`) or the checkout."),
    file: z.string().optional().describe("Another file than the ones GitHub looks for."),
    dialect: z.enum(["github", "gitlab"]).default("github").describe("Whose rules hold."),
    summary: z.boolean().default(false).describe("Add a table to the run's summary."),
  }),
  outputs: z.object({
    found: z.boolean().describe("Whether there is a CODEOWNERS file."),
    "codeowners-path": z.string().describe("Which one; empty without one."),
    owners: z
      .array(z.object({ owner: z.string(), files: z.number() }))
      .describe("Who owns how many of the files, most first."),
    users: z.array(z.string()).describe("Logins among the owners, without `@`."),
    teams: z.array(z.string()).describe("Team slugs among the owners: `team` of `@organisation/team`."),
    emails: z.array(z.string()).describe("Mail addresses among the owners."),
    files: z
      .array(z.object({ path: z.string(), owners: z.array(z.string()), line: z.number() }))
      .describe("Each file with its owners and the line that decided; 0 where none did."),
    unowned: z.array(z.string()).describe("Files that nobody owns."),
    mistakes: z.array(z.object({ line: z.number(), message: z.string() })).describe("Lines that were skipped."),
  }),
  needs: ["repo"],
  effects: "none",
  async run({ repo, log, summarize }, inputs) {
    const asked = listOf(inputs.paths);
    const source = inputs.source ?? (asked.length === 0 ? "base" : "checkout");
    const change = asked.length === 0 || source === "base" ? await repo.change() : undefined;
    const paths =
      asked.length > 0
        ? asked
        : (change?.files ?? []).flatMap(({ path, previousPath }) =>
            previousPath === undefined ? [path] : [path, previousPath],
          );
    const candidates: readonly string[] = inputs.file === undefined ? codeownersPaths : [inputs.file];
    let text: string | undefined;
    let found = "";
    for (const candidate of candidates) {
      text =
        source === "base" && change !== undefined
          ? await readAt(repo, change.base, candidate)
          : await repo.readText(candidate);
      if (text === undefined) continue;
      found = candidate;
      break;
    }
    if (text === undefined && inputs.file !== undefined) {
      throw new StepFailed(`there is no ${inputs.file} in the ${source === "base" ? "change's base" : "checkout"}`);
    }
    const codeowners = parseCodeowners(text ?? "", { dialect: inputs.dialect });
    for (const { line, message } of codeowners.mistakes) log.warn(`${found}:${line}: ${message}`);
    const files = [...new Set(paths)].sort().map((path) => {
      const { owners, rules } = codeowners.ownersOf(path);
      return { path, owners: [...owners], line: rules.at(-1)?.line ?? 0 };
    });
    const counts = new Map<string, number>();
    for (const { owners } of files) for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    const owners = [...counts]
      .map(([owner, count]) => ({ owner, files: count }))
      .sort((a, b) => b.files - a.files || (a.owner < b.owner ? -1 : 1));
    const names = owners.map(({ owner }) => owner);
    if (inputs.summary && owners.length > 0) {
      summarize(
        markdownTable(
          ["Owner", "Files"],
          owners.map(({ owner, files: count }) => [code(owner), `${count}`]),
        ),
      );
    }
    return {
      found: text !== undefined,
      "codeowners-path": found,
      owners,
      users: names.filter((name) => name.startsWith("@") && !name.includes("/")).map((name) => name.slice(1)),
      teams: names
        .filter((name) => name.startsWith("@") && name.includes("/"))
        .map((name) => name.slice(name.lastIndexOf("/") + 1)),
      emails: names.filter((name) => !name.startsWith("@")),
      files,
      unowned: files.filter((file) => file.owners.length === 0).map(({ path }) => path),
      mistakes: [...codeowners.mistakes],
    };
  },
});

async function readAt(repo: Repository, commit: string, path: string): Promise<string | undefined> {
  try {
    return await repo.git(["cat-file", "blob", `${commit}:${path}`]);
  } catch (error) {
    // Not in that commit; the next place is asked.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
