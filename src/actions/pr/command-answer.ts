/** The one answer to a command: below it, in the conversation or in its thread, found again by the comment's number. */
import { commandKey } from "../../model/acceptance.ts";
import { StepFailed } from "../../model/action.ts";
import type { CodeHost, ReviewThread } from "../../model/code-host.ts";
import type { TriggerEvent } from "../../model/event.ts";
import { hasMarker, readFindingKey } from "../../model/marker.ts";
import { findCommands } from "../../model/slash-commands.ts";
import { code } from "../markdown-table.ts";
import type { EventComment } from "./event-comment.ts";

export function numberOf(event: TriggerEvent): number {
  const number = event.pullRequest?.number ?? event.issue?.number;
  if (number === undefined) throw new StepFailed("the event is about no pull request or issue");
  return number;
}

export async function answerCommand(
  host: CodeHost,
  event: TriggerEvent,
  comment: EventComment,
  body: string,
): Promise<{ readonly id: number; readonly outcome: "created" | "updated" | "unchanged" }> {
  const number = numberOf(event);
  const key = commandKey(comment.id);
  const text = `${body}${remarkOn(comment)}`;
  if (comment.kind === "review-comment") return host.ensureReply(number, comment.repliesTo ?? comment.id, key, text);
  const { comment: answer, outcome } = await host.ensureComment(number, key, text);
  return { id: answer.id, outcome };
}

/** Two that push at once would undo each other. */
function remarkOn({ body }: EventComment): string {
  const [, ...others] = findCommands(body);
  if (others.length === 0) return "";
  const names = [...new Set(others.map(({ name }) => code(`/codeflow ${name.slice(0, 60)}`)))].slice(0, 5);
  return `\n\n*One command a comment: ${names.join(", ")} was not carried out. Write it in a comment of its own.*`;
}

/** Where a command stands, and what is known of it before it is carried out. */
export interface CommandScene {
  /** Answered is done: the same delivery again is not carried out again. */
  readonly isAnswered: boolean;
  /** The comment of ours that it answers, when that is about a finding. */
  readonly finding?: FindingThread;
}

export interface FindingThread {
  readonly id: string;
  readonly fingerprint: string;
  readonly rule: string;
}

export async function lookAround(
  host: CodeHost,
  event: TriggerEvent,
  comment: EventComment,
  viewer: string,
): Promise<CommandScene> {
  const number = numberOf(event);
  const key = commandKey(comment.id);
  if (comment.kind === "comment") {
    const comments = await host.comments(number);
    const isAnswered = comments.some(({ author, body }) => author.login === viewer && hasMarker(body, "comment", key));
    return { isAnswered };
  }
  const thread = threadOf(comment, await host.reviewThreads(number));
  const isAnswered =
    thread?.comments.some(({ author, body }) => author.login === viewer && hasMarker(body, "reply", key)) === true;
  const [first] = thread?.comments ?? [];
  const about = first?.author.login === viewer ? readFindingKey(first.body) : undefined;
  return {
    isAnswered,
    ...(thread === undefined || about === undefined ? {} : { finding: { id: thread.id, ...about } }),
  };
}

function threadOf({ id, repliesTo }: EventComment, threads: readonly ReviewThread[]): ReviewThread | undefined {
  return threads.find(({ comments }) => comments.some((each) => each.id === id || each.id === repliesTo));
}
