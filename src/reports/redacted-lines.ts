/** Lines for code frames with secrets blotted out: a report must not spread what it warns of. */
import type { CheckRun, LineSource } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";

const secretAnalyzers: ReadonlySet<string> = new Set([
  "detect-secrets",
  "gitleaks",
  "secretlint",
  "secrets",
  "trufflehog",
]);
const secretRule = /secret|credential|passw(?:or)?d|private-?key|api-?key|access-?token/i;

/** Whether the finding's own text is what must not be shown. */
function isSecret({ analyzer, category, rule }: Finding): boolean {
  return secretAnalyzers.has(analyzer) || (category === "security" && secretRule.test(rule));
}

/**
 * The same lines, where every secret that the run knows of is replaced by dots of the same length, whichever finding
 * is being shown. Suppressed secrets count too; fixed ones are no longer there.
 */
export function redactSecrets(run: CheckRun, source: LineSource): LineSource {
  const byPath = new Map<string, Finding[]>();
  for (const finding of run.findings) {
    if (finding.state === "fixed" || !isSecret(finding)) continue;
    const group = byPath.get(finding.location.path);
    if (group === undefined) byPath.set(finding.location.path, [finding]);
    else group.push(finding);
  }
  if (byPath.size === 0) return source;
  return (path, line) => {
    let text = source(path, line);
    if (text === undefined) return undefined;
    for (const { location } of byPath.get(path) ?? []) {
      if (line < location.startLine || line > location.endLine) continue;
      let start: number = line === location.startLine ? location.startColumn - 1 : 0;
      let end: number = line === location.endLine ? location.endColumn - 1 : text.length;
      // A place without an extent says only which line: then none of it is shown.
      if (location.startLine === location.endLine && end - start <= 1) [start, end] = [0, text.length];
      text = text.slice(0, start) + "•".repeat(Math.max(0, Math.min(end, text.length) - start)) + text.slice(end);
    }
    return text;
  };
}
