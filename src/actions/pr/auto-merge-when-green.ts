/** `pr.auto-merge-when-green`: merges a pull request once everything that is asked of it holds. */
import { z } from "zod";
import { type ActionContext, defineAction } from "../../model/action.ts";
import { plain } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";

export const autoMergeWhenGreen = defineAction({
  id: "pr.auto-merge-when-green",
  summary: "Merge the pull request once its checks, approvals and labels say that it may be.",
  description: `Without \`apply: true\` it only says what it would do. It merges nothing of which it has not seen a green check (unless
\`allow-no-checks\`), nothing that somebody with write access asked changes for, nothing that was pushed to after it looked. Approvals count
from people whose permission the host confirms, and only for the commit that is merged. A failed check is a reason to wait, never a
failure of the step.

\`\`\`yaml
- uses: pr.auto-merge-when-green
  with: { label: automerge, method: squash, apply: true }
\`\`\``,
  inputs: z.strictObject({
    apply: z.boolean().default(false).describe("Really merge."),
    method: z.enum(["merge", "squash", "rebase"]).default("squash").describe("How."),
    label: z.string().default("automerge").describe("A label that must be there; empty: none."),
    "blocking-labels": textList.default(["do not merge", "wip"]).describe("Labels that keep it from being merged."),
    "min-approvals": z.number().int().min(0).default(1).describe("Approvals of people with write access."),
    checks: textList.default([]).describe("Checks that must be green; all that have reported when empty."),
    "ignore-checks": textList.default([]).describe("Checks that do not count, such as the one that this runs in."),
    "allow-no-checks": z.boolean().default(false).describe("Merge where no check has reported."),
    "allow-forks": z.boolean().default(false).describe("Merge pull requests from other repositories."),
    "when-pending": z
      .enum(["wait", "enable-auto-merge"])
      .default("wait")
      .describe("What to do when only running checks are missing: leave it to a later run, or to the host."),
  }),
  outputs: z.object({
    outcome: z
      .enum(["merged", "would-merge", "auto-merge-enabled", "waiting", "unchanged"])
      .describe("What happened; `unchanged`: it was merged or closed before."),
    reasons: z.array(z.string()).describe("What is missing."),
    sha: z.string().describe("The head that was looked at."),
  }),
  needs: ["host", "pullRequest"],
  effects: "outside",
  async run(context, inputs) {
    const { host, pullRequest, summarize } = context;
    const { number } = pullRequest;
    const pull = await pullRequest.get({ refresh: true });
    const { sha } = pull.head;
    if (pull.isMerged || pull.state === "closed") {
      return { outcome: "unchanged" as const, reasons: [pull.isMerged ? "it is merged" : "it is closed"], sha };
    }
    const reasons: string[] = [];
    const has = (label: string): boolean => pull.labels.some((one) => one.toLowerCase() === label.toLowerCase());
    if (pull.isDraft) reasons.push("it is a draft");
    if (pull.isFork && !inputs["allow-forks"]) reasons.push("it comes from a fork");
    if (inputs.label !== "" && !has(inputs.label)) reasons.push(`the label ${inputs.label} is missing`);
    for (const label of listOf(inputs["blocking-labels"]).filter(has)) reasons.push(`the label ${label} is there`);
    if (pull.isMergeable === false) reasons.push("it conflicts with its base");
    if (pull.isMergeable === undefined) reasons.push("the host does not know yet whether it can be merged");
    reasons.push(...(await missingApprovals(context, sha, pull.author.login, inputs["min-approvals"])));
    const checks = await missingChecks(context, sha, inputs);
    const isWaitingForChecksOnly = reasons.length === 0 && checks.failed.length === 0 && checks.pending.length > 0;
    reasons.push(...checks.failed, ...checks.pending);
    if (reasons.length > 0) {
      if (isWaitingForChecksOnly && inputs.apply && inputs["when-pending"] === "enable-auto-merge") {
        await host.enableAutoMerge(number, inputs.method);
        summarize(`#${number} will be merged by the host: ${checks.pending.map(plain).join("; ")}`);
        return { outcome: "auto-merge-enabled" as const, reasons, sha };
      }
      summarize(`#${number} is not merged:\n\n${reasons.map((reason) => `- ${plain(reason)}`).join("\n")}`);
      return { outcome: "waiting" as const, reasons, sha };
    }
    if (!inputs.apply) {
      summarize(`#${number} would be merged; it was not, without \`apply: true\`.`);
      return { outcome: "would-merge" as const, reasons, sha };
    }
    const { outcome } = await host.mergePullRequest(number, { sha, method: inputs.method });
    return { outcome, reasons, sha };
  },
});

/** The last word of each person counts, as on the host. */
async function missingApprovals(
  { host, pullRequest }: ActionContext<"host" | "pullRequest">,
  sha: string,
  author: string,
  wanted: number,
): Promise<string[]> {
  const last = new Map<string, { readonly state: string; readonly commit: string }>();
  for (const { author: reviewer, state, commit } of await host.reviews(pullRequest.number)) {
    if (reviewer.isBot || reviewer.login === author) continue;
    if (state === "approved" || state === "changes_requested") last.set(reviewer.login, { state, commit });
    else if (state === "dismissed") last.delete(reviewer.login);
  }
  let approvals = 0;
  const reasons: string[] = [];
  for (const [login, { state, commit }] of last) {
    if (!["admin", "maintain", "write"].includes(await host.permissionOf(login))) continue;
    if (state === "changes_requested") reasons.push(`${login} asked for changes`);
    else if (commit === sha) approvals += 1;
  }
  if (approvals < wanted) reasons.push(`it has ${approvals} of ${wanted} approvals of ${sha.slice(0, 12)}`);
  return reasons;
}

async function missingChecks(
  { host }: ActionContext<"host">,
  sha: string,
  inputs: {
    readonly checks: string | string[];
    readonly "ignore-checks": string | string[];
    readonly "allow-no-checks": boolean;
  },
): Promise<{ readonly failed: string[]; readonly pending: string[] }> {
  const ignored = listOf(inputs["ignore-checks"]);
  const wanted = listOf(inputs.checks);
  const reported = (await host.checksOf(sha)).filter(({ name }) => !ignored.includes(name));
  const counting = wanted.length === 0 ? reported : reported.filter(({ name }) => wanted.includes(name));
  const pending = counting.filter(({ state }) => state === "pending").map(({ name }) => `${name} is running`);
  for (const name of wanted) {
    if (!reported.some((check) => check.name === name)) pending.push(`${name} has not reported`);
  }
  const failed = counting.filter(({ state }) => state === "failure").map(({ name }) => `${name} failed`);
  // Green without having looked is not green; a neutral check has not looked either.
  const isSilent = !counting.some(({ state }) => state !== "neutral");
  if (isSilent && pending.length === 0 && !inputs["allow-no-checks"]) pending.push("no check has reported");
  return { failed, pending };
}
