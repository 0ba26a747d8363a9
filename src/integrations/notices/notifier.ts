/** One notifier over all services: policy first, then the ledger, so that nothing is told twice, then the service. */
import { createHash } from "node:crypto";
import { exitCodes, Failure } from "../../model/failure.ts";
import type { KeptNotice, NoticeAttempt, NoticeClaim, NoticeLedger } from "../../model/notice-ledger.ts";
import type { Notice, NoticeOutcome, Notifier } from "../../model/notifier.ts";
import type { Log } from "../../model/system.ts";
import type { NoticeRules, NoticeSituation } from "./policy.ts";
import { quietReason, reasonToWithhold } from "./policy.ts";

export interface Delivered {
  /** How the service knows the message, for changing it. */
  readonly reference: string;
  readonly id?: string;
  readonly url?: string;
}

/** What a service is told beside the notice. */
export interface Sending {
  /** The same for a text in a place, however often it is tried: by it a receiver knows a repetition. */
  readonly id: string;
  /** It may have arrived already. */
  readonly isRepeated: boolean;
  /** The reference of the first message of its thread. */
  readonly threadRoot: string | undefined;
}

export interface NoticeService {
  /** Where it goes; a sentence when there is nobody to tell. */
  targets(notice: Notice, to: string | undefined): Promise<readonly string[] | string>;
  rules(target: string): NoticeRules;
  post(target: string, notice: Notice, sending: Sending): Promise<Delivered>;
  /** Undefined when the message is gone or can no longer be changed. Absent: this service changes nothing. */
  readonly update?: (reference: string, notice: Notice) => Promise<Delivered | undefined>;
  /**
   * Whether a sending that got no answer arrived: undefined when it did not. Absent where nobody can be asked: it is sent
   * again then, for a notice that comes twice does less harm than one that never comes.
   */
  readonly find?: (
    target: string,
    attempt: NoticeAttempt,
    threadRoot: string | undefined,
  ) => Promise<Delivered | undefined>;
}

export interface NotifierParts {
  readonly services: Readonly<Record<string, NoticeService>>;
  readonly ledger: NoticeLedger;
  readonly situation: () => Promise<NoticeSituation>;
  readonly newId: () => string;
  readonly log: Pick<Log, "warn">;
}

/** What became of a notice that was kept. */
export interface KeptOutcome {
  readonly kept: KeptNotice;
  readonly outcome: NoticeOutcome | Failure;
}

export interface NoticeDesk extends Notifier {
  /** Sends what quiet hours held, where they are over. */
  flush(): Promise<readonly KeptOutcome[]>;
  /** Sends it whatever the policy says: a person asks for it. */
  retry(kept: KeptNotice): Promise<KeptOutcome>;
}

