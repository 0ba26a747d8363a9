/** Expressions whose value strangers write, and where they end up in scripts. */
import type { Edit, RawFinding, Severity, Suggestion } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import type { Entry, Job, Step, Text, Workflow } from "./model.ts";
import { entryOf } from "./model.ts";

/** Events that strangers can cause and that run with secrets and a writable token. */
export const privilegedTriggers = new Set([
  "pull_request_target",
  "issues",
  "issue_comment",
  "discussion",
  "discussion_comment",
  "workflow_run",
  "fork",
  "watch",
]);

/** As listed by GitHub Security Lab, with the events that carry each. */
const sources: readonly (readonly [pattern: RegExp, events: readonly string[]])[] = [
  [/github\.event\.issue\.(?:title|body)\b/, ["issues", "issue_comment"]],
  [
    /github\.event\.pull_request\.(?:title|body|head\.ref|head\.label|head\.repo\.(?:default_branch|description|homepage))\b/,
    ["pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"],
  ],
  [/github\.event\.comment\.body\b/, ["issue_comment", "pull_request_review_comment", "discussion_comment"]],
  [/github\.event\.review\.body\b/, ["pull_request_review"]],
  [/github\.event\.discussion\.(?:title|body)\b/, ["discussion", "discussion_comment"]],
  [/github\.event\.pages(?:\.\*|\[\d+\])?\.page_name\b/, ["gollum"]],
  [/github\.event\.(?:commits(?:\.\*|\[\d+\])?|head_commit)\.(?:message|author\.(?:name|email))\b/, ["push"]],
  [
    /github\.event\.workflow_run\.(?:head_branch|display_title|head_commit\.(?:message|author\.(?:name|email))|head_repository\.description)\b/,
    ["workflow_run"],
  ],
  [/github\.head_ref\b/, ["pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"]],
];

export interface Expression {
  /** Without `${{` and `}}`. */
  readonly body: string;
  readonly start: number;
  readonly end: number;
}

export function expressionsIn(source: SourceFile, start: number, end: number): Expression[] {
  const slice = source.text.slice(start, end);
  return [...slice.matchAll(/\$\{\{([\s\S]*?)\}\}/g)].map((match) => ({
    body: match[1] ?? "",
    start: start + match.index,
    end: start + match.index + match[0].length,
  }));
}

/** The untrusted value that an expression passes on, with the events that carry it. */
export function untrustedIn(body: string): { readonly name: string; readonly events: readonly string[] } | undefined {
  const text = body
    .replaceAll(/\[\s*'([^']+)'\s*\]/g, ".$1")
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    // These give true or false, or a hash, whatever they are asked about.
    .replaceAll(/\b(?:contains|startsWith|endsWith|hashFiles)\([^()]*\)/gi, "true");
  for (const [pattern, events] of sources) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const after = text.slice(match.index + match[0].length);
    const before = text.slice(0, match.index);
    // A comparison, or the condition of `a && b`, does not pass the value on.
    if (/^\s*(?:==|!=|<|>|&&)/.test(after) || /(?:==|!=)\s*$/.test(before)) continue;
    return { name: match[0], events };
  }
  return undefined;
}

interface Script {
  readonly text: Text;
  readonly language: "shell" | "javascript";
}

function scriptsOf(step: Step): Script[] {
  const scripts: Script[] = [];
  if (step.run !== undefined) scripts.push({ text: step.run, language: "shell" });
  if (step.uses?.value.startsWith("actions/github-script@")) {
    const script = entryOf(step.with, "script")?.value.text;
    if (script !== undefined) scripts.push({ text: script, language: "javascript" });
  }
  return scripts;
}

export function findTemplateInjection(source: SourceFile, workflow: Workflow): RawFinding[] {
  const findings: RawFinding[] = [];
  for (const job of workflow.jobs) {
    for (const step of job.steps) {
      const variables = untrustedVariables(source, workflow, job, step);
      for (const script of scriptsOf(step)) {
        for (const expression of expressionsIn(source, script.text.start, script.text.end)) {
          const untrusted = untrustedIn(expression.body) ?? viaVariable(expression.body, variables);
          if (untrusted === undefined) continue;
          const severity = severityFor(workflow, untrusted.events);
          if (severity === undefined) continue;
          const suggestion = throughEnvironment(source, step, script, expression);
          findings.push({
            rule: "workflows/template-injection",
            severity,
            message: `\`${untrusted.name}\` is written by strangers and becomes part of this script. Pass it through \`env:\` and use the variable.`,
            location: source.location(expression.start, expression.end),
            ...(suggestion === undefined ? {} : { suggestions: [suggestion] }),
          });
        }
      }
    }
  }
  return findings;
}

