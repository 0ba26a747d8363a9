/** `pr.accept-findings`: `/codeflow ignore`. Accepts findings for this pull request, on the record. */
import { z } from "zod";
import { type AcceptedFinding, maxAccepted, writeAcceptance } from "../../model/acceptance.ts";
import { defineAction, StepFailed } from "../../model/action.ts";
import { closest } from "../../model/closest.ts";
import type { Finding } from "../../model/finding.ts";
import { code, counted } from "../markdown-table.ts";
import { activeFindings } from "../quality/check-findings.ts";
import { answerCommand, type FindingThread, lookAround } from "./command-answer.ts";
import { commentOf } from "./event-comment.ts";
import { analyzerOf } from "./rule-facts.ts";

/** Named in the answer; the record holds all. */
const shown = 20;

export const acceptFindings = defineAction({
  id: "pr.accept-findings",
  summary:
    "Accept findings of the change on somebody's word: they leave the verdict, and the summary counts them from then on.",
  description: `What \`/codeflow ignore\` does. In an answer to a finding's comment in the diff it is that finding, else all new findings of \`rule\` that
are there now; one that a later push brings is told like any other, a changed secret too. The check is published without them: their
threads are resolved with the name and the reason, the verdict is without them, the summary lists them.

Nothing is committed: the record is hidden in the answer to the command, holds over pushes and for forks, and counts as long as the
command stands there and its author may command. Deleting the command takes it back. To accept something in the repository for
good, write \`codeflow-ignore RULE -- reason\` in the code, or use \`codeflow baseline\`.

\`\`\`yaml
- if: steps.comment.outputs.allowed && steps.comment.outputs.command == 'ignore'
  uses: pr.accept-findings
  with:
    rule: \${{ steps.comment.outputs.values.rule }}
    reason: \${{ steps.comment.outputs.values.reason }}
\`\`\``,
  inputs: z.strictObject({
    rule: z.string().nullish().describe("The rule; not needed in an answer to a finding's comment."),
    reason: z.string().trim().min(1).max(500).describe("Why they are acceptable."),
    exec: z.boolean().default(true).describe("Run the repository's own tools; never done for a fork."),
    check: z.string().default("CodeFlow").describe("Name of the check run; none when empty."),
    status: z.string().default("").describe("Context of a commit status; none when empty."),
  }),
  outputs: z.object({
    accepted: z.number().describe("Findings accepted by this command."),
    verdict: z.enum(["passed", "failed", "incomplete"]).describe("Without them."),
    text: z.string().describe("What was answered."),
  }),
  needs: ["check", "host", "publisher", "pullRequest"],
  effects: "outside",
  async run({ check, event, host, log, publisher, pullRequest }, inputs) {
    const comment = commentOf(event);
    if (comment === undefined) throw new StepFailed(`the event ${event.name} brings no comment to act on`);
    const { finding: thread } = await lookAround(host, event, comment, (await host.viewer()).login);
    const pull = await pullRequest.get();
    const { run } = await check.run({
      scope: "changed",
      base: pull.base.sha,
      noExec: !inputs.exec || pull.isFork,
    });
    const fresh = activeFindings(run).filter(({ state }) => state === "new");
    const meant = meantBy({ rule: inputs.rule || undefined, reason: inputs.reason }, thread, fresh);
    const { findings, rule, reason } = meant;
    const accepting = findings.map(({ fingerprint }): AcceptedFinding => ({
      fingerprint,
      rule,
      by: comment.author,
      reason,
      ...(comment.url === undefined ? {} : { url: comment.url }),
      ...(thread === undefined ? {} : { threadId: thread.id }),
    }));
    const said =
      accepting.length === 0
        ? undefined
        : await publisher.publish(run, {
            comment: true,
            accepting,
            ...(inputs.check === "" ? {} : { checkName: inputs.check }),
            ...(inputs.status === "" ? {} : { statusContext: inputs.status }),
          });
    const verdict = said?.status === "published" ? said.verdict : run.verdict.status;
    const text =
      said === undefined
        ? meant.complaint
        : `${acceptedText(rule, findings)} ${said.status === "stale" ? "The next check counts without it." : `The check: ${verdict}.`} Deleting the command takes it back.`;
    const record = { command: comment.id, rule, fingerprints: findings.map(({ fingerprint }) => fingerprint) };
    // Last: an answered command is done, and is not carried out again.
    await answerCommand(host, event, comment, said === undefined ? text : `${text}\n${writeAcceptance(record)}`);
    log.info(`${accepting.length} accepted`);
    return { accepted: accepting.length, verdict, text };
  },
});

interface Meant {
  readonly findings: readonly Finding[];
  readonly rule: string;
  readonly reason: string;
  /** Told where there are no findings. */
  readonly complaint: string;
}

function meantBy(
  { rule, reason }: { readonly rule: string | undefined; readonly reason: string },
  thread: FindingThread | undefined,
  fresh: readonly Finding[],
): Meant {
  if (thread !== undefined) {
    const findings = fresh.filter(({ fingerprint }) => fingerprint === thread.fingerprint);
    // What looked like a rule may be how the reason begins: `src/gen is generated`.
    const isOther = rule !== undefined && rule !== thread.rule;
    const isNamed = isOther && analyzerOf(rule) !== undefined;
    return {
      findings: isNamed ? [] : findings,
      rule: thread.rule,
      reason: isOther ? `${rule} ${reason}` : reason,
      complaint: isNamed
        ? `This thread is about ${code(thread.rule)}, not ${code(rule)}: nothing was accepted.`
        : "This finding is not new in the change any more: there is nothing to accept.",
    };
  }
  if (rule === undefined) throw new StepFailed("it is not said which rule is meant");
  const findings = fresh.filter((finding) => finding.rule === rule);
  if (findings.length > maxAccepted) {
    const complaint = `There are ${findings.length} findings of ${code(rule)}: more than ${maxAccepted} are not accepted one by one. Turn the rule off in \`codeflow.yml\` if it does not hold here.`;
    return { findings: [], rule, reason, complaint };
  }
  const near = closest(rule, [...new Set(fresh.map((finding) => finding.rule))]);
  const hint = near === undefined || near === rule ? "" : ` Did you mean ${code(near)}?`;
  const complaint = `Nothing new of ${code(rule)} is in this change: nothing was accepted.${hint}`;
  return { findings, rule, reason, complaint };
}

function acceptedText(rule: string, findings: readonly Finding[]): string {
  const places = findings
    .slice(0, shown)
    .map(({ location }) => `- ${code(`${location.path}:${location.startLine}`)}`)
    .join("\n");
  const rest = findings.length > shown ? `\n- and ${findings.length - shown} more` : "";
  return `${counted(findings.length, "finding")} of ${code(rule)} accepted for this pull request:\n\n${places}${rest}\n\n`;
}
