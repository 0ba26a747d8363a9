/** Every row of the signature tables: documented, and found in its fixture. */
import { describe, expect, it } from "vitest";
import type { Signature } from "../../../../src/project/platforms/signature.ts";
import { signatureTables } from "../../../../src/project/platforms/signatures/index.ts";
import { platforms } from "./detect-fixture.ts";
import { fixtures } from "./fixtures.ts";

const rows = signatureTables.flatMap(({ kind, rows: own }) => own.map((row) => ({ id: row.id, kind, row })));

it("has no two rows of one id, and no fixture without a row", () => {
  const ids = rows.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(Object.keys(fixtures).filter((id) => !ids.includes(id))).toEqual([]);
});

it("knows what the product promises to know", () => {
  const count = (wanted: (kind: string) => boolean): number => rows.filter(({ kind }) => wanted(kind)).length;
  expect(
    count((kind) => ["ai-builder", "coding-agent", "cloud-ide", "hosting", "ci"].includes(kind)),
  ).toBeGreaterThanOrEqual(108);
  expect(count((kind) => kind === "framework")).toBeGreaterThanOrEqual(67);
});

/** Of these only one is expected in a fixture: a second one would be a signal that says too much. */
const exclusive = new Set(["ai-builder", "coding-agent", "cloud-ide", "hosting", "ci"]);

describe.each(rows)("$id", ({ id, kind, row }) => {
  it("says what confirmed it, in an id and a name", () => {
    expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(row.name).not.toBe("");
    expect(row.confirmed).toMatch(/^(?:[FSLCVNPRID]|RS)\b/);
    expect(row.signals.length).toBeGreaterThan(0);
  });

  it("is found in its fixture", async () => {
    const fixture = fixtures[id];
    expect(fixture, "a row needs a fixture").toBeDefined();
    if (fixture === undefined) return;
    const found = await platforms(fixture);
    const own = found.find((one) => one.id === id);
    expect(own, JSON.stringify(found)).toMatchObject({ name: row.name, kind, scope: "" });
    expect(own?.status).toBe(fixture.commits === undefined ? "active" : "historical");
    expect(own?.confidence).toBeGreaterThanOrEqual(row.evenWeak === true ? 0.35 : 0.5);
    expect(own?.evidence.length).toBeGreaterThan(0);
    // A workflow that deploys is a workflow.
    const expected = new Set([id, "github-actions"]);
    const others = found.filter((one) => !expected.has(one.id) && exclusive.has(one.kind) && exclusive.has(kind));
    expect(others).toEqual([]);
  });

  it("is not found where the same lies in somebody else's folder", async () => {
    const fixture = fixtures[id];
    if (fixture === undefined || Object.keys(fixture.files).length === 0) return;
    for (const folder of [
      "fixtures/a",
      "testdata",
      "examples/app",
      "src/__tests__",
      "vendor/x",
      "node_modules/y",
      "docs",
    ]) {
      const moved = Object.fromEntries(
        Object.entries(fixture.files).map(([path, text]) => [`${folder}/${path}`, text]),
      );
      expect(await platforms({ files: moved }), folder).toEqual([]);
    }
  });

  it("has no signal that another row of the table takes for itself with the same strength", () => {
    const key = (signal: Signature["signals"][number]): string =>
      JSON.stringify(signal, (_, value: unknown) => (value instanceof RegExp ? value.source : value));
    const own = new Set(row.signals.map(key));
    const shared = rows.filter((one) => one.id !== id && one.row.signals.some((signal) => own.has(key(signal))));
    expect(shared.map((one) => one.id)).toEqual([]);
  });
});
