import { describe, expect, it } from "vitest";
import { kindOf, readCommand } from "../../../../src/actions/pr/comment-kind.ts";

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

  it.each([
    ["/codeflow", { name: "help", arguments: [], text: "" }],
    ["  /codeflow  Fix  src/a.ts\nmore", { name: "fix", arguments: ["src/a.ts"], text: "src/a.ts" }],
    [
      '/codeflow ignore r "a \\"b\\" $(c)"',
      { name: "ignore", arguments: ["r", 'a "b" $(c)'], text: 'r "a \\"b\\" $(c)"' },
    ],
    ["/codeflower fix", undefined],
    ["please /codeflow fix", undefined],
    ["text\n/codeflow fix", undefined],
    ["> /codeflow fix", undefined],
  ])("%j commands", (body, command) => {
    expect(readCommand(body, "/codeflow")).toEqual(command);
  });

  it("are read in no time, however long", () => {
    const start = performance.now();
    for (const piece of ["please ", "a ", "`", '"', "\n> ", "```\n", "can could "]) {
      kindOf(piece.repeat(65_536 / piece.length));
      readCommand(`/codeflow ${piece.repeat(65_000 / piece.length)}`, "/codeflow");
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
