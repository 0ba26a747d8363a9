/**
 * Axolo opens one Slack channel a pull request; this finds it by its name and tells it through the same Slack bot.
 *
 * Naming as of https://axolo.co/docs/application-settings/general-settings: `_[draft]_pr_[repository_name]_[pull_request_title]`
 * unless the team set another pattern, with `[pull_request_number]`, `[branch_name]` and `[status]` beside these. How titles
 * become slugs is not documented, so names are compared without case and punctuation. Scopes: channels:read, groups:read.
 */
import type { Notice } from "../../model/notifier.ts";
import type { Log } from "../../model/system.ts";
import type { NoticeService } from "../notices/notifier.ts";
import type { NoticeRules } from "../notices/policy.ts";
import { slackBot } from "../slack/bot.ts";
import { listChannels, type SlackAccess, type SlackChannel } from "../slack/client.ts";

export interface NamedPullRequest {
  readonly title: string;
  readonly branch: string;
}

export interface AxoloParts {
  readonly access: SlackAccess;
  readonly log: Pick<Log, "warn">;
  readonly pattern: string;
  readonly rules: NoticeRules;
  /** What the event is about, where a notice does not say so by its thread: `owner/name#7`. */
  readonly about: string | undefined;
  /** Undefined when there is none, or nobody to ask. */
  readonly pullRequest: (number: number) => Promise<NamedPullRequest | undefined>;
}

/** Slack cuts channel names here. */
const maxName = 80;
const statuses = ["", "draft", "wip", "tbr", "tbm", "closed", "merged", "paused"];

export function axoloService({ access, log, pattern, rules, about, pullRequest }: AxoloParts): NoticeService {
  let channels: Promise<readonly SlackChannel[]> | undefined;
  return {
    ...slackBot(access, log),
    rules: () => rules,
    async targets(notice: Notice, to) {
      const thread = to ?? notice.thread ?? about ?? "";
      const match = /^[^/\s]+\/([^/\s#]+)#(\d+)$/.exec(thread);
      if (match === null) return "it is about no pull request, and Axolo's channels are pull requests'";
      const [, repository = "", number = ""] = match;
      const found = await pullRequest(Number(number));
      if (found === undefined) return `nothing is known of pull request ${thread}, by which Axolo's channel is named`;
      channels ??= allChannels(access);
      const names = axoloNames(pattern, { repository, number, ...found });
      const fitting = (await channels).filter(({ name }) => names.some((one) => isSameName(one, name)));
      const [channel, second] = fitting;
      if (channel === undefined) {
        return `Axolo has no channel for ${thread}: looked for ${names[0]} among ${(await channels).length} channels that the bot sees`;
      }
      // Telling the wrong people is worse than telling nobody.
      if (second !== undefined)
        return `more than one channel may be that of ${thread}: ${fitting.map(({ name }) => name).join(", ")}`;
      return [channel.id];
    },
  };
}

/** The first one is what a pull request that is ready has. */
export function axoloNames(
  pattern: string,
  given: NamedPullRequest & { readonly repository: string; readonly number: string },
): string[] {
  return statuses.map((status) => {
    const draft = status === "draft" ? "draft" : "";
    const filled = pattern
      .replaceAll("[draft]", draft)
      .replaceAll("[status]", status)
      .replaceAll("[repository_name]", () => given.repository)
      .replaceAll("[pull_request_title]", () => given.title)
      .replaceAll("[branch_name]", () => given.branch)
      .replaceAll("[pull_request_number]", given.number);
    return plainName(filled);
  });
}

function plainName(text: string): string {
  const letters = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return letters.replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_|_$/g, "");
}

function isSameName(wanted: string, name: string): boolean {
  const plain = plainName(name);
  if (plain === wanted) return true;
  return name.length >= maxName - 1 && wanted.length > plain.length && wanted.startsWith(plain);
}

async function allChannels(access: SlackAccess): Promise<readonly SlackChannel[]> {
  const found: SlackChannel[] = [];
  for await (const channel of listChannels(access)) found.push(channel);
  return found;
}
