/** What became of a hook, in a few lines. */
import { makeVisible, type Palette } from "../app/presentation.ts";
import type { installGitHook } from "../app/set-up.ts";

export type HookReport = Awaited<ReturnType<typeof installGitHook>>;

export function hookLines(report: HookReport, paint: Palette): string {
  const { status, manager, path, how, snippet, notes } = report;
  const place = `${makeVisible(path)}${manager === "git" ? "" : ` (${manager})`}`;
  const mark = status === "refused" || status === "offered" ? paint.yellow("!") : paint.green("✓");
  const lines = [`${mark} ${sentence(status, place, how)}`, ...notes.map((note) => `  ${makeVisible(note)}`)];
  if (status === "offered" || status === "refused") {
    if (snippet !== undefined) {
      lines.push(`  put this into ${makeVisible(path)}:`, "");
      lines.push(
        ...snippet
          .trimEnd()
          .split("\n")
          .map((line) => `    ${makeVisible(line)}`),
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function sentence(status: HookReport["status"], place: string, how: HookReport["how"]): string {
  switch (status) {
    case "installed":
      return `installed in ${place}${how === "chained" ? ", in front of the hook that was there" : ""}`;
    case "updated":
      return `brought up to date in ${place}`;
    case "unchanged":
      return `installed already in ${place}`;
    case "removed":
      return `removed from ${place}`;
    case "absent":
      return `nothing of codeflow is in ${place}`;
    case "offered":
      return `${place} was not changed`;
    case "refused":
      return `nothing was done in ${place}`;
  }
}
