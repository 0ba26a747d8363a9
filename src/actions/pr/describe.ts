/** `pr.describe`: a section of facts in the pull request's description. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { bodyLimit, cutMarkdown, defuseMarkers } from "../../model/marker.ts";
import { code, counted, markdownTable, plain, prose } from "../markdown-table.ts";
import { replaceSection } from "../repo/doc-section.ts";
import { areaOf, breakingSigns, roleOf } from "./change-facts.ts";
import { sizeOf } from "./change-size.ts";
import { parseHeader } from "./conventional-header.ts";

const start = "<!-- codeflow:description:start -->";
const end = "<!-- codeflow:description:end -->";

const titles: Readonly<Record<string, string>> = {
  feat: "New",
  fix: "Fixed",
  perf: "Faster",
  docs: "Documentation",
  test: "Tests",
  revert: "Reverted",
};

export const describe = defineAction({
  id: "pr.describe",
  summary: "Keep a section of facts in the pull request's description: commits, areas, size, signs of breaking.",
  description: `The section stands between two hidden markers and alone is rewritten; what people wrote around it stays byte for byte. A
description that has the markers no more gets a new section at its end. \`only-when-empty\` leaves descriptions alone that people wrote.

\`\`\`yaml
- uses: pr.describe
  with: { only-when-empty: true }
\`\`\``,
  inputs: z.strictObject({
    "only-when-empty": z.boolean().default(false).describe("Only where nobody has described anything yet."),
    "max-commits": z.number().int().positive().default(30).describe("Commits to list; the rest is counted."),
    files: z.boolean().default(false).describe("List the changed files too."),
  }),
  outputs: z.object({
    outcome: z.enum(["updated", "unchanged", "kept"]).describe("What became of the description."),
    section: z.string().describe("The section's text."),
  }),
  needs: ["host", "pullRequest"],
  effects: "outside",
  async run({ host, pullRequest }, inputs) {
    const change = await pullRequest.change();
    const { size, changes, files } = sizeOf(change);
    const commits = (await host.commits(pullRequest.number)).filter(({ message }) => !message.startsWith("Merge "));
    const groups = new Map<string, string[]>();
    for (const { message } of commits.slice(0, inputs["max-commits"])) {
      const [first = ""] = message.split("\n");
      const header = parseHeader(first);
      const group = titles[header?.type ?? ""] ?? "Changed";
      const scope = header === undefined || header.scope === "" ? "" : `**${plain(header.scope)}:** `;
      const line = `- ${scope}${prose(defuseMarkers(header?.subject ?? first))}`;
      const lines = groups.get(group) ?? [];
      if (!lines.includes(line)) groups.set(group, [...lines, line]);
    }
    const areas = new Map<string, { files: number; changes: number }>();
    for (const { path, additions, deletions } of files) {
      const counts = areas.get(areaOf(path)) ?? { files: 0, changes: 0 };
      areas.set(areaOf(path), { files: counts.files + 1, changes: counts.changes + additions + deletions });
    }
    const signs = breakingSigns(files);
    const hidden = commits.length - inputs["max-commits"];
    const section = [
      ...[...groups].map(([group, lines]) => `#### ${group}\n\n${lines.join("\n")}`),
      hidden > 0 ? `and ${counted(hidden, "commit")} more` : "",
      `#### Where\n\n${markdownTable(
        ["Area", "Files", "Changed lines"],
        [...areas].map(([name, area]) => [code(name), `${area.files}`, `${area.changes}`]),
      )}`,
      `Size ${size}: ${counted(changes, "changed line")} in ${counted(files.length, "file")}; ${counted(files.filter(({ path }) => roleOf(path) === "test").length, "test file")} among them.`,
      signs.length === 0
        ? ""
        : `#### May break\n\n${signs
            .slice(0, 10)
            .map(({ what, path }) => `- ${code(path)}: ${plain(what)}`)
            .join("\n")}`,
      inputs.files
        ? `<details><summary>Files</summary>\n\n${change.files.map(({ path, status }) => `- ${code(path)} ${status}`).join("\n")}\n\n</details>`
        : "",
    ]
      .filter((part) => part !== "")
      .join("\n\n");

    const { body } = await pullRequest.get({ refresh: true });
    const isOurs = body.includes(start);
    if (inputs["only-when-empty"] && !isOurs && body.trim() !== "") return { outcome: "kept" as const, section };
    const room = bodyLimit - (isOurs ? body.length - (body.indexOf(end) - body.indexOf(start)) : body.length) - 200;
    if (room < 500) throw new StepFailed("the description is so long that no section fits into it");
    const result = replaceSection(body, cutMarkdown(section, room), { start, end, append: true });
    if ("refused" in result) throw new StepFailed(`the description cannot be brought up to date: ${result.refused}`);
    if (result.text === body) return { outcome: "unchanged" as const, section };
    await host.updatePullRequest(pullRequest.number, { body: result.text });
    return { outcome: "updated" as const, section };
  },
});
