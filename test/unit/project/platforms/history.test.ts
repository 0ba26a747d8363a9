/** Reading commits where git refuses. */
import { expect, it } from "vitest";
import { Failure } from "../../../../src/model/failure.ts";
import { readCommits } from "../../../../src/project/platforms/history.ts";

const record =
  "\u001eabc\u001fA <a@example.org>\nB <b@example.org>\u001fSubject\u001fCo-authored-by: C <c@example.org>\n\u001f";

it("does without the markers where trees are missing", async () => {
  const asked: string[][] = [];
  const commits = await readCommits(async (args) => {
    asked.push([...args]);
    if (args.includes("--raw")) throw new Failure("CF201", "missing tree");
    return record;
  });
  expect(asked).toHaveLength(2);
  expect(commits).toEqual([
    {
      id: "abc",
      people: "A <a@example.org>\nB <b@example.org>",
      subject: "Subject",
      trailers: "Co-authored-by: C <c@example.org>",
      removed: [],
    },
  ]);
});

it("knows what a commit removed, not what it added or changed", async () => {
  const raw = `\0:100644 000000 1111111 0000000 D\0.lovable/plan.md\0:000000 100644 0000000 1111111 A\0replit.md\0:100644 100644 1 2 M\0CLAUDE.md\0`;
  const [commit] = await readCommits(() => Promise.resolve(record + raw));
  expect(commit?.removed).toEqual([".lovable/plan.md"]);
});

it("tells of no past where git tells of none, and hides no other error", async () => {
  expect(await readCommits(() => Promise.reject(new Failure("CF201", "no commits")))).toEqual([]);
  await expect(readCommits(() => Promise.reject(new TypeError("a bug")))).rejects.toThrow("a bug");
});
