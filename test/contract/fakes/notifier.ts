/** A notifier in memory: JSON in (`NotifierSeed`), messages out (`messages`, JSON). */
import { Failure } from "../../../src/model/failure.ts";
import type { Notice, Notifier } from "../../../src/model/notifier.ts";
import type { NotifierStage } from "../notifier.ts";

export interface NotifierSeed {
  /** `slack` and `webhook` unless said. */
  readonly channels?: readonly string[];
  /** Channel to the reason why nothing is sent there now. */
  readonly withhold?: Readonly<Record<string, string>>;
  /** Channels that cannot be reached. */
  readonly broken?: readonly string[];
}

/** What arrived; `expect.notices` of a case are these, in order. */
export interface SentNotice extends Notice {
  readonly channel: string;
  readonly to?: string;
  /** How often it was changed after it was sent. */
  readonly edits: number;
}

export interface FakeNotifier extends Notifier {
  readonly messages: readonly SentNotice[];
}

export function createFakeNotifier(seed: NotifierSeed = {}): FakeNotifier {
  const channels = seed.channels ?? ["slack", "webhook"];
  const messages: SentNotice[] = [];
  return {
    channels,
    messages,
    async send(channel, notice, { to } = {}) {
      if (!channels.includes(channel)) {
        throw new Failure("CF704", `there is no channel ${channel}`, {
          why: `configured: ${channels.join(", ") || "none"}`,
          next: "name one of these, or configure it",
        });
      }
      if (seed.broken?.includes(channel) === true) {
        throw new Failure("CF701", `cannot reach ${channel}`, { why: "connection refused", exitCode: 3 });
      }
      const reason = seed.withhold?.[channel];
      if (reason !== undefined) return { status: "withheld", reason };
      const at = messages.findIndex((sent) => sent.channel === channel && sent.to === to && sent.key === notice.key);
      const before = messages[at];
      const message = { ...structuredClone(notice), channel, ...(to === undefined ? {} : { to }), edits: 0 };
      const id = `${channel}-${at < 0 ? messages.length + 1 : at + 1}`;
      if (before === undefined) {
        messages.push(message);
        return { status: "sent", id };
      }
      if (JSON.stringify(before) === JSON.stringify({ ...message, edits: before.edits }))
        return { status: "unchanged", id };
      messages[at] = { ...message, edits: before.edits + 1 };
      return { status: "updated", id };
    },
  };
}

export function fakeNotifierStage(): NotifierStage {
  const notifier = createFakeNotifier({
    channels: ["slack", "quiet", "broken"],
    withhold: { quiet: "quiet hours until 08:00" },
    broken: ["broken"],
  });
  return {
    notifier,
    channel: "slack",
    quiet: "quiet",
    broken: "broken",
    async messages() {
      return notifier.messages.map(({ title, body = "", facts = [], thread }) => ({
        text: [title, body, ...facts.map(({ name, value }) => `${name}: ${value}`)].join("\n"),
        ...(thread === undefined ? {} : { thread }),
      }));
    },
  };
}
