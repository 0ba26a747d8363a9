/** `release.notes`: what a release brings, from its commits and pull requests. */
import { z } from "zod";
import { type ActionContext, defineAction, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";
import { defuseMarkers } from "../../model/marker.ts";
import { code, plain, prose } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { requireWholeHistory } from "../whole-history.ts";
import { usualPrefix } from "./tag-prefix.ts";
import { commitsBetween, entriesOf, type ReleaseEntry } from "./release-commits.ts";

const headings = {
  plain: { feat: "New", fix: "Fixed", perf: "Faster", revert: "Reverted", docs: "Documentation", "": "Changed" },
  "keep-a-changelog": {
    feat: "Added",
    fix: "Fixed",
    perf: "Changed",
    revert: "Removed",
    docs: "Changed",
    "": "Changed",
  },
} as const;

export const notes = defineAction({
  id: "release.notes",
  summary: "Write release notes from conventional commits and merged pull requests.",
  description: `Covers the commits since the newest tag before \`to\` (or since \`from\`). A merged pull request with a conventional title
speaks for its commits; commits that are not conventional are listed as changes; what was reverted within the release is left out.
Breaking changes come first, whatever their type. \`next-version\` follows from them: major, minor, patch (before 1.0.0: minor, patch).

\`\`\`yaml
- id: notes
  uses: release.notes
- uses: release.draft
  with:
    version: \${{ steps.notes.outputs.next-version }}
    body: \${{ steps.notes.outputs.markdown }}
\`\`\``,
  inputs: z.strictObject({
    from: z.string().min(1).optional().describe("Tag or commit of the release before; found when absent."),
    to: z.string().min(1).default("HEAD").describe("Tag or commit of this release."),
    "tag-prefix": z
      .string()
      .optional()
      .describe("How tags of releases begin; as the highest version's tag does when absent: `v`, or with the version."),
    hide: textList
      .default(["build", "chore", "ci", "refactor", "style", "test"])
      .describe("Types that are left out unless they break something."),
    "max-entries": z.int().min(1).default(300).describe("Entries under one heading; the rest is counted."),
    style: z.enum(["plain", "keep-a-changelog"]).default("plain").describe("The headings' words."),
    authors: z.boolean().default(true).describe("Thank the authors at the end."),
  }),
  outputs: z.object({
    markdown: z.string().describe("The notes; empty when there is nothing to tell."),
    from: z.string().describe("Where the release before ended; empty for a first one."),
    to: z.string().describe("The commit."),
    commits: z.number().describe("Commits that were looked at."),
    bump: z.enum(["major", "minor", "patch", "none"]).describe("What the changes ask for."),
    "next-version": z
      .string()
      .describe(
        "The version that follows; the present one when nothing asks for another, empty when `from` is no version's tag.",
      ),
    breaking: z.array(z.string()).describe("Breaking changes, in the authors' words."),
    authors: z.array(z.string()).describe("Who contributed, sorted."),
  }),
  needs: ["host", "repo"],
  effects: "none",
  async run(context, inputs) {
    const { repo, host } = context;
    await requireWholeHistory(repo, "what the release brings, and which tag came before it, is not known");
    const to = await commitOf(context, inputs.to);
    const prefix = inputs["tag-prefix"] ?? (await usualPrefix((await repo.git(["tag", "--list"])).split("\n")));
    const from = inputs.from ?? (await tagBefore(context, to, prefix));
    if (from !== undefined) await commitOf(context, from);
    const commits = await commitsBetween(repo, from, to);
    const pulls = commits.length === 0 ? [] : await host.pullRequestsOf(commits.map(({ sha }) => sha));
    const entries = await entriesOf(commits, pulls);

    const hidden = listOf(inputs.hide);
    const groups = new Map<string, string[]>();
    const add = (heading: string, line: string): void => {
      const lines = groups.get(heading) ?? [];
      if (!lines.includes(line)) groups.set(heading, [...lines, line]);
    };
    const words = headings[inputs.style];
    const order = ["Breaking changes", ...new Set(Object.values(words))];
    const breaking = entries.flatMap((entry) => entry.breaking);
    for (const entry of entries) {
      for (const what of entry.breaking) add("Breaking changes", lineOf(entry, what));
      if (hidden.includes(entry.type)) continue;
      add(words[entry.type as keyof typeof words] ?? words[""], lineOf(entry, entry.subject));
    }
    const authors = [
      ...new Set(entries.map(({ author }) => author).filter((author) => !author.endsWith("[bot]"))),
    ].sort();
    const sections = order.flatMap((heading) => {
      const lines = groups.get(heading);
      if (lines === undefined) return [];
      const most = inputs["max-entries"];
      const rest = lines.length > most ? `\n\nand ${lines.length - most} more` : "";
      return [`### ${heading}\n\n${lines.slice(0, most).join("\n")}${rest}`];
    });
    if (inputs.authors && sections.length > 0 && authors.length > 0)
      sections.push(`Thanks to ${authors.map(code).join(", ")}.`);
    const markdown = sections.join("\n\n");

    const bump = bumpOf(entries);
    return {
      markdown,
      from: from ?? "",
      to,
      commits: commits.length,
      bump,
      "next-version": await nextVersion(from, prefix, bump),
      breaking,
      authors,
    };
  },
});

function lineOf({ scope, pullRequest, number, sha }: ReleaseEntry, subject: string): string {
  const link =
    pullRequest === undefined
      ? number === undefined
        ? code(sha.slice(0, 7))
        : `#${number}`
      : `[#${pullRequest.number}](${pullRequest.url})`;
  return `- ${scope === "" ? "" : `**${plain(scope)}:** `}${prose(defuseMarkers(subject))} (${link})`;
}

function bumpOf(entries: readonly ReleaseEntry[]): "major" | "minor" | "patch" | "none" {
  if (entries.some(({ breaking }) => breaking.length > 0)) return "major";
  if (entries.some(({ type }) => type === "feat")) return "minor";
  // A commit whose type nobody knows may change anything: it is released, not lost.
  return entries.some(({ type }) => ["fix", "perf", "revert", ""].includes(type)) ? "patch" : "none";
}

async function nextVersion(
  from: string | undefined,
  prefix: string,
  bump: "major" | "minor" | "patch" | "none",
): Promise<string> {
  const { default: semver } = await import("semver");
  const current = from?.startsWith(prefix) === true ? semver.parse(from.slice(prefix.length)) : null;
  if (current === null) return from === undefined ? "0.1.0" : "";
  if (bump === "none") return current.version;
  // Before 1.0.0 everything may break: semver's own rule, as everybody reads it.
  const step = current.major > 0 ? bump : bump === "major" ? "minor" : "patch";
  return semver.inc(current, step) ?? current.version;
}

async function commitOf({ repo }: ActionContext<"repo">, name: string): Promise<string> {
  try {
    return (await repo.git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`])).trim();
  } catch (error) {
    if (error instanceof Failure)
      throw new StepFailed(`there is no commit ${name} in this clone; was it fetched with its tags?`);
    throw error;
  }
}

/** The newest tag of a release that `to` contains, `to` itself left out: its notes tell what came before it. */
async function tagBefore({ repo }: ActionContext<"repo">, to: string, prefix: string): Promise<string | undefined> {
  const { default: semver } = await import("semver");
  const output = await repo.git([
    "for-each-ref",
    `--merged=${to}`,
    "--format=%(refname:lstrip=2) %(objectname) %(*objectname)",
    "refs/tags",
  ]);
  const tags = output.split("\n").flatMap((line) => {
    const [name = "", ...ids] = line.split(" ");
    if (!name.startsWith(prefix) || ids.includes(to)) return [];
    const version = semver.parse(name.slice(prefix.length));
    return version === null ? [] : [{ name, version }];
  });
  return tags.sort((a, b) => semver.rcompare(a.version, b.version))[0]?.name;
}
