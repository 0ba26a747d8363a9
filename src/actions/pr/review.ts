/** `pr.review`: a review with comments on lines, none of which the host can refuse. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import type { Change } from "../../model/change.ts";
import { hasMarker, markerOf, withMarker } from "../../model/marker.ts";
import { code } from "../markdown-table.ts";

const draft = z.strictObject({
  path: z.string().min(1).describe("A changed file."),
  line: z.number().int().positive().optional().describe("Last line; the whole file when absent."),
  "start-line": z.number().int().positive().optional().describe("First line of a range."),
  side: z.enum(["LEFT", "RIGHT"]).default("RIGHT").describe("Before or after the change."),
  body: z.string().min(1).describe("Markdown."),
  key: z.string().min(1).optional().describe("Which finding it is about; its place and text when absent."),
});
type Draft = z.infer<typeof draft>;

export const review = defineAction({
  id: "pr.review",
  summary: "Post a review with comments on lines of the change.",
  description: `Every place is checked against the diff before: what lies outside of it would make GitHub refuse the whole review, so it goes
folded into the review's text instead. The same review is posted once; a comment whose key has an open thread of ours already is not
repeated.

\`\`\`yaml
- uses: pr.review
  with:
    event: COMMENT
    body: Two things to look at.
    comments:
      - { path: src/a.ts, line: 12, body: "This can be undefined." }
\`\`\``,
  inputs: z.strictObject({
    event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]).default("COMMENT").describe("The review's word."),
    body: z.string().default("").describe("Markdown above the comments."),
    comments: z.array(draft).default([]).describe("Comments on lines or whole files."),
    key: z.string().min(1).optional().describe("Which review it is; this step at this commit when absent."),
  }),
  outputs: z.object({
    outcome: z.enum(["created", "unchanged", "nothing"]).describe("What became of the review."),
    id: z.number().nullable().describe("Its number on the host; null when nothing was posted."),
    posted: z.number().describe("Comments on lines that the review has."),
    outside: z.number().describe("Comments that went into the text because the diff does not show their place."),
    repeated: z.number().describe("Comments left out because their thread is there already."),
  }),
  needs: ["host", "pullRequest"],
  effects: "outside",
  async run({ host, pullRequest, step, log }, inputs) {
    const { number } = pullRequest;
    const change = await pullRequest.change();
    const { head, state } = await pullRequest.get({ refresh: true });
    if (state === "closed") throw new StepFailed(`#${number} is closed: a review would reach nobody`);
    if (head.sha !== change.head) {
      throw new StepFailed(
        `#${number} was pushed to: it is at ${head.sha.slice(0, 12)}, what was looked at is ${change.head.slice(0, 12)}`,
      );
    }
    const { login } = await host.viewer();
    const threads = inputs.comments.length === 0 ? [] : await host.reviewThreads(number);
    const ours = threads.flatMap(({ comments: [first] }) => (first?.author.login === login ? [first.body] : []));
    const key = inputs.key ?? `${step.workflow}/${step.id}/${change.head}`;
    const fresh: Draft[] = [];
    const outside: Draft[] = [];
    let repeated = 0;
    for (const comment of inputs.comments) {
      const marker = markerOf("thread", keyOf(comment));
      if (ours.some((body) => body.includes(marker))) repeated += 1;
      else if (isShown(change, comment)) fresh.push(comment);
      else outside.push(comment);
    }
    for (const { path, line } of outside)
      log.warn(`${path}:${line ?? 1} is not in the diff: its comment goes into the text`);
    const body = [inputs.body, outsideSection(outside)].filter((part) => part !== "").join("\n\n");
    const counts = { outside: outside.length, repeated };
    const reviews = (await host.reviews(number)).some(
      (each) => each.author.login === login && hasMarker(each.body, "review", key),
    );
    if (body === "" && fresh.length === 0 && inputs.event !== "APPROVE" && !reviews) {
      return { outcome: "nothing" as const, id: null, posted: 0, ...counts };
    }
    const { id, outcome } = await host.createReview(number, {
      key,
      commit: change.head,
      event: inputs.event,
      body,
      comments: fresh.map((comment) => ({
        path: comment.path,
        ...(comment.line === undefined ? {} : { line: comment.line, side: comment.side }),
        ...(comment["start-line"] === undefined ? {} : { startLine: comment["start-line"] }),
        body: withMarker(comment.body, markerOf("thread", keyOf(comment))),
      })),
    });
    return { outcome, id, posted: outcome === "created" ? fresh.length : 0, ...counts };
  },
});

function keyOf({ key, path, line, body }: Draft): string {
  return key ?? `${path}:${line ?? ""}:${body.slice(0, 200)}`;
}

function isShown(change: Change, { path, line, "start-line": start, side }: Draft): boolean {
  const file = change.files.find((each) => each.path === path);
  if (file === undefined || line === undefined) return file !== undefined;
  return (file.hunks ?? []).some((hunk) => {
    const first = side === "LEFT" ? hunk.oldStart : hunk.newStart;
    const end = first + (side === "LEFT" ? hunk.oldLines : hunk.newLines);
    const isIn = (one: number): boolean => one >= first && one < end;
    return isIn(line) && (start === undefined || (start < line && isIn(start)));
  });
}

function outsideSection(comments: readonly Draft[]): string {
  if (comments.length === 0) return "";
  const list = comments.map(({ path, line, body }) => {
    const place = code(line === undefined ? path : `${path}:${line}`);
    return `${place}\n\n${body}`;
  });
  return `<details><summary>Outside of the diff: ${comments.length}</summary>\n\n${list.join("\n\n")}\n\n</details>`;
}
