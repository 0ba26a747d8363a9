/** The use cases behind `codeflow notices`: what could not be told yet, sending it, forgetting it. */
import { join } from "node:path";
import { exitCodes, Failure } from "../model/failure.ts";
import type { KeptNotice, NoticeLedger } from "../model/notice-ledger.ts";
import { openCodeHost, findHostAccess, openNotifier } from "./compose.ts";
import type { OpenDesk } from "./notices.ts";
import { findPlace, type Place } from "./place.ts";
import { configOnDisk } from "./project-config.ts";
import type { World } from "./world.ts";

export interface SentKept {
  readonly id: string;
  readonly channel: string;
  readonly target: string;
  readonly title: string;
  readonly outcome: "sent" | "updated" | "unchanged" | "withheld" | "failed";
  readonly reason?: string;
}

/** Oldest first. */
export async function listKept(world: World): Promise<readonly KeptNotice[]> {
  return withLedger(await findPlace(world), world, (ledger) => ledger.kept());
}

/** By their ids, or by a beginning or an end that only one of them has; all of them without any. */
export async function dropKept(ids: readonly string[] | undefined, world: World): Promise<readonly KeptNotice[]> {
  return withLedger(await findPlace(world), world, async (ledger) => {
    const chosen = choose(await ledger.kept(), ids);
    await ledger.drop(chosen.map(({ id }) => id));
    return chosen;
  });
}

/** Whatever the hour. Without ids: all that failed. */
export async function retryKept(ids: readonly string[] | undefined, world: World): Promise<readonly SentKept[]> {
  return withDesk(world, async (desk) => {
    const chosen = choose(await desk.ledger.kept(ids === undefined ? "failed" : undefined), ids);
    const sent: SentKept[] = [];
    for (const kept of chosen) sent.push(outcomeOf(await desk.retry(kept)));
    return sent;
  });
}

export interface FlushResult {
  readonly sent: readonly SentKept[];
  /** Still held: their quiet hours go on, or their channel is not configured now. */
  readonly held: number;
}

/** What quiet hours held, where they are over. */
export async function flushHeld(world: World): Promise<FlushResult> {
  return withDesk(world, async (desk) => {
    const sent = (await desk.flush()).map(outcomeOf);
    return { sent, held: (await desk.ledger.kept("held")).length };
  });
}

function outcomeOf({ kept, outcome }: Awaited<ReturnType<OpenDesk["retry"]>>): SentKept {
  const { id, channel, target, notice } = kept;
  const about = { id, channel, target, title: notice.title };
  if (outcome instanceof Failure) {
    const reason = outcome.why === undefined ? outcome.message : `${outcome.message}: ${outcome.why}`;
    return { ...about, outcome: "failed", reason };
  }
  return { ...about, outcome: outcome.status, ...(outcome.status === "withheld" ? { reason: outcome.reason } : {}) };
}

function choose(all: readonly KeptNotice[], ids: readonly string[] | undefined): readonly KeptNotice[] {
  if (ids === undefined) return all;
  return ids.map((id) => {
    const fitting = all.filter((kept) => kept.id.startsWith(id) || kept.id.endsWith(id));
    const [found, second] = fitting;
    if (found !== undefined && second === undefined) return found;
    throw new Failure("CF434", found === undefined ? `no notice ${id} is kept` : `${id} fits more than one notice`, {
      next: "codeflow notices list shows them",
      exitCode: exitCodes.usage,
    });
  });
}

async function withLedger<Result>(
  place: Place,
  { clock, log }: World,
  work: (ledger: NoticeLedger) => Promise<Result>,
): Promise<Result> {
  const { openNotices } = await import("../store/notices.ts");
  const ledger = await openNotices(join(place.dataDirectory, "history.db"), { clock, log });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

async function withDesk<Result>(world: World, work: (desk: OpenDesk) => Promise<Result>): Promise<Result> {
  const place = await findPlace(world);
  const { notices: config } = await configOnDisk(place);
  const access = await findHostAccess(world, { git: place.git });
  const host = access === undefined ? undefined : await openCodeHost(world, access);
  const event = { name: "manual", payload: {} } as const;
  const desk = await openNotifier(world, { config, event, dataDirectory: place.dataDirectory, host });
  try {
    return await work(desk);
  } finally {
    await desk.close();
  }
}
