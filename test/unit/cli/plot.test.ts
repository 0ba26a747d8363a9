/** Curves and tables, as they stand on the screen. */
import { describe, expect, it } from "vitest";
import { plotLines } from "../../../src/cli/plot.ts";
import { table } from "../../../src/cli/table.ts";

const plain = { format: String, paint: (text: string) => text, dim: (text: string) => text };

function points(...values: number[]): { at: string; value: number }[] {
  return values.map((value, i) => ({ at: `2026-03-${String(i + 1).padStart(2, "0")}T10:00:00.000Z`, value }));
}

describe("plot", () => {
  it("rises from corner to corner, with its scale and dates", () => {
    expect(plotLines(points(0, 100), { ...plain, width: 30, height: 5 })).toEqual([
      " 100 ┤                   ⢀⡠⠤⠒⠉",
      "     │              ⢀⡠⠤⠒⠉⠁",
      "  50 ┤         ⢀⣀⠤⠒⠉⠁",
      "     │    ⢀⣀⠤⠒⠊⠁",
      "   0 ┤⣀⠤⠒⠊⠁",
      "     └────────────────────────",
      "      2026-03-01    2026-03-02",
    ]);
  });

  it("never leaves its frame, whatever the numbers", () => {
    for (const values of [
      [5],
      [0, 0],
      [-3, -3],
      [1e9, 0.001],
      [1, 2, 3, 2, 1, 9, -4],
      Array.from({ length: 500 }, (_, i) => i % 17),
    ]) {
      const lines = plotLines(points(...values), { ...plain, width: 60, height: 5 });
      expect(lines).toHaveLength(7);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
      expect(lines.slice(0, 5).join("")).toMatch(/[\u2801-\u28ff]/);
    }
  });
});

describe("table", () => {
  const columns = [{ title: "a" }, { title: "n", align: "right" as const, drop: 1 }, { title: "text" }];

  it("aligns, and cuts only the last column", () => {
    expect(
      table(
        columns,
        [
          ["x", "1", "short"],
          ["long", "200", "a text that is far too long"],
        ],
        { width: 30 },
      ),
    ).toBe("a       n  text\nx       1  short\nlong  200  a text that is far…\n");
  });

  it("leaves out what has no room", () => {
    expect(table(columns, [["long name here", "1", "some text of a message"]], { width: 30 })).toBe(
      "a               text\nlong name here  some text of …\n",
    );
  });

  it("makes control characters visible and counts wide letters twice", () => {
    expect(
      table(
        [{}, {}],
        [
          ["\u001b[31m", "a"],
          ["漢字", "b"],
        ],
        { width: 40 },
      ),
    ).toBe("␛[31m  a\n漢字   b\n");
  });
});
