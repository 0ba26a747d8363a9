/** `pr.explain`: `/codeflow explain`. What a rule means, where it fired and why, and what can be done about it. */
import { z } from "zod";
import { defineAction, type Repository } from "../../model/action.ts";
import type { CheckRun } from "../../model/check-run.ts";
import { closest } from "../../model/closest.ts";
import type { Finding } from "../../model/finding.ts";
import type { RuleDefinition } from "../../model/rule.ts";
import { code, counted, plain, prose } from "../markdown-table.ts";
import { lookAround } from "./command-answer.ts";
import { commentOf } from "./event-comment.ts";

const shownFindings = 3;
const shownLines = 12;

export const explain = defineAction({
  id: "pr.explain",
  summary: "Say what a rule means, why it fired in this change, at which lines, and how to live with it.",
  description: `What \`/codeflow explain\` does, out of the rules' own documentation (\`codeflow analyzers show RULE\`) and the findings of a check; no model of
language has a part in it. By rule, by a fingerprint or its beginning, or, in an answer to a finding's comment in the diff, of that
finding. Lines on which a secret stands are never repeated.

\`\`\`yaml
- id: explain
  uses: pr.explain
  with: { rule: "\${{ steps.comment.outputs.values.rule }}" }
- uses: pr.answer-comment
  with: { body: "\${{ steps.explain.outputs.text }}" }
\`\`\``,
  inputs: z.strictObject({
    rule: z.string().nullish().describe("The rule, such as `secrets/aws-access-key-id`."),
    fingerprint: z.string().nullish().describe("A finding's fingerprint, or how it begins."),
    exec: z.boolean().default(true).describe("Run the repository's own tools; never done for a fork."),
  }),
  outputs: z.object({
    rule: z.string().describe("The rule that was explained; empty when there is none."),
    findings: z.number().describe("How often it fired in this change."),
    text: z.string().describe("The explanation, in Markdown."),
  }),
  needs: ["check", "host", "pullRequest", "repo"],
  effects: "none",
  async run({ check, event, host, pullRequest, repo }, inputs) {
    const comment = commentOf(event);
    const asked = { rule: inputs.rule || undefined, fingerprint: inputs.fingerprint || undefined };
    if (asked.rule === undefined && asked.fingerprint === undefined && comment !== undefined) {
      const { finding } = await lookAround(host, event, comment, (await host.viewer()).login);
      if (finding !== undefined) Object.assign(asked, { rule: finding.rule, fingerprint: finding.fingerprint });
    }
    if (asked.rule === undefined && asked.fingerprint === undefined) {
      const text =
        "Explain what? Name a rule, as in `/codeflow explain secrets/aws-access-key-id`, or answer one of my comments in the diff with `/codeflow explain`.";
      return { rule: "", findings: 0, text };
    }
    const pull = await pullRequest.get();
    const { run } = await check.run({
      scope: "changed",
      base: pull.base.sha,
      noExec: !inputs.exec || pull.isFork,
    });
    const present = run.findings.filter(({ state }) => state === "new");
    const found = present.filter(
      ({ rule, fingerprint }) =>
        (asked.rule === undefined || rule === asked.rule) &&
        (asked.fingerprint === undefined || fingerprint.startsWith(asked.fingerprint)),
    );
    const rule = asked.rule ?? found[0]?.rule;
    if (rule === undefined) {
      const text = `No new finding of this change has a fingerprint that begins with ${code(asked.fingerprint ?? "")}.`;
      return { rule: "", findings: 0, text };
    }
    const ofRule = found.filter((finding) => finding.rule === rule);
    const facts = await factsOf(rule, run);
    if (facts === undefined && ofRule.length === 0) return { rule: "", findings: 0, text: await unknown(rule, run) };
    const parts = [
      heading(rule, facts, ofRule[0]),
      ...describe(facts),
      ...(await places(ofRule, run, repo, asked.fingerprint !== undefined)),
      whatNow(rule, ofRule),
    ];
    return { rule, findings: ofRule.length, text: parts.filter((part) => part !== "").join("\n\n") };
  },
});

async function factsOf(rule: string, run: CheckRun): Promise<RuleDefinition | undefined> {
  const { ruleDefinition } = await import("./rule-facts.ts");
  return run.rules[rule] ?? ruleDefinition(rule);
}

async function unknown(rule: string, run: CheckRun): Promise<string> {
  const { analyzerOf, ruleDefinitions } = await import("./rule-facts.ts");
  const analyzer = analyzerOf(rule);
  if (analyzer?.hasMoreRules === true) {
    return `${code(rule)} did not fire in this change, and I have no description of it: it is a rule of ${code(analyzer.id)} itself (${plain(analyzer.summary)}).`;
  }
  const names = new Set([...ruleDefinitions().map(({ id }) => id), ...run.findings.map((finding) => finding.rule)]);
  const near = closest(rule, [...names]);
  return `There is no rule ${code(rule)}${near === undefined ? ". `codeflow analyzers` lists them." : `; did you mean ${code(near)}?`}`;
}

