/** What is not said at once: answers that never came, quiet hours, and what a person sends again. */
import { expect, it, onTestFinished } from "vitest";
import { createNotifier, type NoticeService } from "../../../../src/integrations/notices/notifier.ts";
import type { NoticeSituation } from "../../../../src/integrations/notices/policy.ts";
import { slackService } from "../../../../src/integrations/slack/bot.ts";
import { incomingService } from "../../../../src/integrations/slack/incoming.ts";
import { Failure } from "../../../../src/model/failure.ts";
import type { Notice } from "../../../../src/model/notifier.ts";
import { http, openLedger, openSituation } from "../../../contract/notices-stage.ts";
import { openSlack, readable, slackToken } from "../../../contract/slack-server.ts";

const notice: Notice = { key: "gate/octo/demo#7", title: "The gate failed", severity: "warning" };
const quietHours = { from: "20:00", to: "08:00", timezone: "UTC", days: [], except: ["error"] as const };

async function stage() {
  const slack = await openSlack();
  onTestFinished(() => slack.close());
  const ledger = await openLedger();
  const warned: string[] = [];
  const log = { warn: (text: string) => void warned.push(text) };
  const access = { http, token: slackToken, apiUrl: `${slack.url}/api`, wait: async () => {} };
  let count = 0;
  const situation: { -readonly [Key in keyof NoticeSituation]: NoticeSituation[Key] } = { ...openSituation };
  const over = (services: Readonly<Record<string, NoticeService>>) =>
    createNotifier({ services, ledger, log, newId: () => `sending-${++count}`, situation: async () => situation });
  const services = {
    slack: slackService(access, { channel: "#builds", routes: [] }, "pull_request", log),
    incoming: incomingService({ http, url: `${slack.url}/services/T0/B0/secret`, wait: async () => {} }, {}),
  };
  const lost = { status: 503, body: "gone", isAfterWork: true };
  const at = (time: string): void => void (situation.now = new Date(`2026-03-20T${time}:00Z`));
  return { slack, ledger, warned, situation, at, over, lost, desk: over(services) };
}

it("finds a message again of which Slack's answer was lost", async () => {
  const { slack, ledger, lost, desk } = await stage();
  slack.faults.push(lost);
  await expect(desk.send("slack", notice)).rejects.toMatchObject({ code: "CF701" });
  expect(slack.messages).toHaveLength(1);
  expect(await ledger.kept("failed")).toHaveLength(1);
  expect((await desk.send("slack", notice)).status).toBe("sent");
  expect(slack.messages).toHaveLength(1);
  expect(slack.calls).toEqual(["chat.postMessage", "conversations.list", "conversations.history"]);
  expect(await ledger.kept()).toEqual([]);
  expect((await desk.send("slack", notice)).status).toBe("unchanged");
});

it("finds it in its thread, and over pages of other messages", async () => {
  const { slack, lost, desk } = await stage();
  for (const key of ["one", "two", "three", "four"]) await desk.send("slack", { ...notice, key, thread: "t" });
  slack.faults.push(lost);
  await expect(desk.send("slack", { ...notice, thread: "t" })).rejects.toMatchObject({ code: "CF701" });
  slack.calls.length = 0;
  expect((await desk.send("slack", { ...notice, thread: "t" })).status).toBe("sent");
  expect(slack.messages).toHaveLength(5);
  expect(new Set(slack.calls)).toEqual(new Set(["conversations.replies"]));
});

it("changes what arrived when it has another text by now", async () => {
  const { slack, lost, desk } = await stage();
  slack.faults.push(lost);
  await expect(desk.send("slack", notice)).rejects.toMatchObject({ code: "CF701" });
  expect((await desk.send("slack", { ...notice, title: "The gate passed" })).status).toBe("updated");
  expect(slack.messages.map(readable)).toEqual([expect.stringContaining("The gate passed")]);
});

it("posts what did not arrive", async () => {
  const { slack, desk } = await stage();
  slack.faults.push({ status: 503 });
  await expect(desk.send("slack", notice)).rejects.toMatchObject({ code: "CF701" });
  expect(slack.messages).toHaveLength(0);
  expect((await desk.send("slack", notice)).status).toBe("sent");
  expect(slack.messages).toHaveLength(1);
});