export function createNotifier({ services, ledger, situation, newId, log }: NotifierParts): NoticeDesk {
  const channels = Object.keys(services);

  async function tell(channel: string, target: string, notice: Notice): Promise<NoticeOutcome> {
    const service = services[channel] as NoticeService;
    const withheld = reasonToWithhold(notice, service.rules(target), await situation());
    if (withheld === undefined) return deliver(channel, target, notice);
    if (!withheld.isForLater) return { status: "withheld", reason: withheld.reason };
    await ledger.keep({ state: "held", channel, target, notice, reason: withheld.reason, digest: digestOf(notice) });
    return { status: "withheld", reason: `${withheld.reason}; it is sent after that` };
  }

  async function deliver(channel: string, target: string, notice: Notice): Promise<NoticeOutcome> {
    const place = { channel, target, key: notice.key };
    const digest = digestOf(notice);
    const claim = await ledger.claim(place, digest, notice.thread);
    if (claim.kind === "unchanged") return { status: "unchanged" };
    if (claim.kind === "busy") {
      const reason = "another process is telling it right now";
      await ledger.keep({ state: "held", channel, target, notice, reason, digest });
      return { status: "withheld", reason };
    }
    try {
      const { done, isUpdate } = await say(channel, target, notice, digest, claim);
      await ledger.settle(place, digest, done.reference);
      const { id, url } = done;
      return {
        status: isUpdate ? "updated" : "sent",
        ...(id === undefined ? {} : { id }),
        ...(url === undefined ? {} : { url }),
      };
    } catch (error) {
      const isFailure = error instanceof Failure;
      await ledger.release(place, isFailure && error.code === "CF702");
      if (isFailure) {
        const reason = error.why === undefined ? error.message : `${error.message}: ${error.why}`;
        await ledger.keep({ state: "failed", channel, target, notice, reason, digest });
      }
      throw error;
    }
  }

  async function say(
    channel: string,
    target: string,
    notice: Notice,
    digest: string,
    { before, threadRoot, unsure }: Extract<NoticeClaim, { kind: "mine" }>,
  ): Promise<{ readonly done: Delivered; readonly isUpdate: boolean }> {
    const service = services[channel] as NoticeService;
    const updated = before === undefined ? undefined : await service.update?.(before, notice);
    if (updated !== undefined) return { done: updated, isUpdate: true };
    const found = unsure === undefined ? undefined : await service.find?.(target, unsure, threadRoot);
    if (found !== undefined && unsure?.digest === digest) return { done: found, isUpdate: false };
    const changed = found === undefined ? undefined : await service.update?.(found.reference, notice);
    if (changed !== undefined) return { done: changed, isUpdate: true };
    const isRepeated = unsure?.digest === digest;
    const id = isRepeated ? unsure.id : newId();
    await ledger.begin({ channel, target, key: notice.key }, { id, digest });
    return { done: await service.post(target, notice, { id, isRepeated, threadRoot }), isUpdate: false };
  }

  async function retry(kept: KeptNotice): Promise<KeptOutcome> {
    const { channel, target, notice } = kept;
    try {
      if (!Object.hasOwn(services, channel)) throw noChannel(channel, channels);
      return { kept, outcome: await deliver(channel, target, notice) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { kept, outcome: error };
    }
  }

  return {
    channels,
    retry,
    async flush() {
      const outcomes: KeptOutcome[] = [];
      for (const kept of await ledger.kept("held")) {
        const { quietHours, now } = await situation();
        const isQuiet = quietHours !== undefined && quietReason(kept.notice, quietHours, now) !== undefined;
        if (isQuiet || !Object.hasOwn(services, kept.channel)) continue;
        const done = await retry(kept);
        if (done.outcome instanceof Failure) log.warn(`held until now, and not delivered: ${done.outcome.message}`);
        outcomes.push(done);
      }
      return outcomes;
    },
    async send(channel, notice, { to } = {}) {
      const service = Object.hasOwn(services, channel) ? services[channel] : undefined;
      if (service === undefined) throw noChannel(channel, channels);
      const targets = await service.targets(notice, to);
      if (typeof targets === "string") return { status: "withheld", reason: targets };
      const outcomes: NoticeOutcome[] = [];
      const failures: Failure[] = [];
      for (const target of targets) {
        try {
          outcomes.push(await tell(channel, target, notice));
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          failures.push(error);
        }
      }
      const [failure, second] = failures;
      if (failure !== undefined && (second !== undefined || outcomes.length > 0)) {
        throw new Failure(failure.code, `${failures.length} of ${targets.length} targets were not told`, {
          why: failures.map(({ message, why }) => (why === undefined ? message : `${message}: ${why}`)).join("; "),
          next: "codeflow notices retry sends again what is kept",
          exitCode: exitCodes.incomplete,
          cause: failure,
        });
      }
      if (failure !== undefined) throw failure;
      return mostTelling(outcomes);
    },
  };
}

function noChannel(channel: string, channels: readonly string[]): Failure {
  return new Failure("CF704", `there is no channel ${channel}`, {
    why: `configured: ${channels.join(", ") || "none"}`,
    next: "name one of these, or configure it",
  });
}

const order: readonly NoticeOutcome["status"][] = ["sent", "updated", "unchanged", "withheld"];

/** Of several targets: what was done, rather than what was not. */
function mostTelling(outcomes: readonly NoticeOutcome[]): NoticeOutcome {
  const sorted = outcomes.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return sorted[0] ?? { status: "withheld", reason: "there is nobody to tell" };
}

function digestOf({ title, body, url, severity, facts = [] }: Notice): string {
  const text = JSON.stringify([title, body, url, severity, facts.map(({ name, value }) => [name, value])]);
  return createHash("sha256").update(text).digest("hex");
}