function heading(rule: string, facts: RuleDefinition | undefined, finding: Finding | undefined): string {
  const severity = finding?.severity ?? facts?.severity;
  const category = finding?.category ?? facts?.category;
  return [`**${code(rule)}**`, severity, category].filter((part) => part !== undefined).join(" · ");
}

function describe(facts: RuleDefinition | undefined): string[] {
  if (facts === undefined) return [];
  // Both are our own words, written as Markdown.
  return [facts.summary, facts.rationale?.trim() ?? ""];
}

async function places(
  findings: readonly Finding[],
  run: CheckRun,
  repo: Repository,
  isOne: boolean,
): Promise<string[]> {
  if (findings.length === 0) return ["It did not fire in this change."];
  const parts: string[] = [];
  for (const finding of findings.slice(0, shownFindings)) {
    const { location, message, suppressed, related = [] } = finding;
    const place = code(`${location.path}:${location.startLine}`);
    const kept = suppressed === undefined ? "" : ` It does not count: ${plain(suppressed.reason)}.`;
    parts.push(`${isOne ? "Here" : "At"} ${place}: ${prose(message)}.${kept}`.replace(/\.\.$/, "."));
    const shown = await lines(finding, run, repo);
    if (shown !== "") parts.push(shown);
    for (const one of related.slice(0, 3)) {
      parts.push(`See also ${code(`${one.location.path}:${one.location.startLine}`)}: ${prose(one.message)}.`);
    }
  }
  const rest = findings.length - shownFindings;
  if (rest > 0) parts.push(`and at ${counted(rest, "place")} more.`);
  return parts;
}

/** The code that it is about; never a line that holds what some analyzer takes for a secret. */
async function lines({ location }: Finding, run: CheckRun, repo: Repository): Promise<string> {
  const { path, startLine, endLine, endColumn } = location;
  const last = Math.min(endLine > startLine && endColumn <= 1 ? endLine - 1 : endLine, startLine + shownLines - 1);
  const isSecret = run.findings.some(
    (one) =>
      one.location.path === path &&
      one.state !== "fixed" &&
      one.location.startLine <= last &&
      one.location.endLine >= startLine &&
      (one.category === "security" || one.analyzer === "secrets") &&
      /secret|credential|passw|private-?key|api-?key|token/i.test(`${one.analyzer}/${one.rule}`),
  );
  if (isSecret) return "";
  const text = await repo.readText(path);
  const wanted = text?.split(/\r\n|\n|\r/).slice(startLine - 1, last) ?? [];
  if (wanted.join("").trim() === "") return "";
  const shown = wanted.map((line) => (line.length > 200 ? `${line.slice(0, 200)}…` : line)).join("\n");
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const language = /\.([A-Za-z0-9]{1,8})$/.exec(path)?.[1] ?? "";
  return `${fence}${language}\n${shown}\n${fence}`;
}

/** What opens and closes a comment, by the file's ending; `#` is the most common one. */
const comments: readonly (readonly [RegExp, string, string])[] = [
  [
    /\.(?:[cm]?[jt]sx?|go|rs|java|kts?|swift|c|cc|cpp|h|hpp|cs|php|scala|dart|proto|groovy|jsonc|scss|less)$/i,
    "// ",
    "",
  ],
  [/\.(?:md|html?|xml|vue|svelte|svg)$/i, "<!-- ", " -->"],
  [/\.css$/i, "/* ", " */"],
  [/\.(?:sql|lua|hs|elm|ada)$/i, "-- ", ""],
  [/\.(?:lisp|clj|el|asm|ini)$/i, "; ", ""],
];

function whatNow(rule: string, findings: readonly Finding[]): string {
  const [first] = findings;
  const path = first?.location.path ?? "";
  const [, open, close] = comments.find(([pattern]) => pattern.test(path)) ?? [/$/, "# ", ""];
  const isFixable = findings.some(({ suggestions = [] }) => suggestions.some(({ safety }) => safety === "safe"));
  const hint = first?.suggestions?.[0]?.message;
  const url = safeUrl(first?.helpUrl) ?? undefined;
  const parts = [
    ...(isFixable ? [`- \`/codeflow fix ${rule}\` fixes it where that is safe.`] : []),
    ...(!isFixable && hint !== undefined ? [`- What would fix it: ${prose(hint)}`] : []),
    "- Accepted for this pull request only: `/codeflow ignore " +
      `${rule} reason…\`, or \`/codeflow ignore reason…\` in an answer to the finding's comment.`,
    `- Accepted in the code, for good: ${code(`${open}codeflow-ignore ${rule} -- reason${close}`)} on its line or above it; the reason is required.`,
    `- Not wanted anywhere in this repository: ${code(`rules: { ${rule}: "off" }`)} in ${code("codeflow.yml")}.`,
    ...(url === undefined ? [] : [`- [Documentation](<${url}>)`]),
  ];
  return `What can be done:\n${parts.join("\n")}`;
}

/** A tool's word; only what is a web address becomes a link. */
function safeUrl(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:")
    ? url.href.replace(/[<>\\]/g, encodeURIComponent)
    : undefined;
}