it("rather tells twice than never where the bot may not look, and says why", async () => {
  const { slack, warned, lost, desk } = await stage();
  slack.scopes.delete("channels:history");
  slack.faults.push(lost);
  await expect(desk.send("slack", notice)).rejects.toMatchObject({ code: "CF701" });
  expect((await desk.send("slack", notice)).status).toBe("sent");
  expect(slack.messages).toHaveLength(2);
  expect(warned).toEqual([expect.stringContaining("channels:history")]);
});

it("rather tells twice than never through an incoming webhook", async () => {
  const { slack, desk } = await stage();
  slack.faults.push({ status: 503 });
  await expect(desk.send("incoming", notice)).rejects.toMatchObject({ code: "CF702" });
  expect((await desk.send("incoming", notice)).status).toBe("sent");
  expect(slack.messages).toHaveLength(1);
});

it("holds back the newest text until the quiet hours are over, and sends it once", async () => {
  const { slack, ledger, situation, at, desk } = await stage();
  Object.assign(situation, { quietHours });
  at("22:00");
  for (const title of ["One", "Two"]) {
    expect(await desk.send("slack", { ...notice, title })).toEqual({
      status: "withheld",
      reason: "quiet hours until 08:00 (UTC); it is sent after that",
    });
  }
  expect(await ledger.kept()).toMatchObject([{ state: "held", attempts: 0, notice: { title: "Two" } }]);
  at("23:00");
  expect(await desk.flush()).toEqual([]);
  expect(slack.messages).toEqual([]);
  at("08:00");
  expect((await desk.flush()).map(({ outcome }) => outcome)).toMatchObject([{ status: "sent" }]);
  expect(await desk.flush()).toEqual([]);
  expect(slack.messages.map(readable)).toEqual([expect.stringContaining("Two")]);
  expect(await ledger.kept()).toEqual([]);
});

it("forgets what was held when something newer was told", async () => {
  const { slack, ledger, situation, at, desk } = await stage();
  await desk.send("slack", { ...notice, title: "Before" });
  Object.assign(situation, { quietHours });
  at("22:00");
  await desk.send("slack", { ...notice, title: "At night" });
  await desk.send("slack", { ...notice, title: "Urgent", severity: "error" });
  at("09:00");
  expect(await ledger.kept()).toEqual([]);
  expect(await desk.flush()).toEqual([]);
  expect(slack.messages.map(readable)).toEqual([expect.stringContaining("Urgent")]);
  // Back to what stands there: nothing is left to say.
  at("22:00");
  await desk.send("slack", { ...notice, title: "At night" });
  at("09:00");
  expect((await desk.send("slack", { ...notice, title: "Urgent", severity: "error" })).status).toBe("unchanged");
  expect(await ledger.kept()).toEqual([]);
});

it("keeps what was held and then failed, and sends it when a person asks, whatever the hour", async () => {
  const { slack, ledger, warned, situation, at, desk } = await stage();
  Object.assign(situation, { quietHours });
  at("22:00");
  await desk.send("slack", notice);
  at("08:00");
  slack.faults.push({ status: 500 });
  expect((await desk.flush()).map(({ outcome }) => outcome instanceof Failure)).toEqual([true]);
  expect(warned).toHaveLength(1);
  const [kept] = await ledger.kept("failed");
  expect(kept).toMatchObject({ attempts: 1, reason: expect.stringContaining("status 500") });
  expect(await desk.flush()).toEqual([]);
  at("22:00");
  if (kept === undefined) throw new Error("nothing is kept");
  slack.faults.push({ status: 500 });
  expect((await desk.retry(kept)).outcome).toBeInstanceOf(Failure);
  expect(await ledger.kept("failed")).toMatchObject([{ attempts: 2 }]);
  expect((await desk.retry(kept)).outcome).toMatchObject({ status: "sent" });
  expect(await ledger.kept()).toEqual([]);
});

it("leaves alone what is for a channel that is not configured now", async () => {
  const { ledger, situation, at, desk, over } = await stage();
  Object.assign(situation, { quietHours });
  at("22:00");
  await desk.send("slack", notice);
  at("08:00");
  const bare = over({});
  expect(await bare.flush()).toEqual([]);
  const [kept] = await ledger.kept("held");
  if (kept === undefined) throw new Error("nothing is kept");
  expect((await bare.retry(kept)).outcome).toMatchObject({ code: "CF704" });
  expect(await ledger.drop([kept.id, "another"])).toBe(1);
  expect(await ledger.kept()).toEqual([]);
});
