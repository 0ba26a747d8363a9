/** Licences of installed packages, in directories that no repository would commit. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { licenses, type LicenseOptions } from "../../../src/analyzers/licenses.ts";
import { isLicense, judge } from "../../../src/analyzers/licenses/policy.ts";
import { SourceFile } from "../../../src/model/source-file.ts";

let root: string;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "codeflow-licenses-"));
  write("node_modules/plain/package.json", '{ "name": "plain", "version": "1.0.0", "license": "MIT" }');
  write(
    "node_modules/@s/old/package.json",
    '{ "name": "@s/old", "version": "2.0.0", "licenses": [{ "type": "AGPL-3.0" }] }',
  );
  write("node_modules/plain/node_modules/deep/package.json", '{ "name": "deep", "version": "3.0.0" }');
  write(
    "node_modules/.pnpm/x@1.0.0/node_modules/x/package.json",
    '{ "name": "x", "version": "1.0.0", "license": "AGPL-3.0-only" }',
  );
  write("node_modules/broken/package.json", "{");
  write(
    "api/.venv/lib/python3.13/site-packages/thing-1.dist-info/METADATA",
    "Metadata-Version: 2.1\nName: Some_Thing\nVersion: 1.5\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: GNU Affero General Public License v3\n\nLicense: not this\n",
  );
  write(
    "tool/vendor/crate/Cargo.toml",
    '[package]\nname = "crate"\nversion = "0.1.0"\nlicense = "MIT/AGPL-3.0-only"\n',
  );
  write("tool/vendor/strict/Cargo.toml", '[package]\nname = "strict"\nversion = "0.2.0"\nlicense = "AGPL-3.0-only"\n');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function check(options: Partial<LicenseOptions>, on: readonly string[] = []): Promise<readonly string[]> {
  const manifests = {
    "package.json": '{ "dependencies": { "plain": "^1.0.0" } }',
    "api/pyproject.toml": '[project]\nname = "api"\ndependencies = ["some.thing"]\n',
    "tool/Cargo.toml": '[package]\nname = "tool"\n',
  };
  const context = {
    options: { allow: [], deny: [], ignore: [], ...options },
    config: [],
    isRuleOn: (rule: string) => on.includes(rule),
    secretKey: "key",
  };
  const extraction = await licenses.load(context);
  const facts = new Map();
  for (const [path, text] of Object.entries(manifests)) {
    const fact = await extraction.extract(new SourceFile(path, Buffer.from(text)));
    if (fact !== undefined) facts.set(path, fact);
  }
  const result = await licenses.combine({
    ...context,
    facts,
    paths: new Set(Object.keys(manifests)),
    root,
    commits: [],
    exec: () => Promise.reject(new Error("nothing to run")),
    now: new Date(0),
    signal: new AbortController().signal,
  });
  return result.findings
    .map(({ rule, message, location }) => `${location.path}:${location.startLine} ${rule} ${message}`)
    .sort();
}

describe("licenses", () => {
  it("says nothing without a policy", async () => {
    expect(await check({})).toEqual([]);
  });

  it("finds denied licences wherever packages are installed", async () => {
    expect(await check({ deny: ["AGPL-3.0-only", "AGPL-3.0"] })).toEqual([
      "api/pyproject.toml:3 licenses/denied some-thing 1.5 is licensed under AGPL-3.0-only, which is denied",
      "package.json:1 licenses/denied @s/old 2.0.0 is licensed under AGPL-3.0, which is denied",
      "package.json:1 licenses/denied x 1.0.0 is licensed under AGPL-3.0-only, which is denied",
      "tool/Cargo.toml:1 licenses/denied strict 0.2.0 is licensed under AGPL-3.0-only, which is denied",
    ]);
  });

  it("names packages without a licence on request", async () => {
    expect(await check({}, ["licenses/unlicensed"])).toEqual([
      "package.json:1 licenses/unlicensed deep 3.0.0 declares no licence",
    ]);
  });

  it("judges expressions", () => {
    const policy = {
      allow: ["MIT", "Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"],
      deny: ["GPL-3.0+"],
      ignore: [],
    };
    expect(judge("MIT OR GPL-3.0-only", policy)).toBeUndefined();
    expect(judge("MIT AND GPL-3.0-only", policy)).toBe("denied");
    expect(judge("Apache License, Version 2.0", policy)).toBeUndefined();
    expect(judge("GPL-2.0-only WITH Classpath-exception-2.0", policy)).toBeUndefined();
    expect(judge("BSD-3-Clause", policy)).toBe("not-allowed");
    expect(judge("whatever", policy)).toBe("not-allowed");
    expect(judge("(".repeat(100_000), policy)).toBe("not-allowed");
    expect(isLicense("MIT")).toBe(true);
    expect(isLicense("MIT OR ISC")).toBe(false);
    expect(isLicense("Free")).toBe(false);
  });
});
