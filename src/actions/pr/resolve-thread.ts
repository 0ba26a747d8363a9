/** `pr.resolve-thread`: resolves conversations that we opened and nobody answered. */
import { z } from "zod";
import { defineAction } from "../../model/action.ts";
import { readMarkers } from "../../model/marker.ts";
import { listOf, textList } from "../text-list.ts";

export const resolveThread = defineAction({
  id: "pr.resolve-thread",
  summary: "Resolve threads of the pull request that are ours and settled.",
  description: `Only threads that we opened are touched, and none in which a person has answered, unless told otherwise: what people discuss they
resolve. Name threads by their key (the finding that they are about) or by their id on the host.

\`\`\`yaml
- uses: pr.resolve-thread
  with: { keys: "\${{ steps.check.outputs.fixed }}" }
\`\`\``,
  inputs: z.strictObject({
    keys: textList.default([]).describe("Keys of `pr.review`'s comments."),
    threads: textList.default([]).describe("Ids of threads on the host."),
    outdated: z.boolean().default(false).describe("Also all whose lines were changed since."),
    "even-if-answered": z.boolean().default(false).describe("Also those in which a person has answered."),
  }),
  outputs: z.object({
    resolved: z.array(z.string()).describe("Ids of the threads that were resolved now."),
    kept: z
      .array(z.object({ id: z.string(), reason: z.string() }))
      .describe("Named threads that were left open, and why."),
    unknown: z.array(z.string()).describe("Keys and ids of which there is no thread."),
  }),
  needs: ["host", "pullRequest"],
  effects: "outside",
  async run({ host, pullRequest }, inputs) {
    const [keys, ids] = [listOf(inputs.keys), listOf(inputs.threads)];
    const { login } = await host.viewer();
    const threads = (await host.reviewThreads(pullRequest.number)).map((thread) => {
      const [first, ...answers] = thread.comments;
      const isOurs = first?.author.login === login;
      const markers = isOurs ? readMarkers(first.body).filter(({ kind }) => kind === "thread") : [];
      return {
        ...thread,
        isOurs,
        keys: markers.map(({ key }) => key),
        isAnswered: answers.some(({ author }) => !author.isBot && author.login !== login),
      };
    });
    const resolved: string[] = [];
    const kept: { id: string; reason: string }[] = [];
    for (const thread of threads) {
      const isNamed = ids.includes(thread.id) || thread.keys.some((key) => keys.includes(key));
      const isMeant = isNamed || (inputs.outdated && thread.isOutdated && thread.isOurs);
      if (!isMeant || thread.isResolved) continue;
      if (!thread.isOurs) kept.push({ id: thread.id, reason: "somebody else opened it" });
      else if (thread.isAnswered && !inputs["even-if-answered"])
        kept.push({ id: thread.id, reason: "a person has answered" });
      else if ((await host.resolveThread(thread.id)).outcome === "resolved") resolved.push(thread.id);
    }
    const found = new Set(threads.flatMap((thread) => [thread.id, ...thread.keys]));
    return { resolved, kept, unknown: [...keys, ...ids].filter((name) => !found.has(name)) };
  },
});
