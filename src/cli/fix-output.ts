/** What fixing did, in a few lines. */
import { visible } from "../model/visible.ts";
import type { FixResult } from "../app/fix-findings.ts";

export function fixSummary(fix: FixResult, dryRun: boolean): string {
  const lines: string[] = [];
  const files = new Set(fix.fixed.map(({ location }) => location.path)).size;
  const what = `${fix.fixed.length} ${fix.fixed.length === 1 ? "finding" : "findings"} in ${files} ${files === 1 ? "file" : "files"}`;
  lines.push(fix.fixed.length === 0 ? "nothing to fix" : dryRun ? `would fix ${what}` : `fixed ${what}`);
  for (const { path, workingFile, reason } of fix.written) {
    if (workingFile === "merged") lines.push(`  ${path}: also merged into your unstaged changes`);
    if (workingFile === "skipped")
      lines.push(`  ${path}: only staged; the working file keeps its content (${reason ?? "it differs"})`);
  }
  for (const { path, rules } of fix.rolledBack)
    lines.push(`  ${path}: undone, the code no longer parsed after ${rules.join(", ")}`);
  for (const { path, rules } of fix.oscillating)
    lines.push(`  ${path}: left alone, these undo each other: ${rules.join(", ")}`);
  for (const { path, rules } of fix.unsettled)
    lines.push(`  ${path}: still changing after ten passes: ${rules.join(", ")}`);
  return `${lines.map(visible).join("\n")}\n`;
}
