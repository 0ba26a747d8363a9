/** One notifier over all services: policy first, then the ledger, so that nothing is told twice, then the service. */
import { createHash } from "node:crypto";
import { exitCodes, Failure } from "../../model/failure.ts";
import type { NoticeLedger } from "../../model/notice-ledger.ts";
import type { Notice, NoticeOutcome, Notifier } from "../../model/notifier.ts";
import type { NoticeRules, NoticeSituation } from "./policy.ts";
import { reasonToWithhold } from "./policy.ts";

export interface Delivered {
  /** How the service knows the message, for changing it. */
  readonly reference: string;
  readonly id?: string;
  readonly url?: string;
}

export interface NoticeService {
  /** Where it goes; a sentence when there is nobody to tell. */
  targets(notice: Notice, to: string | undefined): Promise<readonly string[] | string>;
  rules(target: string): NoticeRules;
  /** `threadRoot`: the reference of the first message of its thread. */
  post(target: string, notice: Notice, threadRoot: string | undefined): Promise<Delivered>;
  /** Undefined when the message is gone or can no longer be changed. Absent: this service changes nothing. */
  readonly update?: (reference: string, notice: Notice) => Promise<Delivered | undefined>;
}

export interface NotifierParts {
  readonly services: Readonly<Record<string, NoticeService>>;
  readonly ledger: NoticeLedger;
  readonly situation: () => Promise<NoticeSituation>;
}

export function createNotifier({ services, ledger, situation }: NotifierParts): Notifier {
  const channels = Object.keys(services);
  const tell = async (channel: string, target: string, notice: Notice): Promise<NoticeOutcome> => {
    const service = services[channel] as NoticeService;
    const reason = reasonToWithhold(notice, service.rules(target), await situation());
    if (reason !== undefined) return { status: "withheld", reason };
    const place = { channel, target, key: notice.key };
    const digest = digestOf(notice);
    const claim = await ledger.claim(place, digest, notice.thread);
    if (claim.kind === "busy") return { status: "withheld", reason: "another process is telling it right now" };
    if (claim.kind === "unchanged") return { status: "unchanged" };
    try {
      const updated = claim.before === undefined ? undefined : await service.update?.(claim.before, notice);
      const done = updated ?? (await service.post(target, notice, claim.threadRoot));
      await ledger.settle(place, digest, done.reference);
      const { id, url } = done;
      return {
        status: updated === undefined ? "sent" : "updated",
        ...(id === undefined ? {} : { id }),
        ...(url === undefined ? {} : { url }),
      };
    } catch (error) {
      await ledger.release(place);
      throw error;
    }
  };
  return {
    channels,
    async send(channel, notice, { to } = {}) {
      const service = Object.hasOwn(services, channel) ? services[channel] : undefined;
      if (service === undefined) {
        throw new Failure("CF704", `there is no channel ${channel}`, {
          why: `configured: ${channels.join(", ") || "none"}`,
          next: "name one of these, or configure it",
        });
      }
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
          exitCode: exitCodes.incomplete,
          cause: failure,
        });
      }
      if (failure !== undefined) throw failure;
      return mostTelling(outcomes);
    },
  };
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
