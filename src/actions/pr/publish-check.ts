/** `pr.publish-check`: checks the change and says on the pull request what is new. */
import { z } from "zod";
import { defineAction, type PublisherPort, StepFailed } from "../../model/action.ts";
import { profiles } from "../../model/analyzer.ts";
import type { CheckRun } from "../../model/check-run.ts";
import { code, counted } from "../markdown-table.ts";

export const publishCheck = defineAction({
  id: "pr.publish-check",
  summary: "Check the change and say what is new on the pull request: a summary, comments at the lines, a check run.",
  description:
    "Comments are found again by a hidden marker: updated, resolved when the finding is gone, reopened when it is back; " +
    "what people wrote is never touched. On a clean pull request nothing is said beside the check run. When the head " +
    "moved on meanwhile nothing is published: the newer push has a run of its own.\n\n" +
    "```yaml\n- uses: pr.publish-check\n  with: { fail-on: failed, attention: 10 }\n```",
  inputs: z.strictObject({
    profile: z.enum(profiles).optional().describe("The configured one when absent."),
    gate: z.array(z.string()).default([]).describe("Conditions instead of the configured ones."),
    exec: z.boolean().default(true).describe("Run the repository's own tools; never done for a fork."),
    fresh: z
      .boolean()
      .default(false)
      .describe("Look at the whole change again: nothing that an earlier run found out is taken for granted."),
    comment: z.boolean().default(true).describe("Write the summary and the comments at the lines."),
    check: z.string().default("CodeFlow").describe("Name of the check run; none when empty."),
    status: z.string().default("").describe("Context of a commit status; none when empty."),
    attention: z.number().int().min(0).max(100).default(10).describe("Comments at lines at most; the rest is folded."),
    "fail-on": z
      .enum(["never", "failed", "incomplete"])
      .default("never")
      .describe("When this step fails: the check run tells the verdict anyway."),
  }),
  outputs: z.object({
    status: z.enum(["published", "stale"]).describe("`stale`: the pull request moved on, nothing was said."),
    text: z.string().describe("What was found, in a sentence."),
    reason: z.string().optional().describe("Why nothing was said."),
    verdict: z.enum(["passed", "failed", "incomplete"]).describe("Over all pushes of the pull request."),
    new: z.number().describe("New findings."),
    inline: z.number().describe("With a comment of their own."),
    folded: z.number().describe("Told in the summary only."),
    resolved: z.number().describe("Threads resolved because their finding is gone."),
    accepted: z.number().describe("Findings that people accepted with `/codeflow ignore`; they are not counted."),
    carried: z.number().describe("Findings of earlier pushes that were not looked at again."),
  }),
  needs: ["check", "pullRequest", "publisher"],
  effects: "outside",
  async run(context, given) {
    const pullRequest = await context.pullRequest.get();
    const { run } = await context.check.run({
      scope: "changed",
      base: pullRequest.base.sha,
      gate: given.gate,
      noExec: !given.exec || pullRequest.isFork,
      fresh: given.fresh,
      ...(given.profile === undefined ? {} : { profile: given.profile }),
    });
    const said = await context.publisher.publish(run, {
      comment: given.comment,
      attention: given.attention,
      ...(given.check === "" ? {} : { checkName: given.check }),
      ...(given.status === "" ? {} : { statusContext: given.status }),
    });
    const none = { new: 0, inline: 0, folded: 0, resolved: 0, accepted: 0, carried: 0 };
    const { withheld = [], ...published } = { withheld: [], ...said };
    for (const reason of withheld) context.log.warn(reason);
    const outputs =
      published.status === "stale"
        ? { ...published, verdict: run.verdict.status, ...none, text: `Nothing was said: ${published.reason}.` }
        : { ...published, text: textOf(published, run) };
    context.log.info(
      said.status === "stale"
        ? `nothing was said: ${said.reason}`
        : `${said.verdict}: ${said.new} new, ${said.inline} with a comment, ${said.folded} folded, ${said.resolved} resolved`,
    );
    const failing: readonly string[] = { never: [], failed: ["failed"], incomplete: ["failed", "incomplete"] }[
      given["fail-on"]
    ];
    if (failing.includes(outputs.verdict)) throw new StepFailed(`the check ${outputs.verdict}`, outputs);
    return outputs;
  },
});

type Said = Extract<Awaited<ReturnType<PublisherPort["publish"]>>, { readonly status: "published" }>;

function textOf(said: Said, { repository }: CheckRun): string {
  const parts = [
    said.new === 0 ? "nothing new" : counted(said.new, "new finding"),
    ...(said.accepted === 0 ? [] : [`${said.accepted} accepted`]),
    ...(said.carried === 0 ? [] : [`${said.carried} of earlier pushes not looked at again`]),
  ];
  const at = repository.head === undefined ? "" : ` at ${code(repository.head.slice(0, 10))}`;
  return `**${said.verdict}**${at}: ${parts.join(", ")}.`;
}
