import { describe, expect, it } from "vitest";
import { kindOf } from "../../../../src/actions/pr/comment-kind.ts";
import { findCommands } from "../../../../src/model/slash-commands.ts";

describe("comments", () => {
  it.each([
    ["Why is this here?", "question"],
    ["how does it work when it is empty", "question"],
    ["Can you please rename this to `x`?", "fix-request"],
    ["Fix the typo.", "fix-request"],
    ["Maybe a map would do.", "suggestion"],
    ["```suggestion\nconst a = 1;\n```", "suggestion"],
    ["This is a false positive.", "objection"],
    ["Thanks, nice catch!", "praise"],
    ["👍", "praise"],
    ["done", "acknowledgement"],
    ["I ran it on my machine.", "statement"],
    ["> Why?\n\nI ran it.", "statement"],
    ["See:\n```\nplease fix this\n```", "statement"],
    ["", "statement"],
  ])("%j is a %s", (body, kind) => {
    expect(kindOf(body)).toBe(kind);
  });

  it("are read in no time, however long", () => {
    const start = performance.now();
    for (const piece of ["please ", "a ", "`", '"', "\n> ", "```\n", "can could "]) {
      kindOf(piece.repeat(65_536 / piece.length));
      findCommands(`/codeflow ${piece.repeat(65_000 / piece.length)}`);
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
