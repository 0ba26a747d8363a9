/** How a check's progress is told: in words, drawn and taken away again. */
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { CommandContext, Door, GlobalOptions } from "../../../src/cli/door.ts";
import { CheckProgress } from "../../../src/cli/progress-state.ts";
import { withProgress } from "../../../src/cli/show-progress.ts";

describe("the words", () => {
  it("say how far it is, what was found and who is at work", () => {
    const progress = new CheckProgress();
    expect(progress.frame(1_200, 80)).toMatchObject({ phase: "reading the repository", bar: undefined, amount: "" });
    progress.take({ type: "started", files: 1_500, analyzers: ["ruff", "eslint", "tsc"] });
    progress.take({ type: "planned", files: 1_200 });
    progress.take({ type: "looked", files: 300 });
    progress.take({ type: "progress", analyzer: "ruff", files: 300, findings: 4 });
    progress.take({ type: "finished", analyzer: "tsc" });
    expect(progress.line(1_200)).toBe(
      "looking at files · 300 of 1,200 files · 4 findings so far · 1.2 s · working: eslint, ruff",
    );
    expect(progress.frame(1_200, 80).bar).toEqual({ done: "█".repeat(6), left: "░".repeat(18) });
  });

  it("do not count what the base has", () => {
    const progress = new CheckProgress();
    progress.take({ type: "started", files: 2, analyzers: ["ruff"] });
    progress.take({ type: "progress", analyzer: "ruff", files: 2, findings: 2 });
    progress.take({ type: "base", analyzers: ["ruff"] });
    progress.take({ type: "progress", analyzer: "ruff", files: 1, findings: 7 });
    expect(progress.line(500)).toContain("comparing with the base · 2 findings so far");
  });
});

class Terminal extends PassThrough {
  readonly isTTY = true;
  readonly columns = 80;
  readonly rows = 24;
  written = "";

  override write(chunk: string | Uint8Array, ...rest: unknown[]): boolean {
    this.written += chunk.toString();
    // Ink waits for what it wrote to be out.
    const done = rest.find((each) => typeof each === "function") as (() => void) | undefined;
    if (done !== undefined) queueMicrotask(done);
    return true;
  }
}

function contextOf(
  global: GlobalOptions,
  env: Record<string, string> = {},
): { context: CommandContext; stderr: Terminal } {
  const stderr = new Terminal();
  const context = {
    door: { stdin: new PassThrough(), stdout: stderr, stderr, env } as unknown as Door,
    world: {
      clock: { monotonic: () => performance.now() },
      log: { warn: (text: string) => void stderr.write(`warning: ${text}\n`), info() {}, debug() {} },
    },
    global,
    err: (text: string) => void stderr.write(text),
  } as unknown as CommandContext;
  return { context, stderr };
}

const long = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_500));

describe("on the screen", () => {
  it("stands what takes long, and nothing is left of it", async () => {
    const { context, stderr } = contextOf({ color: false });
    await withProgress(context, async (onEvent, world) => {
      onEvent({ type: "started", files: 3, analyzers: ["ruff"] });
      await long();
      expect(stderr.written).toContain("looking at files");
      world.log.warn("in between");
    });
    expect(stderr.written).toContain("warning: in between\n");
    // The last thing about the drawing is that its lines are erased.
    expect(stderr.written.lastIndexOf("\u001b[2K")).toBeGreaterThan(stderr.written.lastIndexOf("looking at files"));
  });

  it("stands nothing with --quiet, in CI and on a dumb terminal, nor for what is quick", async () => {
    const quick = contextOf({});
    await withProgress(quick.context, async () => undefined);
    const silent = [contextOf({ quiet: true }), contextOf({}, { CI: "true" }), contextOf({}, { TERM: "dumb" })];
    await Promise.all(silent.map(({ context }) => withProgress(context, long)));
    expect([quick, ...silent].map(({ stderr }) => stderr.written)).toEqual(["", "", "", ""]);
  });

  it("stand plain lines in CI with --verbose", async () => {
    const { context, stderr } = contextOf({ verbose: true }, { CI: "true" });
    await withProgress(context, async (onEvent) => onEvent({ type: "started", files: 3, analyzers: ["ruff"] }));
    expect(stderr.written).toMatch(/^looking at files · 0 findings so far · \S+ s · working: ruff\n$/);
  });
});
