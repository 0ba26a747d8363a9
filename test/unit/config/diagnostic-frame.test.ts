/** Code frames of diagnostics. */
import { expect, it } from "vitest";
import { diagnosticFrame } from "../../../src/config/diagnostic-frame.ts";

const text = "profile: fast\nrules:\n  ruff/F401: eror\n\ntimeout: 5m\nlast: 1\n";

it("shows the lines around with a marker under the place", () => {
  expect(diagnosticFrame({ line: 3, column: 14, endLine: 3, endColumn: 18 }, text)).toBe(
    [
      "  1 | profile: fast",
      "  2 | rules:",
      "> 3 |   ruff/F401: eror",
      "    |              ^^^^",
      "  4 |",
      "  5 | timeout: 5m",
    ].join("\n"),
  );
});

it("marks one column where there is no end, and the rest of the line where the end is on another", () => {
  expect(diagnosticFrame({ line: 1, column: 10 }, text, { context: 0 })).toBe("> 1 | profile: fast\n    |          ^");
  expect(diagnosticFrame({ line: 1, column: 10, endLine: 3, endColumn: 1 }, text, { context: 0 })).toBe(
    "> 1 | profile: fast\n    |          ^^^^",
  );
});

it("knows every kind of line end and the place after the last character", () => {
  expect(diagnosticFrame({ line: 3, column: 2 }, "a\r\nb\rc\n", { context: 1 })).toBe(
    "  2 | b\n> 3 | c\n    |  ^\n  4 |",
  );
  expect(diagnosticFrame({ line: 9, column: 1 }, text)).toBe("");
  expect(diagnosticFrame({ line: 1, column: 1 }, "")).toBe("> 1 |\n    | ^");
});

it("keeps the marker under the text with tabs, and cuts long lines around it", () => {
  expect(diagnosticFrame({ line: 1, column: 3, endLine: 1, endColumn: 4 }, "\t\tx: 1")).toBe(
    "> 1 |     x: 1\n    |     ^",
  );
  const long = `${"a".repeat(500)}HERE${"b".repeat(500)}`;
  const [code = "", marker = ""] = diagnosticFrame({ line: 1, column: 501, endLine: 1, endColumn: 505 }, long).split(
    "\n",
  );
  expect(code.length).toBeLessThan(120);
  expect(code.slice(marker.indexOf("^"), marker.lastIndexOf("^") + 1)).toBe("HERE");
});

it("lets nothing through that commands a terminal or turns text around", () => {
  const frame = diagnosticFrame({ line: 1, column: 1 }, "a: \u001b[2Jx\u202Ey\u0007");
  expect(frame).toContain("a: ·[2Jx·y·");
});
