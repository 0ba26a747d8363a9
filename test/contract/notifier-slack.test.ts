/** Slack's adapters keep the notifier's contract, on a local Slack. */
import { onTestFinished } from "vitest";
import { incomingService } from "../../src/integrations/slack/incoming.ts";
import { slackService } from "../../src/integrations/slack/bot.ts";
import { http, notifierOver, openLedger, silenced, silent } from "./notices-stage.ts";
import { notifierContract, type NotifierStage } from "./notifier.ts";
import { openSlack, readable, slackToken } from "./slack-server.ts";

const wait = async (): Promise<void> => {};

notifierContract("Slack, bot token", async (): Promise<NotifierStage> => {
  const slack = await openSlack();
  onTestFinished(() => slack.close());
  const access = { http, token: slackToken, apiUrl: `${slack.url}/api`, wait };
  const service = slackService(access, { channel: "#builds", routes: [] }, "pull_request", silent);
  const broken = slackService(
    { ...access, apiUrl: "http://127.0.0.1:9" },
    { channel: "#builds", routes: [] },
    "push",
    silent,
  );
  return {
    notifier: notifierOver(await openLedger(), { slack: service, quiet: silenced(service), broken }),
    channel: "slack",
    quiet: "quiet",
    broken: "broken",
    messages: async () => slack.messages.map((one) => ({ text: readable(one), thread: one.thread ?? one.ts })),
  };
});

notifierContract("Slack, incoming webhook", async (): Promise<NotifierStage> => {
  const slack = await openSlack();
  onTestFinished(() => slack.close());
  const service = incomingService({ http, url: `${slack.url}/services/T0/B0/secret`, wait }, {});
  return {
    notifier: notifierOver(await openLedger(), {
      slack: service,
      quiet: silenced(service),
      broken: incomingService({ http, url: "http://127.0.0.1:9/services/secret", wait }, {}),
    }),
    channel: "slack",
    quiet: "quiet",
    broken: "broken",
    canUpdate: false,
    messages: async () => slack.messages.map((one) => ({ text: readable(one) })),
  };
});
