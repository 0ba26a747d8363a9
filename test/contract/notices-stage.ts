/** A notifier on loopback servers, with a real ledger, as the contract wants it. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createNotifier, type NoticeDesk, type NoticeService } from "../../src/integrations/notices/notifier.ts";
import type { NoticeSituation } from "../../src/integrations/notices/policy.ts";
import type { NoticeLedger } from "../../src/model/notice-ledger.ts";
import type { Http } from "../../src/model/system.ts";
import { openNotices } from "../../src/store/notices.ts";
import { createHttp } from "../../src/system/http.ts";

export const openSituation: NoticeSituation = {
  event: "pull_request",
  isPrivate: false,
  allowCode: false,
  quietHours: undefined,
  now: new Date("2026-03-20T12:00:00Z"),
};
export const http: Http = createHttp({ random: () => 0, now: () => openSituation.now, wait: async () => {} });

export async function openLedger(folder = newFolder(), now = () => openSituation.now): Promise<NoticeLedger> {
  const ledger = await openNotices(join(folder, "history.db"), {
    clock: { now },
    log: { warn: (text) => expectNothing(text) },
  });
  onTestFinished(() => ledger.close());
  return ledger;
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "codeflow-notices-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function notifierOver(
  ledger: NoticeLedger,
  services: Readonly<Record<string, NoticeService>>,
  situation: Partial<NoticeSituation> = {},
): NoticeDesk {
  return createNotifier({
    services,
    ledger,
    newId: randomUUID,
    log: { warn: (text) => expectNothing(text) },
    situation: async () => ({ ...openSituation, ...situation }),
  });
}

/** Told nothing: only of severity info, which the contract never uses here. */
export function silenced(service: NoticeService): NoticeService {
  return { ...service, rules: () => ({ severities: ["info"] }) };
}

function expectNothing(text: string): never {
  throw new Error(text);
}

export const silent = { warn: () => undefined };
