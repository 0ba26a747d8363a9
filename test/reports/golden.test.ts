/** Every format renders the shared run as its golden file says. `UPDATE_GOLDEN=1` rewrites them; read the diff. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ReportContext } from "../../src/model/report.ts";
import { renderReport, reportFormats, reports } from "../../src/reports/index.ts";
import { checkRunJsonSchema } from "../../src/reports/json-schema.ts";
import { context, run } from "./run.ts";

const update = process.env["UPDATE_GOLDEN"] === "1";

function expectGolden(file: string, actual: string): void {
  if (update) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
  }
  expect(existsSync(file), `${file} is missing: UPDATE_GOLDEN=1 writes it`).toBe(true);
  expect(actual).toBe(readFileSync(file, "utf8"));
}

const golden = join(import.meta.dirname, "golden");

describe("reports, golden files", () => {
  for (const id of reportFormats) {
    it(id, async () => {
      expectGolden(join(golden, `run.${id}.${reports[id].extension}`), await renderReport(id, run, context));
    });
  }

  const pretty: Readonly<Record<string, Partial<ReportContext>>> = {
    "color-80": { color: true, links: true, width: 80 },
    limited: { limit: 4, width: 80 },
    verbose: { verbose: true },
  };
  for (const [name, options] of Object.entries(pretty)) {
    it(`pretty, ${name}`, async () => {
      expectGolden(join(golden, `pretty.${name}.txt`), await renderReport("pretty", run, { ...context, ...options }));
    });
  }

  it("sarif with what is suppressed", async () => {
    const text = await renderReport("sarif", run, { ...context, includeSuppressed: true });
    expectGolden(join(golden, "sarif.suppressed.sarif"), text);
  });

  it("the published JSON Schema is the one that the code generates", async () => {
    const file = join(import.meta.dirname, "../../schemas/check-run.schema.json");
    expectGolden(file, `${JSON.stringify(await checkRunJsonSchema(), null, 2)}\n`);
  });
});

describe("the table of formats", () => {
  it("lists each under its own id, sorted, with words", () => {
    expect(Object.keys(reports)).toEqual([...reportFormats]);
    expect([...reportFormats]).toEqual([...reportFormats].sort());
    for (const [id, format] of Object.entries(reports)) {
      expect(format.id).toBe(id);
      expect(format.summary).toMatch(/^[A-Z].*\.$/);
      expect(format.mime).toMatch(/^[a-z]+\/[a-z+]+$/);
    }
  });
});
