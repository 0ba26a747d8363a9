/** Axolo's channels keep the notifier's contract, on a local Slack. */
import { expect, it, onTestFinished } from "vitest";
import { axoloNames, axoloService, type NamedPullRequest } from "../../src/integrations/axolo/index.ts";
import type { Notice } from "../../src/model/notifier.ts";
import { http, notifierOver, openLedger, silenced, silent } from "./notices-stage.ts";
import { notifierContract } from "./notifier.ts";
import { openSlack, readable, slackToken } from "./slack-server.ts";

const pattern = "_[draft]_pr_[repository_name]_[pull_request_title]";
const pulls: Record<number, NamedPullRequest> = {
  7: { title: "Hotfix: the installation!", branch: "fix" },
  8: { title: "Größere Änderung", branch: "more" },
  9: { title: "Nobody's", branch: "none" },
};
const notice: Notice = { key: "k", title: "Told", severity: "info", thread: "octo/demo#8" };

async function stage() {
  const slack = await openSlack();
  onTestFinished(() => slack.close());
  slack.channels.push(
    { id: "C002", name: "random", is_archived: false },
    { id: "C007", name: "_pr_demo_hotfix_the_installation", is_archived: false },
    { id: "C088", name: "_pr_demo_größere_änderung", is_archived: false },
  );
  const make = (apiUrl = `${slack.url}/api`) =>
    axoloService({
      access: { http, token: slackToken, apiUrl, wait: async () => {} },
      log: silent,
      pattern,
      rules: {},
      about: "octo/demo#7",
      pullRequest: async (number) => pulls[number],
    });
  const service = make();
  const services = { axolo: service, quiet: silenced(service), broken: make("http://127.0.0.1:9") };
  return { slack, notifier: notifierOver(await openLedger(), services) };
}

notifierContract("Axolo", async () => {
  const { slack, notifier } = await stage();
  return {
    notifier,
    channel: "axolo",
    quiet: "quiet",
    broken: "broken",
    messages: async () => slack.messages.map((one) => ({ text: readable(one), thread: one.channel })),
  };
});

it("finds the channel over pages, once, whatever its accents", async () => {
  const { slack, notifier } = await stage();
  await notifier.send("axolo", notice);
  await notifier.send("axolo", { ...notice, key: "other" });
  expect(slack.messages.map(({ channel }) => channel)).toEqual(["C088", "C088"]);
  expect(slack.calls.filter((call) => call === "conversations.list")).toHaveLength(2);
});

it("says clearly when there is none", async () => {
  const { notifier } = await stage();
  expect(await notifier.send("axolo", { ...notice, thread: "octo/demo#9" })).toEqual({
    status: "withheld",
    reason: "Axolo has no channel for octo/demo#9: looked for pr_demo_nobody_s among 4 channels that the bot sees",
  });
  expect((await notifier.send("axolo", { ...notice, thread: "octo/demo#404" })).status).toBe("withheld");
});

it("tells nobody where it may be another's channel", async () => {
  const { slack, notifier } = await stage();
  slack.channels.push({ id: "C077", name: "_draft_pr_demo_hotfix_the_installation", is_archived: false });
  expect(await notifier.send("axolo", { ...notice, thread: "octo/demo#7" })).toEqual({
    status: "withheld",
    reason: expect.stringContaining("more than one channel"),
  });
  expect(slack.messages).toEqual([]);
});

it("fills a team's own pattern", () => {
  const given = { repository: "Amber", number: "26", title: "Hot fix", branch: "feature/hotfix" };
  expect(axoloNames("pr-[pull_request_number]-[branch_name]", given)[0]).toBe("pr_26_feature_hotfix");
  expect(axoloNames(pattern, given)).toContain("draft_pr_amber_hot_fix");
});
