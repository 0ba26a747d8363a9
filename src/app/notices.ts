/** The notifier of this machine: services by the environment and the configuration, policy, and the ledger. */
import { join } from "node:path";
import type { NoticeEnvironment } from "../config/notice-environment.ts";
import { axoloService, type NamedPullRequest } from "../integrations/axolo/index.ts";
import { createNotifier, type NoticeDesk, type NoticeService } from "../integrations/notices/notifier.ts";
import type { QuietHours } from "../integrations/notices/policy.ts";
import { slackService } from "../integrations/slack/bot.ts";
import { incomingService } from "../integrations/slack/incoming.ts";
import { webhookService } from "../integrations/webhook/index.ts";
import type { CodeHost } from "../model/code-host.ts";
import type { NoticesConfig } from "../model/config.ts";
import type { TriggerEvent } from "../model/event.ts";
import { Failure } from "../model/failure.ts";
import type { NoticeLedger } from "../model/notice-ledger.ts";
import type { Http } from "../model/system.ts";
import { openNotices } from "../store/notices.ts";
import { uuidv7 } from "../store/uuid.ts";
import type { World } from "./world.ts";

export interface NotifierRequest {
  readonly config: NoticesConfig;
  readonly environment: NoticeEnvironment;
  readonly event: TriggerEvent;
  readonly dataDirectory: string;
  /** For what only it knows: whether the repository is private, titles of pull requests. */
  readonly host: CodeHost | undefined;
}

/** Sends, and what is kept: `ledger` lists and forgets it. */
export interface OpenDesk extends NoticeDesk {
  readonly ledger: Pick<NoticeLedger, "kept" | "drop">;
  close(): Promise<void>;
}

export async function openNotifierWith(
  { config, environment, event, dataDirectory, host }: NotifierRequest,
  { http, wait }: { readonly http: Http; readonly wait: (ms: number) => Promise<void> },
  { clock, log }: Pick<World, "clock" | "log">,
): Promise<OpenDesk> {
  const hooks = Object.entries(config.webhooks).map(([name, { secret: from, ...hook }]) => {
    const secret = environment.variable(from);
    if (secret !== undefined) return [name, { ...hook, secret }] as const;
    throw new Failure("CF707", `the webhook ${name} has no secret`, {
      why: `the environment variable ${from} is not set`,
      next: `set ${from}, or take the webhook out of notices.webhooks in codeflow.yml`,
    });
  });
  const ledger = await openNotices(join(dataDirectory, "history.db"), { clock, log });
  const { slackBotToken: token, slackWebhookUrl, slackApiUrl } = environment;
  const services: Record<string, NoticeService> = {};
  if (token !== undefined) {
    const access = { http, token, wait, ...(slackApiUrl === undefined ? {} : { apiUrl: slackApiUrl }) };
    services["slack"] = slackService(access, config.slack, event.name, log);
    const { repository, pullRequest } = event;
    const slug = repository === undefined ? undefined : `${repository.owner}/${repository.name}`;
    services["axolo"] = axoloService({
      access,
      log,
      pattern: config.axolo.name,
      rules: config.axolo,
      about: slug === undefined || pullRequest === undefined ? undefined : `${slug}#${pullRequest.number}`,
      pullRequest: (number) => named(host, number),
    });
  } else if (slackWebhookUrl !== undefined) {
    services["slack"] = incomingService({ http, url: slackWebhookUrl, wait }, config.slack);
  }
  if (hooks.length > 0) {
    services["webhook"] = webhookService({ http, hooks: Object.fromEntries(hooks), clock, wait });
  }
  let isPrivate: Promise<boolean | undefined> | undefined;
  const notifier = createNotifier({
    services,
    ledger,
    newId: () => uuidv7(clock.now()),
    log,
    situation: async () => ({
      event: event.name,
      isPrivate: await (isPrivate ??=
        host?.repository().then((found) => found.isPrivate) ?? Promise.resolve(undefined)),
      allowCode: config["allow-code"],
      quietHours: config["quiet-hours"] as QuietHours | undefined,
      now: clock.now(),
    }),
  });
  return { ...notifier, ledger, close: () => ledger.close() };
}

async function named(host: CodeHost | undefined, number: number): Promise<NamedPullRequest | undefined> {
  if (host === undefined) return undefined;
  const found = await host.pullRequest(number);
  return found === undefined ? undefined : { title: found.title, branch: found.head.branch };
}
