/** What is shown of a check that is under way, and how it is drawn and taken away. */
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { drawProgress } from "../../../src/cli/progress.tsx";
import { CheckProgress, duration, shortList } from "../../../src/cli/progress-state.ts";

function started(): CheckProgress {
  const progress = new CheckProgress();
  progress.take({ type: "started", files: 5_000, analyzers: ["ruff", "oxlint", "eslint"] });
  return progress;
}

describe("the state of a check", () => {
  it("says what it knows before the files are listed", () => {
    expect(new CheckProgress().frame(400, 80)).toEqual({
      phase: "reading the repository",
      bar: undefined,
      amount: "",
      facts: "0.4 s",
      working: "",
    });
  });

  it("counts files that have to be looked at, findings with those from the cache, and who works", () => {
    const progress = started();
    progress.take({ type: "progress", analyzer: "ruff", files: 3_000, findings: 7 });
    progress.take({ type: "planned", files: 2_000 });
    for (let i = 0; i < 500; i++) progress.take({ type: "looked", files: 1 });
    progress.take({ type: "progress", analyzer: "oxlint", files: 1, findings: 1_200 });
    progress.take({ type: "finished", analyzer: "oxlint" });
    const frame = progress.frame(61_000, 80);
    expect(frame.phase).toBe("looking at files");
    expect(frame.bar).toEqual({ done: "█".repeat(6), left: "░".repeat(18) });
    expect(frame.amount).toBe("500 of 2,000 files");
    expect(frame.facts).toBe("1,207 findings so far · 1 min 01 s");
    expect(frame.working).toBe("working: eslint, ruff");
  });

  it("has no bar when everything is known from before", () => {
    const progress = started();
    progress.take({ type: "planned", files: 0 });
    expect(progress.frame(0, 80).bar).toBeUndefined();
    for (const analyzer of ["ruff", "oxlint", "eslint"]) progress.take({ type: "finished", analyzer });
    expect(progress.frame(0, 80)).toMatchObject({ phase: "putting the findings together", working: "" });
  });

  it("says that only programs are left, and fits where there is little room", () => {
    const progress = started();
    progress.take({ type: "planned", files: 8 });
    progress.take({ type: "looked", files: 4 });
    expect(progress.frame(0, 40).bar).toEqual({ done: "███", left: "░░░" });
    expect(progress.frame(0, 37)).toMatchObject({ bar: undefined, amount: "4 of 8 files" });
    progress.take({ type: "looked", files: 4 });
    expect(progress.frame(0, 80).phase).toBe("waiting for the last analyzers");
  });

  it("begins to count again at the base, whose findings are not those of the report", () => {
    const progress = started();
    progress.take({ type: "planned", files: 10 });
    progress.take({ type: "looked", files: 10 });
    progress.take({ type: "progress", analyzer: "ruff", files: 10, findings: 1 });
    progress.take({ type: "base", analyzers: ["ruff"] });
    progress.take({ type: "planned", files: 4 });
    progress.take({ type: "progress", analyzer: "ruff", files: 4, findings: 100 });
    expect(progress.line(1_000)).toBe(
      "comparing with the base · 0 of 4 files · 1 finding so far · 1.0 s · working: ruff",
    );
  });

  it("names as many as fit", () => {
    expect(shortList(["aaa", "bbb", "ccc"], 13)).toBe("aaa, bbb, ccc");
    expect(shortList(["aaa", "bbb", "ccc"], 12)).toBe("aaa and 2 more");
    expect(shortList(["aaa", "bbb"], 1)).toBe("aaa and 1 more");
    expect(shortList(["aaa"], 1)).toBe("aaa");
  });

  it("tells durations without a minute of sixty seconds", () => {
    expect([0, 9_960, 59_949, 59_950, 119_600].map(duration)).toEqual([
      "0.0 s",
      "10.0 s",
      "59.9 s",
      "1 min 00 s",
      "2 min 00 s",
    ]);
  });
});

describe("the drawing", () => {
  it("hides the cursor, replaces its lines, leaves none, and gives the cursor back", async () => {
    let written = "";
    const stream = Object.assign(
      new Writable({
        write(chunk: Buffer, _, done) {
          written += chunk.toString();
          done();
        },
      }),
      { isTTY: true, columns: 40, rows: 10 },
    );
    const progress = started();
    const drawing = drawProgress(stream, progress.frame(1_000, 40), false);
    progress.take({ type: "planned", files: 8 });
    progress.take({ type: "looked", files: 4 });
    drawing.draw(progress.frame(2_000, 40));
    await drawing.stop();
    expect(written).toContain("looking at files");
    expect(written).toContain("4 of 8 files");
    // Nothing is wider than the terminal: a line that wraps could not be taken away.
    const lines = written.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, "").split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    const hidden = written.indexOf("\u001b[?25l");
    expect(hidden).toBeGreaterThanOrEqual(0);
    expect(written.lastIndexOf("\u001b[?25h")).toBeGreaterThan(hidden);
    // What follows the last visible character only takes away.
    expect(written).toMatch(/(?:\u001b\[2K(?:\u001b\[1A)?)+\u001b\[G[^A-Za-z]*(?:\u001b\[\?25h[^A-Za-z]*)+$/);
    expect(written.split("looking at files").length - 1).toBeGreaterThanOrEqual(2);
  });
});
