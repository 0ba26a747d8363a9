/** A process that tells three things and may be killed at any moment; where and through what comes in on stdin. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createNotifier, type NoticeService } from "../../src/integrations/notices/notifier.ts";
import { slackService } from "../../src/integrations/slack/bot.ts";
import { incomingService } from "../../src/integrations/slack/incoming.ts";
import { webhookService } from "../../src/integrations/webhook/index.ts";
import { openNotices } from "../../src/store/notices.ts";
import { createHttp } from "../../src/system/http.ts";
import { sleep } from "../../src/system/sleep.ts";

export interface NoticeAssignment {
  readonly folder: string;
  readonly kind: "slack" | "incoming" | "webhook";
  /** Of the Web API, or of the hook. */
  readonly url: string;
  readonly token: string;
}

const given = JSON.parse(await text(process.stdin)) as NoticeAssignment;
const now = (): Date => new Date();
const log = { warn: (line: string) => void process.stderr.write(`${line}\n`) };
const http = createHttp({ random: () => 0, now });
const wait = (ms: number): Promise<void> => sleep(ms / 1_000, new AbortController().signal);
const ledger = await openNotices(join(given.folder, "history.db"), { clock: { now }, log });

function service(): NoticeService {
  const { kind, url, token } = given;
  if (kind === "incoming") return incomingService({ http, url, wait }, {});
  if (kind === "webhook") {
    return webhookService({ http, hooks: { one: { url, secret: token } }, clock: { now }, wait });
  }
  return slackService({ http, token, apiUrl: url, wait }, { channel: "builds", routes: [] }, "push", log);
}

const notifier = createNotifier({
  services: { it: service() },
  ledger,
  log,
  newId: randomUUID,
  situation: async () => ({
    event: "push",
    isPrivate: false,
    allowCode: false,
    quietHours: undefined,
    now: now(),
  }),
});
const common = { severity: "error", thread: "octo/demo#7" } as const;
await notifier.send("it", { ...common, key: "gate", title: "The gate failed" });
await notifier.send("it", { ...common, key: "found", title: "Something was found" });
// A message that can be changed is changed; the others would say it anew at every run.
if (given.kind === "slack") await notifier.send("it", { ...common, key: "gate", title: "The gate passed" });
await ledger.close();
