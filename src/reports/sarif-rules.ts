/** Rules as SARIF describes them, with the properties that code scanning sorts and filters by. */
import type { CheckRun } from "../model/check-run.ts";
import type { Category, Finding, Severity } from "../model/finding.ts";
import { safeUrl } from "./wording.ts";

const levels = { error: "error", warning: "warning", info: "note" } as const;
const problemSeverities = { error: "error", warning: "warning", info: "recommendation" } as const;
/** Code scanning reads it as CVSS: over 7 is high, over 4 medium. */
const securitySeverities: Readonly<Record<Severity, string>> = { error: "8.0", warning: "5.5", info: "2.0" };

/** A rule without a definition (engines with open rules) is described by what a finding of it says. */
export function describeRule(id: string, run: CheckRun, findings: readonly Finding[]): unknown {
  const definition = run.rules[id];
  const sample = findings.find(({ rule }) => rule === id);
  const severity = definition?.severity ?? sample?.severity ?? "warning";
  const category = definition?.category ?? sample?.category ?? "correctness";
  const summary = shorten(definition?.summary ?? id, 1000);
  const helpUri = safeUrl(definition?.helpUrl ?? sample?.helpUrl);
  const rationale = definition?.rationale === undefined ? undefined : shorten(definition.rationale, 20_000);
  const help = [summary, rationale, helpUri === undefined ? undefined : `More: ${helpUri}`].filter(
    (part) => part !== undefined,
  );
  return {
    id,
    name: id,
    shortDescription: { text: summary },
    fullDescription: { text: summary },
    help: { text: help.join("\n\n"), markdown: help.join("\n\n") },
    ...(helpUri === undefined ? {} : { helpUri }),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: tags(category),
      "problem.severity": problemSeverities[severity],
      ...(category === "security" ? { "security-severity": securitySeverities[severity] } : {}),
    },
  };
}

function tags(category: Category): readonly string[] {
  return category === "dependency" ? ["dependency", "maintainability"] : [category];
}

function shorten(text: string, length: number): string {
  const cut = text.length <= length ? text : `${text.slice(0, length - 1)}…`;
  return cut.trim() === "" ? "(not described)" : cut;
}
