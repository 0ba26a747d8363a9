/** The comment that an event brings, read from its payload with no trust in it. Pure. */
import type { TriggerEvent } from "../../model/event.ts";

export interface EventComment {
  readonly id: number;
  readonly kind: "comment" | "review-comment";
  readonly body: string;
  readonly author: string;
  readonly isBot: boolean;
  /** It is new: edited and deleted ones say nothing that is to be done. */
  readonly isNew: boolean;
  /** Its page. */
  readonly url?: string;
  /** Of a comment in a thread: the comment that opened it. */
  readonly repliesTo?: number;
}

export function commentOf(event: TriggerEvent): EventComment | undefined {
  const comment = objectIn(event.payload, "comment");
  const id = comment?.["id"];
  if (comment === undefined || typeof id !== "number") return undefined;
  const user = objectIn(comment, "user");
  const login = user?.["login"];
  const author = typeof login === "string" ? login : (event.actor ?? "");
  const body = comment["body"];
  const repliesTo = comment["in_reply_to_id"];
  const url = comment["html_url"];
  return {
    id,
    kind: event.name === "pull_request_review_comment" ? "review-comment" : "comment",
    body: typeof body === "string" ? body : "",
    author,
    isNew: event.action === undefined || event.action === "created",
    isBot: event.isBot === true || user?.["type"] === "Bot" || author.endsWith("[bot]"),
    ...(typeof url === "string" ? { url } : {}),
    ...(typeof repliesTo === "number" ? { repliesTo } : {}),
  };
}

function objectIn(holder: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> | undefined {
  const value = holder[key];
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}
