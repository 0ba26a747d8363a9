/** Readers of the formats, as their consumers have them: each throws when the text is not what it should be. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as formats from "ajv-formats";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { expect } from "vitest";

const require = createRequire(import.meta.url);
const addFormats = formats.default.default;

const checkRunSchema: object = JSON.parse(
  readFileSync(new URL("../../schemas/check-run.schema.json", import.meta.url), "utf8"),
);
const checkRunAjv = new Ajv2020({ allErrors: true });
const isCheckRun = checkRunAjv.compile(checkRunSchema);

export function parseCheckRun(text: string): Record<string, unknown> {
  const value: Record<string, unknown> = JSON.parse(text);
  if (!isCheckRun(value)) throw new Error(checkRunAjv.errorsText(isCheckRun.errors));
  return value;
}

/** The schema that OASIS published, as Microsoft's package carries it. It is draft 4: `id` became `$id` since. */
const {
  $schema: _draft,
  id: _id,
  ...sarifSchema
} = JSON.parse(readFileSync(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"));
const sarifAjv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
addFormats(sarifAjv);
const isSarif = sarifAjv.compile(sarifSchema);

export interface SarifLog {
  runs: {
    tool: { driver: { rules: { id: string; helpUri?: string; properties: Record<string, unknown> }[] } };
    automationDetails: { id: string };
    invocations: { executionSuccessful: boolean; toolExecutionNotifications?: { message: { text: string } }[] }[];
    results: SarifResult[];
  }[];
}

interface SarifResult {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: { physicalLocation: { artifactLocation: { uri: string }; region: Record<string, number> } }[];
  partialFingerprints?: { primaryLocationLineHash: string };
  baselineState: string;
  suppressions?: { kind: string }[];
  fixes?: { artifactChanges: { replacements: { deletedRegion: Record<string, number> }[] }[] }[];
}

export function parseSarif(text: string): SarifLog {
  const value: SarifLog = JSON.parse(text);
  if (!isSarif(value)) throw new Error(sarifAjv.errorsText(isSarif.errors, { separator: "\n" }));
  return value;
}

/** Strict about what XML 1.0 allows, also about characters, which the parser itself lets pass. */
export function parseXml(text: string): unknown {
  const problem = XMLValidator.validate(text);
  if (problem !== true) throw new Error(JSON.stringify(problem));
  // oxlint-disable-next-line no-control-regex -- XML 1.0 forbids exactly these
  expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  expect(text.isWellFormed()).toBe(true);
  return new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", parseAttributeValue: false }).parse(text);
}
