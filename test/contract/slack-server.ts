/** A Slack on the loopback: refuses what Slack refuses (token, scopes, required fields, limits of blocks), counts calls. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface PostedMessage {
  readonly channel: string;
  readonly ts: string;
  readonly thread?: string;
  body: SlackBody;
}

interface SlackBody {
  readonly channel?: unknown;
  readonly ts?: unknown;
  readonly text?: unknown;
  readonly blocks?: unknown;
  readonly thread_ts?: unknown;
  readonly metadata?: { readonly event_type?: unknown; readonly event_payload?: unknown };
}

export interface SlackServer {
  readonly url: string;
  readonly messages: PostedMessage[];
  readonly calls: string[];
  /** Slack's clock. */
  now: () => Date;
  readonly channels: { id: string; name: string; is_archived: boolean }[];
  scopes: Set<string>;
  /** Answers of this kind come first, once each. */
  readonly faults: { status: number; headers?: Record<string, string>; body?: string; isAfterWork?: boolean }[];
  /** Called when a request arrives, when its work is done, and when its answer has left. */
  watch: (phase: "arrived" | "done" | "answered") => void;
  close(): Promise<void>;
}

export const slackToken = "xoxb-test-token";
const needs: Record<string, string> = {
  "chat.postMessage": "chat:write",
  "chat.update": "chat:write",
  "conversations.list": "channels:read",
  "conversations.history": "channels:history",
  "conversations.replies": "channels:history",
};

