/** The notifier as it is put together: services by the environment, rules by the configuration. */
import { expect, it, onTestFinished } from "vitest";
import { type NotifierRequest, openNotifierWith } from "../../../src/app/notices.ts";
import { defaultConfig } from "../../../src/config/defaults.ts";
import { readNoticeEnvironment } from "../../../src/config/notice-environment.ts";
import type { Notice } from "../../../src/model/notifier.ts";
import { createFakeCodeHost } from "../../contract/fakes/code-host.ts";
import { http, newFolder, openSituation } from "../../contract/notices-stage.ts";
import { openSlack, slackToken } from "../../contract/slack-server.ts";

const notice: Notice = { key: "k", title: "Told", severity: "error" };
const now = () => openSituation.now;

async function open(env: Record<string, string>, change: Partial<NotifierRequest> = {}) {
  const slack = await openSlack();
  onTestFinished(() => slack.close());
  const given = Object.entries(env).map(([name, value]) => [name, value.replace("$SLACK", slack.url)]);
  const notifier = await openNotifierWith(
    {
      config: { ...defaultConfig.notices, slack: { channel: "#builds", routes: [] } },
      environment: readNoticeEnvironment(Object.fromEntries(given) as Record<string, string>),
      event: { name: "pull_request", payload: {} },
      dataDirectory: newFolder(),
      host: undefined,
      ...change,
    },
    { http, wait: async () => {} },
    { clock: { now, monotonic: () => 0 }, log: { warn: () => {}, info: () => {}, debug: () => {} } },
  );
  onTestFinished(() => notifier.close());
  return { slack, notifier };
}

const bot = { SLACK_BOT_TOKEN: slackToken, SLACK_API_URL: "$SLACK/api" };

it("tells through the bot, and has Axolo beside it", async () => {
  const { slack, notifier } = await open({ ...bot, SLACK_WEBHOOK_URL: "$SLACK/services/T0/B0/secret" });
  expect(notifier.channels).toEqual(["slack", "axolo"]);
  expect((await notifier.send("slack", notice)).status).toBe("sent");
  expect(slack.calls).toEqual(["chat.postMessage"]);
});

it("tells through the incoming webhook where there is no bot", async () => {
  const { slack, notifier } = await open({ SLACK_BOT_TOKEN: "", SLACK_WEBHOOK_URL: "$SLACK/services/T0/B0/secret" });
  expect(notifier.channels).toEqual(["slack"]);
  expect((await notifier.send("slack", notice)).status).toBe("sent");
  expect(slack.messages).toHaveLength(1);
});

it("keeps code to itself unless the host says that the repository is public", async () => {
  const code = { ...notice, hasCode: true };
  const { notifier } = await open(bot);
  expect((await notifier.send("slack", code)).status).toBe("withheld");
  const { notifier: known } = await open(bot, { host: createFakeCodeHost({}) });
  expect((await known.send("slack", code)).status).toBe("sent");
});

it("says which secret of a webhook is missing", async () => {
  const webhooks = { deployments: { url: "https://example.org/in", secret: "DEPLOY_SECRET" } };
  const config = { ...defaultConfig.notices, webhooks };
  await expect(open({}, { config })).rejects.toMatchObject({
    code: "CF707",
    why: expect.stringContaining("DEPLOY_SECRET"),
  });
  const { notifier } = await open({ DEPLOY_SECRET: "x" }, { config });
  expect(notifier.channels).toEqual(["webhook"]);
});
