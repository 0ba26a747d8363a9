/** Outgoing webhooks keep the notifier's contract, on a local receiver that verifies what it gets. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { webhookService } from "../../src/integrations/webhook/index.ts";
import type { Notice } from "../../src/model/notifier.ts";
import { http, notifierOver, openLedger, openSituation, silenced } from "./notices-stage.ts";
import { notifierContract } from "./notifier.ts";

const secret = "a shared secret";
const notice: Notice = { key: "k", title: "Deployed", severity: "success" };

/** Refuses unsigned, old and repeated deliveries; `statuses` come first, once each. */
async function openReceiver(statuses: number[] = []) {
  const taken: Notice[] = [];
  const deliveries: string[] = [];
  const seen = new Set<string>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const given = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers["x-codeflow-signature"]));
    const wanted = createHmac("sha256", secret).update(`${given?.[1]}.${body}`).digest();
    const isFresh = Math.abs(Number(given?.[1]) * 1000 - openSituation.now.getTime()) < 300_000;
    const id = String(request.headers["x-codeflow-delivery"]);
    deliveries.push(id);
    const isSigned = given !== null && timingSafeEqual(wanted, Buffer.from(given[2] ?? "", "hex"));
    const status = statuses.shift() ?? (isSigned && isFresh ? (seen.has(id) ? 409 : 204) : 401);
    if (status === 204) {
      seen.add(id);
      taken.push(JSON.parse(body) as Notice);
    }
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`, taken, deliveries };
}

async function stage(statuses: number[] = []) {
  const receiver = await openReceiver(statuses);
  const ledger = await openLedger();
  const waits: number[] = [];
  const make = (hooks: Readonly<Record<string, { url: string; secret: string }>>) =>
    webhookService({
      http,
      hooks,
      clock: { now: () => openSituation.now },
      wait: async (ms) => void waits.push(ms),
    });
  const service = make({ deployments: { url: receiver.url, secret } });
  const broken = make({ gone: { url: "http://127.0.0.1:9/", secret } });
  const notifier = notifierOver(ledger, { webhook: service, quiet: silenced(service), broken });
  return { notifier, receiver, ledger, waits, make };
}

notifierContract("outgoing webhooks", async () => {
  const { notifier, receiver } = await stage();
  return {
    notifier,
    channel: "webhook",
    quiet: "quiet",
    broken: "broken",
    canUpdate: false,
    messages: async () => receiver.taken.map(({ title, body }) => ({ text: `${title}\n${body}` })),
  };
});

it("repeats with backoff what may pass, under one delivery id", async () => {
  const { notifier, receiver, waits, ledger } = await stage([503, 429]);
  expect((await notifier.send("webhook", notice)).status).toBe("sent");
  expect(receiver.taken).toHaveLength(1);
  expect(waits).toEqual([1_000, 4_000]);
  expect(new Set(receiver.deliveries).size).toBe(1);
  expect(await ledger.kept()).toEqual([]);
});

it("keeps what cannot be delivered, and forgets it once it is sent", async () => {
  const { notifier, receiver, ledger } = await stage([500, 500, 500, 500]);
  await expect(notifier.send("webhook", notice)).rejects.toMatchObject({
    code: "CF701",
    why: expect.stringContaining("500"),
  });
  expect(await ledger.kept()).toMatchObject([
    {
      state: "failed",
      channel: "webhook",
      target: "deployments",
      attempts: 1,
      reason: expect.stringContaining("status 500, after 4 attempts"),
      notice: { title: "Deployed" },
    },
  ]);
  expect((await notifier.send("webhook", notice)).status).toBe("sent");
  expect(receiver.taken).toHaveLength(1);
  // Nobody knew whether the first round arrived: the receiver can tell that it is the same.
  expect(new Set(receiver.deliveries).size).toBe(1);
  expect(await ledger.kept()).toEqual([]);
});

it("knows by a receiver's conflict that it has the message already", async () => {
  const { notifier, receiver } = await stage([503, 409]);
  expect((await notifier.send("webhook", notice)).status).toBe("sent");
  expect(receiver.deliveries).toHaveLength(2);
  const { notifier: other } = await stage([409]);
  await expect(other.send("webhook", notice)).rejects.toMatchObject({ code: "CF702" });
});

it("gives another text another delivery id, also when it returns to an earlier one", async () => {
  const { notifier, receiver } = await stage();
  for (const title of ["Deployed", "Rolled back", "Deployed"]) await notifier.send("webhook", { ...notice, title });
  expect(receiver.taken.map(({ title }) => title)).toEqual(["Deployed", "Rolled back", "Deployed"]);
  expect(new Set(receiver.deliveries).size).toBe(3);
});

it("does not repeat a refusal that will stay one", async () => {
  const { notifier, receiver, ledger } = await stage([410]);
  await expect(notifier.send("webhook", notice)).rejects.toMatchObject({ code: "CF702" });
  expect(receiver.deliveries).toHaveLength(1);
  expect(await ledger.kept("failed")).toMatchObject([{ attempts: 1 }]);
});

it("is refused with another secret", async () => {
  const { receiver, ledger, make } = await stage();
  const other = notifierOver(ledger, { webhook: make({ one: { url: receiver.url, secret: "not it" } }) });
  await expect(other.send("webhook", notice)).rejects.toMatchObject({ why: expect.stringContaining("401") });
});

it("names the webhooks that there are", async () => {
  const { notifier } = await stage();
  await expect(notifier.send("webhook", notice, { to: "other" })).rejects.toMatchObject({
    code: "CF704",
    why: expect.stringContaining("deployments"),
  });
});