type Untrusted = { readonly name: string; readonly events: readonly string[] };

function untrustedVariables(source: SourceFile, workflow: Workflow, job: Job, step: Step): Map<string, Untrusted> {
  const variables = new Map<string, Untrusted>();
  const collect = (entries: readonly Entry[]): void => {
    for (const { key, value } of entries) {
      if (value.text === undefined) continue;
      const found = expressionsIn(source, value.start, value.end)
        .map(({ body }) => untrustedIn(body))
        .find((untrusted) => untrusted !== undefined);
      if (found === undefined) variables.delete(key.value);
      else variables.set(key.value, found);
    }
  };
  for (const entries of [workflow.env, job.env, step.env]) collect(entries);
  return variables;
}

/** `${{ env.TITLE }}` is pasted just the same; only `$TITLE` is safe. */
function viaVariable(body: string, variables: ReadonlyMap<string, Untrusted>): Untrusted | undefined {
  const name = /^\s*env\.([\w-]+)\s*$/.exec(body)?.[1];
  const variable = name === undefined ? undefined : variables.get(name);
  return variable === undefined ? undefined : { name: `env.${name}`, events: variable.events };
}

/** Undefined: none of the workflow's events carries it. */
function severityFor(workflow: Workflow, events: readonly string[]): Severity | undefined {
  const own = events.filter((event) => workflow.triggers.has(event));
  if (own.some((event) => privilegedTriggers.has(event))) return "error";
  // Unprivileged, or called from a workflow or action that nobody sees here.
  if (own.length > 0 || workflow.kind === "action" || workflow.triggers.has("workflow_call")) return "warning";
  return undefined;
}

/** `run: echo "${{ x }}"` with `env: { NAME: ${{ x }} }` and `$NAME` in the script. */
function throughEnvironment(
  source: SourceFile,
  step: Step,
  script: Script,
  expression: Expression,
): Suggestion | undefined {
  const isBash = step.shell === undefined || /^(?:bash|sh)\b/.test(step.shell);
  if (!source.isUtf8 || (script.language === "shell" && !isBash)) return undefined;
  const existing = /^\s*env\.([A-Za-z_]\w*)\s*$/.exec(expression.body)?.[1];
  const name = existing ?? variableName(expression.body);
  if (name === undefined || (existing === undefined && entryOf(step.env, name) !== undefined)) return undefined;
  // In single quotes a shell would not expand it; leave that to a person.
  const line = source.line(source.position(expression.start).line);
  if (script.language === "shell" && line.includes("'")) return undefined;
  const value = `\${{ ${expression.body.trim()} }}`;
  const edits: Edit[] = [
    source.edit(
      expression.start,
      expression.end,
      script.language === "shell" ? `\${${name}}` : `\${process.env.${name}}`,
    ),
  ];
  // In JavaScript only inside a template literal is the replacement the same text.
  if (script.language === "javascript" && !/`[^`]*\$\{\{[^`]*`/.test(line)) return undefined;
  if (existing !== undefined) return { message: `Use the variable ${name}`, safety: "suggested", edits };
  const first = step.env[0];
  if (first === undefined) {
    const anchor = step.node.entries[0]?.key;
    if (anchor === undefined) return undefined;
    const indent = " ".repeat(source.position(anchor.start).column - 1);
    edits.push(source.edit(anchor.start, anchor.start, `env:\n${indent}  ${name}: ${value}\n${indent}`));
  } else {
    const indent = " ".repeat(source.position(first.key.start).column - 1);
    if (source.line(source.position(first.key.start).line).trimStart().startsWith("env:")) return undefined;
    edits.push(source.edit(first.key.start, first.key.start, `${name}: ${value}\n${indent}`));
  }
  return { message: `Pass it through the environment as ${name}`, safety: "suggested", edits };
}

function variableName(body: string): string | undefined {
  const path = /^\s*github\.([\w.]+)\s*$/.exec(body)?.[1];
  if (path === undefined) return undefined;
  return path
    .replace(/^event\./, "")
    .replaceAll(/\W+/g, "_")
    .toUpperCase();
}
