/** Reads unified diffs, which git and code hosts write alike. */
import type { Hunk } from "./change.ts";

/** Hunks of a unified diff. Their headers say how many lines follow: a removed `-- x` looks like a file's header. */
export function parseHunks(section: string): Hunk[] {
  const hunks: Hunk[] = [];
  let lines: string[] = [];
  let [oldLeft, newLeft] = [0, 0];
  for (const line of section.split("\n")) {
    if (oldLeft > 0 || newLeft > 0) {
      if (line.startsWith("\\")) continue;
      if (!line.startsWith("+")) oldLeft -= 1;
      if (!line.startsWith("-")) newLeft -= 1;
      lines.push(line);
      continue;
    }
    const [, oldStart, oldLines = "1", newStart, newLines = "1"] =
      /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    if (oldStart === undefined || newStart === undefined) continue;
    [oldLeft, newLeft] = [Number(oldLines), Number(newLines)];
    lines = [];
    hunks.push({ oldStart: Number(oldStart), oldLines: oldLeft, newStart: Number(newStart), newLines: newLeft, lines });
  }
  return hunks;
}
