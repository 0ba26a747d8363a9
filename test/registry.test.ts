/** Every plugin is listed, named after its file, documented and tested; nothing listed is a stub. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { actions } from "../src/actions/index.ts";
import { analyzers } from "../src/analyzers/index.ts";
import { commands } from "../src/cli/index.ts";
import { categories, severities } from "../src/model/finding.ts";
import { reports } from "../src/reports/index.ts";

const src = join(import.meta.dirname, "../src");

/** Files of a room's top level, without the index and what is not a plugin. */
function files(room: string, besides: readonly string[] = []): string[] {
  return readdirSync(join(src, room), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name.replace(/\.tsx?$/, ""))
    .filter((name) => name !== "index" && !besides.includes(name))
    .sort();
}

describe("analyzers", () => {
  it("are all listed, once, under their file's name, in order", () => {
    const ids = analyzers.map(({ id }) => id);
    expect([...ids].sort()).toEqual(files("analyzers", ["parse-check"]));
    expect(ids).toEqual([...ids].sort());
  });

  for (const analyzer of analyzers) {
    it(`${analyzer.id} is documented`, async () => {
      expect(analyzer.summary).toMatch(/^[A-Z].{10,}\.$/s);
      expect(analyzer.version).not.toBe("");
      expect(analyzer.rules.length > 0 || analyzer.openRules === true).toBe(true);
      const ids = analyzer.rules.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const rule of analyzer.rules) {
        expect(rule.id.startsWith(`${analyzer.id}/`), rule.id).toBe(true);
        expect(rule.summary.length, rule.id).toBeGreaterThan(10);
        expect(severities).toContain(rule.severity);
        expect(categories).toContain(rule.category);
      }
      if (analyzer.options === undefined) return;
      const schema = (await analyzer.options.schema()) as { safeParse(value: unknown): { success: boolean } };
      expect(schema.safeParse(analyzer.options.defaults).success, "its defaults fit its own schema").toBe(true);
      expect(schema.safeParse({ "no-such-option": 1 }).success, "unknown options are refused").toBe(false);
    });

    it(`${analyzer.id} has a case with findings`, () => {
      const folder = join(import.meta.dirname, "analyzers", analyzer.id);
      const cases = existsSync(folder) ? readdirSync(folder) : [];
      expect(cases.some((name) => existsSync(join(folder, name, "expected.txt")))).toBe(true);
    });
  }
});

describe("actions", () => {
  const room = join(src, "actions");
  const families = readdirSync(room, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const defined = families.flatMap(({ name: family }) =>
    readdirSync(join(room, family))
      .filter((file) => /^export const \w+ = define\w*Action\(/m.test(readFileSync(join(room, family, file), "utf8")))
      .map((file) => `${family}.${file.replace(/\.ts$/, "")}`),
  );

  it("are all listed, once, under their file's name, in order", () => {
    const ids = actions.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    expect(ids).toEqual(defined.sort());
  });

  for (const { id, load } of actions) {
    it(`${id} is documented`, async () => {
      const action = await load();
      expect(action.id).toBe(id);
      expect(action.summary).toMatch(/^[A-Z].{10,}\.$/s);
      const schemas = [action.inputs, action.outputs].map((schema) =>
        z.toJSONSchema(schema as unknown as z.ZodType, { io: "input", unrepresentable: "any" }),
      );
      for (const { type, properties = {} } of schemas) {
        expect(type).toBe("object");
        for (const [name, property] of Object.entries(properties)) {
          expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
          expect((property as { description?: string }).description ?? "", `${id}: ${name}`).not.toBe("");
        }
      }
      expect(action.inputs.safeParse({ "no-such-input": 1 }).success, "unknown inputs are refused").toBe(false);
    });

    // That a case exercises its real effect is proven by running it: test/actions/proof.test.ts.
    it(`${id} has a case`, () => {
      const folder = join(import.meta.dirname, "actions", id);
      const cases = existsSync(folder) ? readdirSync(folder) : [];
      expect(cases.some((name) => existsSync(join(folder, name, "case.yml")))).toBe(true);
    });
  }

  it("have no cases of actions that are not there", () => {
    const folders = readdirSync(join(import.meta.dirname, "actions"), { withFileTypes: true });
    const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(names.sort()).toEqual(actions.map(({ id }) => id).filter((id) => names.includes(id)));
  });
});

describe("commands", () => {
  it("are all listed, once, under their file's name, in order", () => {
    const names = commands.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    for (const name of names) expect(files("cli")).toContain(name);
  });

  for (const { name, summary, load } of commands) {
    it(`${name} has a summary and is what it says`, async () => {
      expect(summary.length).toBeGreaterThan(10);
      expect((await load()).name).toBe(name);
    });
  }
});

describe("report formats", () => {
  it("are named after their files", () => {
    for (const [id, format] of Object.entries(reports)) {
      expect(format.id).toBe(id);
      expect(existsSync(join(src, "reports", `${id}.ts`))).toBe(true);
      expect(format.summary).toMatch(/\.$/);
    }
  });
});
