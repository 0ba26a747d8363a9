/** A notice as a Slack message within Slack's limits. Pure. */
import type { Notice } from "../../model/notifier.ts";
import { escapeText, splitMrkdwn, toMrkdwn } from "./mrkdwn.ts";

/** https://docs.slack.dev/reference/block-kit/blocks and /block-elements/button-element */
export const slackLimits = {
  blocks: 50,
  header: 150,
  text: 3_000,
  fields: 10,
  field: 2_000,
  url: 3_000,
} as const;

/** More of a body than this is not read in a chat; the rest is behind the link. */
const shownTexts = 4;
const marks = { error: "🔴", warning: "🟠", info: "🔵", success: "🟢" } as const;

interface Text {
  readonly type: "mrkdwn" | "plain_text";
  readonly text: string;
  readonly verbatim?: boolean;
  readonly emoji?: boolean;
}

export type Block =
  | { readonly type: "header"; readonly text: Text }
  | { readonly type: "section"; readonly text?: Text; readonly fields?: readonly Text[] }
  | { readonly type: "context"; readonly elements: readonly Text[] }
  | { readonly type: "actions"; readonly elements: readonly unknown[] };

export interface SlackMessage {
  /** What notifications and screen readers tell. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

export function slackMessage({ title, body = "", url, severity, facts = [] }: Notice): SlackMessage {
  const line = title.replace(/\s+/g, " ").trim() || "A notice";
  const texts = splitMrkdwn(toMrkdwn(body), slackLimits.text);
  const shown = texts.slice(0, shownTexts);
  const blocks: Block[] = [
    {
      type: "header",
      text: { type: "plain_text", text: cut(`${marks[severity]} ${line}`, slackLimits.header), emoji: false },
    },
    ...shown.map((text): Block => ({ type: "section", text: mrkdwn(text) })),
  ];
  if (texts.length > shown.length) {
    const hidden = texts.slice(shownTexts).reduce((sum, text) => sum + text.length, 0);
    blocks.push({ type: "context", elements: [mrkdwn(`… and ${hidden} more characters that are not shown here`)] });
  }
  for (let from = 0; from < facts.length && blocks.length < slackLimits.blocks - 1; from += slackLimits.fields) {
    const fields = facts.slice(from, from + slackLimits.fields).map(({ name, value }) => {
      const half = slackLimits.field / 2 - 10;
      return mrkdwn(`*${escapedCut(name, half)}*\n${escapedCut(value, half) || "–"}`);
    });
    blocks.push({ type: "section", fields });
  }
  if (url !== undefined && url.length <= slackLimits.url && /^https?:\/\//.test(url)) {
    blocks.push({
      type: "actions",
      elements: [{ type: "button", text: { type: "plain_text", text: "Open" }, url, action_id: "codeflow_open" }],
    });
  }
  return { text: escapedCut(`${marks[severity]} ${line}`, slackLimits.text), blocks };
}

/** Verbatim: Slack makes nothing of names and addresses by itself. */
function mrkdwn(text: string): Text {
  return { type: "mrkdwn", text, verbatim: true };
}

function escapedCut(text: string, limit: number): string {
  return splitMrkdwn(escapeText(text), limit)[0] ?? "";
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Not between the halves of a character.
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
