/**
 * Outgoing webhooks: signed JSON, repeated with backoff. At least once: what may have arrived without an answer is sent
 * again, after a crash too, under the same `X-CodeFlow-Delivery`, by which the receiver knows a repetition.
 *
 * Receivers verify `X-CodeFlow-Signature: t=<unix seconds>,v1=<hex>`, where v1 is the HMAC SHA-256 of
 * `<t>.<raw body>` with the shared secret. Against replay: refuse a `t` more than five minutes away from the receiver's
 * clock, and answer 200 to an `X-CodeFlow-Delivery` that was taken before, doing nothing.
 */
import { createHmac } from "node:crypto";
import { exitCodes, Failure } from "../../model/failure.ts";
import type { Notice } from "../../model/notifier.ts";
import type { Clock, Http } from "../../model/system.ts";
import type { NoticeService } from "../notices/notifier.ts";
import type { NoticeRules } from "../notices/policy.ts";
import { reach } from "../notices/reach.ts";

export interface OutgoingWebhook extends NoticeRules {
  readonly url: string;
  readonly secret: string;
}

export interface WebhookParts {
  readonly http: Http;
  readonly hooks: Readonly<Record<string, OutgoingWebhook>>;
  readonly clock: Pick<Clock, "now">;
  readonly wait: (ms: number) => Promise<void>;
}

const delaysMs = [1_000, 4_000, 15_000];

export function signWebhook(secret: string, timestamp: number, body: string): string {
  return `t=${timestamp},v1=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

export function webhookService({ http, hooks, clock, wait }: WebhookParts): NoticeService {
  const hookOf = (name: string): OutgoingWebhook => {
    const hook = Object.hasOwn(hooks, name) ? hooks[name] : undefined;
    if (hook !== undefined) return hook;
    throw new Failure("CF704", `there is no webhook ${name}`, {
      why: `configured: ${Object.keys(hooks).join(", ")}`,
      next: "name one of these, or add it to notices.webhooks in codeflow.yml",
    });
  };
  return {
    targets: async (_notice, to) => (to === undefined ? Object.keys(hooks) : (hookOf(to), [to])),
    rules: (name) => hookOf(name),
    async post(name, notice, { id, isRepeated }) {
      const { url, secret } = hookOf(name);
      const body = payloadOf(notice, clock.now());
      let reason = "";
      for (let attempt = 1; ; attempt++) {
        const answer = await attemptOnce(http, url, secret, id, body, clock.now());
        // Many receivers refuse what they have already: then they have it.
        const isThere = answer?.status === 409 && (isRepeated || attempt > 1);
        if (answer === undefined || isThere) return { reference: id, id };
        reason = answer.reason;
        const delay = delaysMs[attempt - 1];
        if (answer.isFinal || delay === undefined) {
          throw new Failure(answer.isFinal ? "CF702" : "CF701", `the webhook ${name} did not take the message`, {
            why: `${reason}, after ${attempt} ${attempt === 1 ? "attempt" : "attempts"}`,
            next: "codeflow notices retry sends it again",
            exitCode: exitCodes.incomplete,
          });
        }
        await wait(delay);
      }
    },
  };
}

/** Undefined: taken. */
async function attemptOnce(
  http: Http,
  url: string,
  secret: string,
  id: string,
  body: string,
  now: Date,
): Promise<{ readonly reason: string; readonly isFinal: boolean; readonly status?: number } | undefined> {
  try {
    const { status } = await reach(
      () =>
        http({
          url,
          method: "POST",
          headers: {
            "content-type": "application/json",
            "user-agent": "CodeFlow",
            "x-codeflow-event": "notice",
            "x-codeflow-delivery": id,
            "x-codeflow-signature": signWebhook(secret, Math.floor(now.getTime() / 1000), body),
          },
          body,
          // Each attempt is signed afresh: the clock has moved on.
          retries: 0,
          timeoutMs: 10_000,
          maxBytes: 1024 * 1024,
        }),
      "it",
    );
    if (status >= 200 && status < 300) return undefined;
    // Of the refusals these three may pass.
    return { status, reason: `status ${status}`, isFinal: status < 500 && ![408, 425, 429].includes(status) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { reason: error.why ?? error.message, isFinal: false };
  }
}

function payloadOf({ key, title, body, url, severity, facts = [], thread }: Notice, now: Date): string {
  return JSON.stringify({ version: 1, sentAt: now.toISOString(), key, title, body, url, severity, facts, thread });
}
