/** `notify.digest`: what happened since yesterday, as one message. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import type { HostPullRequest } from "../../model/code-host.ts";
import type { RunSummaryRow } from "../../model/store.ts";
import { noticeOutputs, toOutputs } from "./notice-inputs.ts";

const dayMs = 86_400_000;
/** More checks than this in one period are counted, not read. */
const readRuns = 500;
const readFindings = 20_000;
const mostPullRequests = 100;
const shownPullRequests = 10;

export const digest = defineAction({
  id: "notify.digest",
  summary: "Tell in one message what a period brought: checks, new and fixed findings, pull requests that wait.",
  description:
    "Facts come from the stored checks of the default branch and from the open pull requests. A period in which nothing " +
    "happened and nothing waits sends nothing, unless `always` is set. One message a period and channel, however often the " +
    "step runs.\n\n```yaml\n- uses: notify.digest\n  with: { channel: slack, to: '#team', days: 1 }\n```",
  inputs: z.strictObject({
    channel: z.string().default("slack").describe("Which of the configured channels tells it."),
    to: z.string().optional().describe("Target within the channel; its default when absent."),
    days: z.number().int().min(1).max(31).default(1).describe("How many days back it looks."),
    "waiting-days": z.number().min(0).default(2).describe("A pull request waits when nobody touched it for so long."),
    title: z.string().optional().describe("Its heading; the repository and the period when absent."),
    key: z.string().default("digest").describe("What tells it from another message of the same day and channel."),
    always: z.boolean().default(false).describe("Send even when there is nothing to tell."),
  }),
  outputs: z.object({
    ...noticeOutputs,
    markdown: z.string().describe("The message."),
    checks: z.number().describe("Checks in the period."),
    "new-findings": z
      .number()
      .describe("Findings that no check before the period had; 0 where there is none to compare with."),
    "fixed-findings": z.number().describe("Findings that a check of the period no longer had."),
    waiting: z.number().describe("Open pull requests that wait."),
  }),
  needs: ["history", "host", "notifier"],
  effects: "outside",
  async run(context, given) {
    if (!context.notifier.channels.includes(given.channel)) {
      throw new StepFailed(
        `there is no channel "${given.channel}"; configured are ${context.notifier.channels.join(", ") || "none"}`,
      );
    }
    const now = context.clock.now();
    const since = new Date(now.getTime() - given.days * dayMs);
    const { defaultBranch, url } = await context.host.repository();
    const rows = await context.history.runs({ limit: readRuns, branch: defaultBranch });
    const runs = rows.filter((row) => Date.parse(row.startedAt) >= since.getTime());
    const open = await context.host.pullRequests({ state: "open", limit: mostPullRequests });
    const waiting = open
      .filter((one) => !one.isDraft && now.getTime() - Date.parse(one.updatedAt) >= given["waiting-days"] * dayMs)
      .sort((a, b) => a.updatedAt.localeCompare(b.updatedAt));
    // Each check calls everything new that no baseline accepts: what came is what no check before has seen.
    const isFirst = runs.length === rows.length && rows.length < readRuns;
    const lifetimes =
      runs.length === 0 || isFirst
        ? []
        : await context.history.lifetimes({ branch: defaultBranch, limit: readFindings });
    const facts = {
      checks: runs.length,
      "new-findings": lifetimes.filter(({ firstSeenAt }) => Date.parse(firstSeenAt) >= since.getTime()).length,
      "fixed-findings": lifetimes.filter(({ fixedAt }) => Date.parse(fixedAt ?? "") >= since.getTime()).length,
      waiting: waiting.length,
    };
    const markdown = describe(runs, isFirst ? undefined : facts, defaultBranch, waiting, open.length, now);
    if (runs.length === 0 && waiting.length === 0 && !given.always) {
      return { status: "withheld" as const, reason: "nothing happened and nothing waits", markdown, ...facts };
    }
    const worst = runs.some((row) => row.verdict !== "passed") ? "warning" : "info";
    const outcome = await context.notifier.send(
      given.channel,
      {
        key: `${given.key}/${context.host.slug}/${given.days}/${now.toISOString().slice(0, 10)}`,
        title:
          given.title ?? `${context.host.slug}: ${given.days === 1 ? "the last day" : `the last ${given.days} days`}`,
        body: markdown,
        url,
        severity: worst,
      },
      given.to === undefined ? {} : { to: given.to },
    );
    return { ...toOutputs(outcome), markdown, ...facts };
  },
});

/** `facts`: undefined where there is no earlier check to compare with. */
function describe(
  runs: readonly RunSummaryRow[],
  facts: { readonly "new-findings": number; readonly "fixed-findings": number } | undefined,
  branch: string,
  waiting: readonly HostPullRequest[],
  open: number,
  now: Date,
): string {
  const lines: string[] = [];
  const newest = runs[0];
  if (newest === undefined) lines.push(`No check of \`${branch}\` was stored.`);
  else {
    const failed = runs.filter((row) => row.verdict === "failed").length;
    const incomplete = runs.filter((row) => row.verdict === "incomplete").length;
    const verdicts = [
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(incomplete > 0 ? [`${incomplete} incomplete`] : []),
    ];
    const moved =
      facts === undefined
        ? "there is no earlier one to compare with"
        : `${facts["new-findings"]} findings came and ${facts["fixed-findings"]} went`;
    lines.push(
      `**${count(runs.length, "check")}** of \`${branch}\`, ${verdicts.length === 0 ? "all passed" : verdicts.join(" and ")}; ` +
        `${moved}. It stands at ${count(newest.errors, "error")} and ${count(newest.warnings, "warning")}.`,
    );
  }
  if (waiting.length > 0) {
    lines.push(
      "",
      `**${count(waiting.length, "pull request")}** of ${open < mostPullRequests ? open : `${open} or more`} open wait:`,
    );
    for (const one of waiting.slice(0, shownPullRequests)) {
      const days = Math.floor((now.getTime() - Date.parse(one.updatedAt)) / dayMs);
      lines.push(`- [#${one.number}](${one.url}) ${plain(one.title)}: ${count(days, "day")}`);
    }
    if (waiting.length > shownPullRequests) lines.push(`- and ${waiting.length - shownPullRequests} more`);
  }
  return lines.join("\n");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** A title is a stranger's text: no links, no mentions, no formatting of theirs. */
function plain(title: string): string {
  return title.replace(/[\\`*_[\]<>|]/g, String.raw`\$&`).replaceAll("@", "@\u200B");
}
