/** What a summary remembers. */
import { describe, expect, it } from "vitest";
import { type PublishedState, readState, writeState } from "../../../../src/reports/pull-request/state.ts";

const finding = (index: number, path = "src/a.ts") => ({
  fingerprint: String(index).padStart(32, "0"),
  rule: "debugging/js-debugger",
  path,
  severity: "error" as const,
});
const state: PublishedState = {
  head: "a".repeat(40),
  base: "b".repeat(40),
  open: [finding(1), finding(2)],
  unlisted: 0,
};

describe("state", () => {
  it.each([
    ["as it is", state],
    ["with odd paths", { ...state, open: [finding(1, 'a-->b & "c" \u{1f600}.ts'), finding(2, "--")] }],
    ["without findings", { ...state, open: [], unlisted: 3 }],
  ])("comes back %s", (_how, given) => {
    const text = `Before.\n${writeState(given)}\nBehind.`;
    expect(readState(text)).toEqual(given);
    expect(writeState(given).slice(4, -3)).not.toMatch(/-->/);
  });

  it("keeps within its room and counts what it leaves out", () => {
    const open = Array.from({ length: 5_000 }, (_, index) => finding(index));
    const text = writeState({ ...state, open });
    expect(text.length).toBeLessThanOrEqual(24_000);
    const read = readState(text);
    expect((read?.open.length ?? 0) + (read?.unlisted ?? 0)).toBe(5_000);
    expect(read?.open[0]).toEqual(finding(0));
  });

  it.each([
    "",
    "<!-- codeflow-state",
    "<!-- codeflow-state nonsense -->",
    "<!-- codeflow-state [2,1] -->",
    `<!-- codeflow-state [1,"${"a".repeat(40)}","x",[],[],0] -->`,
    writeState(state).replace("debugging", '",1,"'),
    writeState(state).replace(/,0\]/, ",9]"),
  ])("of somebody's making is none: %s", (text) => {
    expect(readState(text)).toBeUndefined();
  });
});