export async function openSlack(): Promise<SlackServer> {
  const messages: PostedMessage[] = [];
  const calls: string[] = [];
  let posted = 0;
  const faults: SlackServer["faults"] = [];
  const channels = [{ id: "C001", name: "builds", is_archived: false }];
  const server = createServer(async (request, response) => {
    const text = await textOf(request);
    const url = new URL(request.url ?? "/", "http://slack.invalid");
    const method = url.pathname.replace(/^\/(api\/)?/, "");
    calls.push(method);
    opened.watch("arrived");
    response.on("finish", () => opened.watch("answered"));
    const fault = faults.shift();
    if (fault !== undefined) {
      if (fault.isAfterWork === true) answer(method, text, url, request);
      response.writeHead(fault.status, fault.headers).end(fault.body ?? "");
    } else if (method === "services/T0/B0/secret") {
      const mistake =
        request.headers["content-type"]?.startsWith("application/json") === true ? mistakeOf(text) : "invalid_payload";
      if (mistake === undefined) {
        messages.push({ channel: "hook", ts: String(messages.length), body: JSON.parse(text) as SlackBody });
        opened.watch("done");
        response.end("ok");
      } else response.writeHead(400).end(mistake);
    } else {
      response.setHeader("content-type", "application/json; charset=utf-8");
      const said = JSON.stringify(answer(method, text, url, request));
      opened.watch("done");
      response.end(said);
    }
  });
  const scopes = new Set(["chat:write", "channels:read", "groups:read", "channels:history"]);
  const answer = (method: string, text: string, url: URL, request: IncomingMessage): unknown => {
    const scope = needs[method];
    if (scope === undefined) return { ok: false, error: "unknown_method" };
    if (request.headers.authorization === undefined) return { ok: false, error: "not_authed" };
    if (request.headers.authorization !== `Bearer ${slackToken}`) return { ok: false, error: "invalid_auth" };
    if (!opened.scopes.has(scope)) {
      return { ok: false, error: "missing_scope", needed: scope, provided: [...opened.scopes].join(",") };
    }
    if (method === "conversations.list") {
      const limit = Number(url.searchParams.get("limit") ?? "100");
      if (!(limit >= 1 && limit <= 1_000)) return { ok: false, error: "invalid_limit" };
      const from = Number(url.searchParams.get("cursor") || "0");
      const page = channels.slice(from, from + Math.min(limit, 2));
      const next = from + page.length < channels.length ? String(from + page.length) : "";
      return { ok: true, channels: page, response_metadata: { next_cursor: next } };
    }
    if (method.startsWith("conversations.")) return messagesOf(method, url.searchParams);
    const mistake = mistakeOf(text);
    if (mistake !== undefined) return { ok: false, error: mistake };
    const body = JSON.parse(text) as SlackBody;
    const channel = channels.find(
      ({ id, name }) => id === body.channel || name === String(body.channel).replace("#", ""),
    );
    if (channel === undefined) return { ok: false, error: "channel_not_found" };
    if (channel.is_archived) return { ok: false, error: "is_archived" };
    if (method === "chat.update") {
      if (channel.id !== body.channel) return { ok: false, error: "channel_not_found" };
      const message = messages.find(({ ts }) => ts === body.ts);
      if (message === undefined) return { ok: false, error: "message_not_found" };
      // What is not given stays.
      message.body = { ...(message.body.metadata === undefined ? {} : { metadata: message.body.metadata }), ...body };
      return { ok: true, channel: channel.id, ts: message.ts };
    }
    const thread = body.thread_ts;
    if (thread !== undefined && !messages.some(({ ts }) => ts === thread))
      return { ok: false, error: "thread_not_found" };
    const ts = `${Math.floor(opened.now().getTime() / 1000)}.${String(++posted).padStart(6, "0")}`;
    messages.push({ channel: channel.id, ts, body, ...(typeof thread === "string" ? { thread } : {}) });
    return { ok: true, channel: channel.id, ts };
  };
  /** History: newest first, without replies; replies: the first message, then the answers. Names are not taken. */
  const messagesOf = (method: string, query: URLSearchParams): unknown => {
    const channel = query.get("channel");
    if (!channels.some(({ id }) => id === channel)) return { ok: false, error: "channel_not_found" };
    const root = query.get("ts");
    const isReplies = method === "conversations.replies";
    const all = messages.filter((one) => one.channel === channel);
    if (isReplies && !all.some(({ ts }) => ts === root)) return { ok: false, error: "thread_not_found" };
    const found = isReplies
      ? all.filter(({ ts, thread }) => ts === root || thread === root)
      : all.filter(({ thread }) => thread === undefined).toReversed();
    const recent = found.filter(({ ts }) => Number(ts) >= Number(query.get("oldest") ?? "0") || ts === root);
    const from = Number(query.get("cursor") || "0");
    const page = recent.slice(from, from + 2).map(({ ts, body: { text, metadata } }) => ({
      ts,
      text,
      ...(metadata === undefined || query.get("include_all_metadata") !== "true" ? {} : { metadata }),
    }));
    const next = from + page.length < recent.length ? String(from + page.length) : "";
    return { ok: true, messages: page, response_metadata: { next_cursor: next } };
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const opened: SlackServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages,
    calls,
    now: () => new Date(),
    watch: () => undefined,
    channels,
    scopes,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return opened;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

interface TextObject {
  readonly type?: unknown;
  readonly text?: unknown;
}

/** As Slack words it; undefined: it is taken. */
function mistakeOf(text: string): string | undefined {
  let body: SlackBody;
  try {
    body = JSON.parse(text) as SlackBody;
  } catch {
    return "invalid_json";
  }
  if (typeof body.text !== "string" || body.text === "") return "no_text";
  if (body.text.length > 40_000) return "msg_too_long";
  const { metadata } = body;
  if (metadata !== undefined) {
    const isNamed = typeof metadata.event_type === "string" && /^\w+$/.test(metadata.event_type);
    if (!isNamed || typeof metadata.event_payload !== "object") return "invalid_metadata_format";
  }
  if (!Array.isArray(body.blocks) || body.blocks.length > 50) return "invalid_blocks";
  return body.blocks.every(isBlock) ? undefined : "invalid_blocks";
}

function isBlock(block: { type?: unknown; text?: TextObject; fields?: unknown; elements?: unknown }): boolean {
  if (block.type === "header") return block.text?.type === "plain_text" && isText(block.text, 150);
  if (block.type === "section") {
    const fields = block.fields ?? [];
    if (block.text === undefined && block.fields === undefined) return false;
    if (!Array.isArray(fields) || fields.length > 10 || !fields.every((one: TextObject) => isText(one, 2_000)))
      return false;
    return block.text === undefined || isText(block.text, 3_000);
  }
  if (!Array.isArray(block.elements) || block.elements.length === 0) return false;
  if (block.type === "context") {
    return block.elements.length <= 10 && block.elements.every((one: TextObject) => isText(one, 3_000));
  }
  return (
    block.type === "actions" &&
    block.elements.length <= 25 &&
    block.elements.every(
      (one: { type?: unknown; text?: TextObject; url?: unknown }) =>
        one.type === "button" &&
        one.text?.type === "plain_text" &&
        isText(one.text, 75) &&
        typeof one.url === "string" &&
        one.url.length <= 3_000,
    )
  );
}

function isText(value: TextObject, limit: number): boolean {
  if (value.type !== "plain_text" && value.type !== "mrkdwn") return false;
  return typeof value.text === "string" && value.text.length > 0 && value.text.length <= limit;
}

/** What people read. */
export function readable({ body }: PostedMessage): string {
  const blocks = body.blocks as { text?: { text: string }; fields?: { text: string }[] }[];
  return blocks
    .map(({ text, fields = [] }) => [text?.text ?? "", ...fields.map((one) => one.text)].join("\n"))
    .join("\n");
}
