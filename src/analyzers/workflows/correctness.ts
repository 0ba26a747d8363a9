/** Our own correctness rules for workflows: what GitHub accepts but what cannot work. */
import type { RawFinding, Severity, Suggestion } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import type { Step, Text, Workflow } from "./model.ts";
import { child } from "./model.ts";

/** Images that GitHub has removed, as of November 2026. */
const removedRunners = new Set([
  "macos-10.15",
  "macos-11",
  "macos-12",
  "macos-13",
  "ubuntu-16.04",
  "ubuntu-18.04",
  "ubuntu-20.04",
  "windows-2016",
  "windows-2019",
]);

/** Versions that GitHub has switched off on github.com. */
const removedActions: readonly (readonly [action: string, versions: RegExp])[] = [
  ["actions/upload-artifact", /^v[123](?:\.|$)/],
  ["actions/download-artifact", /^v[123](?:\.|$)/],
  ["actions/cache", /^v[12](?:\.|$)/],
];

export function findCorrectnessProblems(source: SourceFile, workflow: Workflow): RawFinding[] {
  const findings: RawFinding[] = [];
  const report = (rule: string, text: Text, message: string, severity?: Severity): void => {
    findings.push({
      rule: `workflows/${rule}`,
      message,
      location: source.location(text.start, text.end),
      ...(severity === undefined ? {} : { severity }),
    });
  };
  for (const job of workflow.jobs) {
    const runner = child(job.node, "runs-on");
    const label = runner?.text;
    if (label !== undefined && removedRunners.has(label.value)) {
      report("removed-runner", label, `GitHub no longer has \`${label.value}\`: the job never starts.`);
    }
    for (const node of [job.node, ...job.steps.map((step) => step.node)]) {
      const condition = child(node, "if")?.text;
      if (condition?.isLiteral && condition.value.endsWith("\n") && condition.value.includes("${{")) {
        findings.push(alwaysTrue(source, condition));
      }
    }
    for (const step of job.steps) {
      const [action, version = ""] = step.uses?.value.split("@") ?? [];
      const removed = removedActions.find(([name, versions]) => name === action && versions.test(version));
      if (removed !== undefined && step.uses !== undefined) {
        report("removed-action", step.uses, `\`${step.uses.value}\` no longer works on github.com.`);
      }
      findings.push(...deprecatedCommands(source, step));
    }
  }
  return findings;
}

function alwaysTrue(source: SourceFile, condition: Text): RawFinding {
  const slice = source.text.slice(condition.start, condition.end);
  const header = /^\|[^\n]*/.exec(slice)?.[0] ?? "|";
  const location = source.location(condition.start, condition.start + slice.trimEnd().length);
  return {
    rule: "workflows/always-true-condition",
    message: "The literal block ends in a line end, which is text outside `${{ }}`: the condition is always true.",
    location,
    ...(header === "|" && source.isUtf8
      ? {
          suggestions: [
            {
              message: "Drop the final line end",
              safety: "unsafe" as const,
              edits: [source.edit(condition.start, condition.start + 1, "|-")],
            },
          ],
        }
      : {}),
  };
}

const replacements: Readonly<Record<string, string>> = { "set-output": "GITHUB_OUTPUT", "save-state": "GITHUB_STATE" };

function* deprecatedCommands(source: SourceFile, step: Step): Generator<RawFinding> {
  if (step.run === undefined) return;
  const slice = source.text.slice(step.run.start, step.run.end);
  for (const match of slice.matchAll(/::(set-output|save-state|set-env|add-path)\b[^\n]*/g)) {
    const command = match[1] ?? "";
    const lineStart = slice.lastIndexOf("\n", match.index) + 1;
    if (/^\s*#/.test(slice.slice(lineStart, match.index))) continue;
    const start = step.run.start + match.index;
    const isOff = command === "set-env" || command === "add-path";
    const suggestion = isOff ? undefined : fileCommand(source, step, step.run.start + lineStart, command);
    yield {
      rule: "workflows/deprecated-command",
      severity: isOff ? "error" : "warning",
      message: isOff
        ? `\`::${command}\` is switched off and fails the step.`
        : `\`::${command}\` is deprecated. Append to \`$${replacements[command]}\`.`,
      location: source.location(start, start + command.length + 2),
      ...(suggestion === undefined ? {} : { suggestions: [suggestion] }),
    };
  }
}

/** `echo "::set-output name=x::y"` alone on its line becomes `echo "x=y" >> "$GITHUB_OUTPUT"`. */
function fileCommand(source: SourceFile, step: Step, lineStart: number, command: string): Suggestion | undefined {
  const isBash = step.shell === undefined || /^(?:bash|sh)\b/.test(step.shell);
  if (!source.isUtf8 || !isBash || step.run?.isPlain !== false) return undefined;
  const position = source.position(lineStart);
  const line = source.line(position.line);
  const match = /^(\s*)echo (["']?)::(?:set-output|save-state) name=([\w-]+)::(.*?)\2\s*$/.exec(line);
  if (match === null || position.column !== 1) return undefined;
  const [, indent = "", quote = "", name = "", value = ""] = match;
  if (quote !== "" && value.includes(quote)) return undefined;
  const used = quote === "" ? '"' : quote;
  const text = `${indent}echo ${used}${name}=${value}${used} >> "$${replacements[command]}"`;
  return {
    message: `Append to $${replacements[command]}`,
    safety: "unsafe",
    edits: [source.edit(lineStart, lineStart + line.length, text)],
  };
}
