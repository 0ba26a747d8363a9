/** What a tool did not really say must never be read as "nothing found". */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { analyzers } from "../../../../src/analyzers/index.ts";
import type { ToolAnalyzer, ToolOutput } from "../../../../src/model/analyzer.ts";

const tools = analyzers.filter((analyzer): analyzer is ToolAnalyzer => analyzer.kind === "tool");
const golden = join(import.meta.dirname, "../../../analyzers");

/** Tools whose answer to a clean project is silence, so that an empty output with exit code 0 is an answer. */
const silentWhenClean = new Set(["go-vet", "mypy", "prettier", "tsc", "vue-tsc", "yamllint"]);

function said(text: string, exitCode: number): ToolOutput {
  // Whichever of the three the tool reads, it finds the same there.
  return { stdout: text, stderr: "", file: text, exitCode, root: "/repository", read: () => undefined };
}

/** The recorded text that the tool's parser reads. */
function recordings(id: string): string[] {
  const folder = join(golden, id);
  return readdirSync(folder)
    .map((name) => ["output", "stdout"].map((file) => join(folder, name, file)).find((file) => existsSync(file)))
    .filter((file) => file !== undefined)
    .map((file) => readFileSync(file, "utf8"));
}

it("there are tools to test", () => {
  expect(tools.length).toBeGreaterThanOrEqual(29);
});

describe.each(tools.map((tool) => [tool.id, tool] as const))("%s", (id, tool) => {
  it("refuses no output at all", () => {
    expect(() => tool.parse(said("", 1))).toThrow();
    if (silentWhenClean.has(id)) expect(tool.parse(said("", 0))).toEqual([]);
    else expect(() => tool.parse(said("", 0))).toThrow();
  });

  it.each(["not what was promised", "Segmentation fault", "<html><body>502</body></html>"])("refuses %j", (text) => {
    expect(() => tool.parse(said(text, 0))).toThrow();
    expect(() => tool.parse(said(text, 1))).toThrow();
  });

  if (!silentWhenClean.has(id)) {
    it.each(["null", '"x"', "3", "true", '[{"unexpected":1}]', '{"unexpected":1}'])("refuses the JSON %s", (text) => {
      expect(() => tool.parse(said(text, 0))).toThrow();
    });

    it("refuses recorded output that was cut off", () => {
      const texts = recordings(id);
      expect(texts.length).toBeGreaterThan(0);
      for (const text of texts) {
        const whole = text.trimEnd();
        for (const part of [0.25, 0.5, 0.9]) {
          expect(() => tool.parse(said(whole.slice(0, Math.floor(whole.length * part)), 1))).toThrow();
        }
        expect(() => tool.parse(said(whole.slice(0, -1), 1))).toThrow();
      }
    });
  }

  it("says what it is", () => {
    expect(tool.summary).toMatch(/\.$/);
    expect(tool.timeoutSeconds).toBeGreaterThan(0);
    expect(tool.profile === "smart" || tool.profile === "comprehensive").toBe(true);
  });
});
