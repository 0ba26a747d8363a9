/** Slack: limits, escaping, waiting, refusals, threads that went, one sending over processes. */
import { expect, it, onTestFinished } from "vitest";
import { slackMessage } from "../../../../src/integrations/slack/blocks.ts";
import { slackService, type SlackTargets } from "../../../../src/integrations/slack/bot.ts";
import { splitMrkdwn, toMrkdwn } from "../../../../src/integrations/slack/mrkdwn.ts";
import type { Notice } from "../../../../src/model/notifier.ts";
import { http, newFolder, notifierOver, openLedger, silent } from "../../../contract/notices-stage.ts";
import { openSlack, readable, slackToken } from "../../../contract/slack-server.ts";

const notice: Notice = { key: "gate/octo/demo#7", title: "The gate failed", severity: "error", thread: "octo/demo#7" };

async function stage(targets: SlackTargets = { channel: "#builds", routes: [] }, token = slackToken) {
  const slack = await openSlack();
  onTestFinished(() => slack.close());
  const waits: number[] = [];
  const access = { http, token, apiUrl: `${slack.url}/api`, wait: async (ms: number) => void waits.push(ms) };
  return { slack, waits, service: slackService(access, targets, "pull_request", silent) };
}

it.each([
  ["**bold** and *slanted* and ~~gone~~", "*bold* and _slanted_ and ~gone~"],
  ["[a & b](https://example.org/?a=1&b=2)", "<https://example.org/?a=1&amp;b=2|a &amp; b>"],
  ["[x](javascript:alert(1))", "x)"],
  ["<!channel> <@U123> @here", "&lt;!channel&gt; &lt;@U123&gt; @\u200Bhere"],
  ["## Title\n- one\n- [x] two", "*Title*\n• one\n☑ two"],
  ["`a < b` and snake_case_name", "`a &lt; b` and snake_case_name"],
  ["```ts\nif (a < b) {}\n```", "```\nif (a &lt; b) {}\n```"],
])("writes %j as Slack does", (markdown, mrkdwn) => {
  expect(toMrkdwn(markdown)).toBe(mrkdwn);
});

it("cuts neither links nor entities, and closes code that it cuts", () => {
  const link = "<https://example.org/a|label with words>";
  for (const part of splitMrkdwn(`${"x ".repeat(90)}${link} ${"&amp;".repeat(60)}`, 200)) {
    expect(part.length).toBeLessThanOrEqual(200);
    expect(part.replaceAll(link, "").replaceAll("&amp;", "")).not.toMatch(/[<>&]/);
  }
  const code = splitMrkdwn(`\`\`\`\n${"line of code\n".repeat(40)}\`\`\``, 100);
  expect(code.length).toBeGreaterThan(3);
  for (const part of code) {
    expect(part).toMatch(/^```\n[^`]+```$/);
    expect(part.length).toBeLessThanOrEqual(100);
  }
});

it("stays within Slack's limits whatever it is given", async () => {
  const { slack, service } = await stage();
  const notifier = notifierOver(await openLedger(), { slack: service });
  const facts = Array.from({ length: 900 }, (_, index) => ({ name: `n${index}`, value: "<&>".repeat(2_000) }));
  const long: Notice = {
    ...notice,
    title: "t😀".repeat(500),
    body: "`<x> & `\n".repeat(9_000),
    facts,
    url: `https://e.org/${"a".repeat(5_000)}`,
  };
  expect((await notifier.send("slack", long)).status).toBe("sent");
  expect(slackMessage(long).blocks.length).toBeLessThanOrEqual(50);
  expect(slack.messages).toHaveLength(1);
});

it("waits as long as Slack asks, and does not repeat what may have been done", async () => {
  const { slack, waits, service } = await stage();
  const notifier = notifierOver(await openLedger(), { slack: service });
  slack.faults.push({ status: 429, headers: { "retry-after": "7" } });
  expect((await notifier.send("slack", notice)).status).toBe("sent");
  expect(waits).toEqual([7_000]);
  slack.calls.length = 0;
  slack.faults.push({ status: 503, body: "no" });
  await expect(notifier.send("slack", { ...notice, key: "other" })).rejects.toMatchObject({ code: "CF701" });
  expect(slack.calls).toEqual(["chat.postMessage"]);
  slack.faults.push({ status: 429, headers: { "retry-after": "3600" } });
  await expect(notifier.send("slack", { ...notice, key: "other" })).rejects.toMatchObject({ code: "CF703" });
});

it("names the scope that is missing, and what is wrong with the token", async () => {
  const { slack, service } = await stage();
  slack.scopes = new Set(["channels:read"]);
  const notifier = notifierOver(await openLedger(), { slack: service });
  await expect(notifier.send("slack", notice)).rejects.toMatchObject({
    code: "CF702",
    why: "the token lacks the scope chat:write; it has channels:read",
    next: expect.stringContaining("chat:write"),
  });
  const other = await stage(undefined, "xoxb-wrong");
  await expect(notifierOver(await openLedger(), { slack: other.service }).send("slack", notice)).rejects.toMatchObject({
    why: "invalid_auth",
    next: expect.stringContaining("SLACK_BOT_TOKEN"),
  });
});

it("tells beside a thread that was deleted, and anew what was deleted", async () => {
  const { slack, service } = await stage();
  const notifier = notifierOver(await openLedger(), { slack: service });
  await notifier.send("slack", notice);
  slack.messages.length = 0;
  expect((await notifier.send("slack", { ...notice, key: "second" })).status).toBe("sent");
  expect((await notifier.send("slack", { ...notice, title: "The gate passed" })).status).toBe("sent");
  expect(slack.messages.map(readable)).toEqual([expect.stringContaining("failed"), expect.stringContaining("passed")]);
});

it("tells once over processes: the ledger is on disk, and who comes second while it is told stays silent", async () => {
  const { slack, service } = await stage();
  const folder = newFolder();
  const first = notifierOver(await openLedger(folder), { slack: service });
  const second = notifierOver(await openLedger(folder), { slack: service });
  const both = await Promise.all([first.send("slack", notice), second.send("slack", notice)]);
  expect(both.map(({ status }) => status).filter((status) => status === "sent")).toHaveLength(1);
  expect((await second.send("slack", notice)).status).toBe("unchanged");
  expect(slack.messages).toHaveLength(1);
});

it("takes over from a process that died while telling", async () => {
  const { slack, service } = await stage();
  const folder = newFolder();
  const place = { channel: "slack", target: "builds", key: notice.key };
  await (await openLedger(folder)).claim(place, "digest", undefined);
  const soon = notifierOver(await openLedger(folder), { slack: service });
  expect((await soon.send("slack", notice)).status).toBe("withheld");
  const later = await openLedger(folder, () => new Date("2026-03-20T12:03:00Z"));
  expect((await notifierOver(later, { slack: service }).send("slack", notice)).status).toBe("sent");
  expect(slack.messages).toHaveLength(1);
});

it("goes where the first fitting route says", async () => {
  const { slack, service } = await stage({
    channel: "#builds",
    routes: [{ severities: ["error"], channel: "#alerts" }],
  });
  slack.channels.push({ id: "C002", name: "alerts", is_archived: false });
  const notifier = notifierOver(await openLedger(), { slack: service });
  await notifier.send("slack", notice);
  await notifier.send("slack", { ...notice, severity: "info" });
  expect(slack.messages.map(({ channel }) => channel)).toEqual(["C002", "C001"]);
});
