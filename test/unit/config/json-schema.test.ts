/** The published JSON Schema: in step with the code, and of one mind with the loader. `UPDATE_GOLDEN=1` rewrites it. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import ajvFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { analyzers } from "../../../src/analyzers/index.ts";
import { schemaPath } from "../../../src/config/defaults.ts";
import { configJsonSchema, configJsonSchemaText } from "../../../src/config/json-schema.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import { exampleAnalyzers } from "./example-analyzers.ts";

const published = join(import.meta.dirname, "../../..", schemaPath);

it("schemas/codeflow.schema.json is what the code says", async () => {
  const text = await configJsonSchemaText(analyzers);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(published, text);
  expect(existsSync(published)).toBe(true);
  expect(text).toBe(readFileSync(published, "utf8"));
});

describe("an editor with the schema says what the loader says", async () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajvFormats.default(ajv);
  const validate = ajv.compile(await configJsonSchema(exampleAnalyzers));
  it.each([
    ["{}", true],
    ["profile: fast", true],
    ["profile: quick", false],
    ["unknown: 1", false],
    ["rules: { secrets/aws-key: off, ruff/*: error }", true],
    ["rules: { secrets/aws-key: no }", false],
    ["rules: { word: off }", false],
    ["overrides: [{ files: [a], rules: { secrets/aws-key: off } }]", true],
    ["overrides: [{ files: [a], rules: { secrets/aws-key: maybe } }]", false],
    ["analyzers: { complexity: { options: { limit: 3 } } }", true],
    ["analyzers: { complexity: { options: { limit: no } } }", false],
    ["analyzers: { complexity: { options: { limt: 3 } } }", false],
    ["analyzers: { secrets: { options: {} } }", false],
    ["analyzers: { nobody: {} }", false],
    ["analyzers: { ruff: { timeout: 5m } }", true],
    ["analyzers: { ruff: { timeout: 5 minutes } }", false],
    ["ignore: [{ rule: a/b }]", false],
    ["ignore: [{ rule: a/b, reason: why, until: 2027-01-01 }]", true],
    ["gate: [{ max: 0, where: { severity: [error, warning] } }]", true],
    ["gate: [{ max: 0, where: { severity: [bad] } }]", false],
    ["reports: [{ format: sarif, path: a.sarif }]", true],
    ["reports: [{ format: pdf, path: a.pdf }]", false],
  ])("%s", async (text, valid) => {
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(valid);
    const { config } = await loadConfig({ text, file: "codeflow.yml", analyzers: exampleAnalyzers });
    expect(config !== undefined).toBe(valid);
  });
});
