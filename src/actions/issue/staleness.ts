/** Which issues nobody has touched for long, and since when. */
import { z } from "zod";
import type { Tracker, TrackerComment, TrackerIssue } from "../../model/tracker.ts";
import { listOf, textList } from "../text-list.ts";

export const staleInputs = {
  "min-age-days": z.number().positive().default(60).describe("Days without a word of people."),
  labels: textList.default([]).describe("Only issues with all of these labels."),
  "exempt-labels": textList
    .default(["pinned", "security", "good first issue"])
    .describe("Labels that keep an issue from being stale."),
  "exempt-assigned": z.boolean().default(false).describe("Leave issues alone that somebody has."),
  "exempt-milestones": z.boolean().default(true).describe("Leave issues alone that belong to a milestone."),
};
export interface StaleInputs {
  readonly "min-age-days": number;
  readonly labels: string | string[];
  readonly "exempt-labels": string | string[];
  readonly "exempt-assigned": boolean;
  readonly "exempt-milestones": boolean;
}

export const dayMs = 86_400_000;

export interface StaleIssue {
  readonly issue: TrackerIssue;
  /** ISO time of the last thing that a person did: opening it, or a comment. */
  readonly lastWord: string;
  readonly days: number;
}

export function isExempt(issue: TrackerIssue, inputs: StaleInputs): boolean {
  const exempt = listOf(inputs["exempt-labels"]).map((name) => name.toLowerCase());
  return (
    issue.labels.some((name) => exempt.includes(name.toLowerCase())) ||
    (inputs["exempt-assigned"] && issue.assignees.length > 0) ||
    (inputs["exempt-milestones"] && issue.milestone !== undefined)
  );
}

/** Oldest first. Whatever touches an issue moves its update; only what people say counts. */
export async function findStaleIssues(
  tracker: Tracker,
  now: Date,
  inputs: StaleInputs,
  limit: number,
  isMeant: (issue: TrackerIssue) => boolean = () => true,
): Promise<readonly StaleIssue[]> {
  const before = new Date(now.getTime() - inputs["min-age-days"] * dayMs).toISOString();
  const candidates = await tracker.issues({ state: "open", labels: listOf(inputs.labels), updatedBefore: before });
  const stale: StaleIssue[] = [];
  for (const issue of candidates) {
    if (stale.length >= limit) break;
    if (isExempt(issue, inputs) || !isMeant(issue)) continue;
    const { lastWord } = await conversationOf(tracker, issue);
    if (lastWord > before) continue;
    stale.push({ issue, lastWord, days: Math.floor((now.getTime() - Date.parse(lastWord)) / dayMs) });
  }
  return stale;
}

export interface Conversation {
  readonly comments: readonly TrackerComment[];
  /** When a person last said something: opening it counts. */
  readonly lastWord: string;
}

export async function conversationOf(tracker: Tracker, issue: TrackerIssue): Promise<Conversation> {
  const comments = issue.comments === 0 ? [] : await tracker.comments(issue.id);
  const words = comments.filter((comment) => !comment.isBot && !isOurs(comment)).map(({ createdAt }) => createdAt);
  return { comments, lastWord: words.reduce((last, at) => (at > last ? at : last), issue.createdAt) };
}

/** With a person's token we write as that person; what we wrote begins with its marker. */
export function isOurs({ body }: TrackerComment): boolean {
  return body.startsWith("<!-- codeflow:comment ");
}
