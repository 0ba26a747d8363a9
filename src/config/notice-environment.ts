/** What the environment says of notices: tokens come from here and nowhere else. */
import type { RawEnvironment } from "./environment.ts";

export interface NoticeEnvironment {
  readonly slackBotToken: string | undefined;
  /** Itself a secret. */
  readonly slackWebhookUrl: string | undefined;
  /** Of another Slack than slack.com. */
  readonly slackApiUrl: string | undefined;
  /** A webhook's secret, by the name that the configuration gives; absent when empty. */
  readonly variable: (name: string) => string | undefined;
}

export function readNoticeEnvironment(env: RawEnvironment): NoticeEnvironment {
  const variable = (name: string): string | undefined => {
    const value = env[name];
    return value === undefined || value === "" ? undefined : value;
  };
  return {
    slackBotToken: variable("SLACK_BOT_TOKEN"),
    slackWebhookUrl: variable("SLACK_WEBHOOK_URL"),
    slackApiUrl: variable("SLACK_API_URL"),
    variable,
  };
}
