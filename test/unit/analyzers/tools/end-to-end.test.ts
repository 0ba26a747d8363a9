/** Real tools over the golden cases' inputs: found, run, read, and the checkout left as it was. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { analyzers } from "../../../../src/analyzers/index.ts";
import { checkout, contents, realPath, runTool, type Checkout } from "./tool-runner.ts";

const repository = join(import.meta.dirname, "../../../..");
const golden = join(repository, "test/analyzers");

/** A checkout with the input of a golden case; `packages` are linked from this repository's own. */
function checkoutOf(path: string, packages: boolean, extra: Record<string, string> = {}): Checkout {
  const input = join(golden, path, "input");
  const files: Record<string, string> = { ...extra };
  for (const entry of readdirSync(input, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[relative(input, file).replaceAll("\\", "/")] = readFileSync(file, "utf8");
  }
  Object.assign(files, extra);
  const project = checkout(files, realPath);
  if (packages) symlinkSync(join(repository, "node_modules"), join(project.root, "node_modules"));
  return project;
}

interface Run {
  readonly id: string;
  readonly path: string;
  /** Findings that every version has said so far, as `path:line rule`. */
  readonly expected: readonly string[];
  readonly extra?: Record<string, string>;
  /** Versions that the case's configuration is written for. */
  readonly versions?: RegExp;
}

/** Tools that this repository installs: they must be there. */
const ours: readonly Run[] = [
  {
    id: "biome",
    path: "biome/check",
    expected: [
      "src/cart.ts:6 biome/suspicious/noDoubleEquals",
      "src/cart.ts:1 biome/format",
      "src/broken.js:1 biome/parse",
    ],
  },
  {
    id: "eslint",
    path: "eslint/flat-config",
    expected: [
      "src/cart.js:4 eslint/eqeqeq",
      "src/cart.js:2 eslint/prefer-const",
      "src/broken.js:1 eslint/parse-error",
    ],
  },
  {
    id: "knip",
    path: "knip/unused",
    expected: ["src/names.js:2 knip/exports", "src/orphan.js:1 knip/files", "package.json:1 knip/dependencies"],
  },
  {
    id: "tsc",
    path: "tsc/errors",
    expected: ["src/order.ts:7 tsc/TS2322", "src/order.ts:8 tsc/TS2551", "src/order.ts:12 tsc/TS2322"],
    extra: { "package.json": '{ "devDependencies": { "typescript": "*" } }' },
  },
];

/** Tools that a machine may have: run where they are, passed over with the reason where they are not. */
const theirs: readonly Run[] = [
  { id: "bandit", path: "bandit/findings", expected: ["shop.py:8 bandit/B602", "shop.py:9 bandit/B506"] },
  { id: "checkstyle", path: "checkstyle/errors", expected: ["src/Order.java:4 checkstyle/ConstantName"] },
  {
    id: "clippy",
    path: "clippy/warnings",
    expected: ["src/lib.rs:11 clippy/needless_return", "src/lib.rs:3 clippy/len_zero"],
  },
  { id: "cppcheck", path: "cppcheck/findings", expected: ["src/order.c:8 cppcheck/memleak"] },
  {
    id: "gitleaks",
    path: "gitleaks/dir",
    expected: ["config/settings.py:3 gitleaks/shop-token", "config/settings.py:5 gitleaks/private-key"],
  },
  { id: "go-vet", path: "go-vet/problems", expected: ["shop.go:10 go-vet/printf", "sub/sub.go:4 go-vet/assign"] },
  {
    id: "golangci-lint",
    path: "golangci-lint/version-1",
    expected: ["shop.go:8 golangci-lint/misspell", "shop.go:14 golangci-lint/govet"],
    versions: /^1\./,
  },
  {
    id: "ktlint",
    path: "ktlint/errors",
    expected: ["src/Broken.kt:2 ktlint/syntax", "src/Shop.kt:2 ktlint/no-semi"],
  },
  {
    id: "mypy",
    path: "mypy/text",
    expected: ["src/shop.py:7 mypy/attr-defined", "src/shop.py:10 mypy/no-untyped-def"],
  },
  // Rules have names since 1.11; what is said of the configuration has one here.
  { id: "phpstan", path: "phpstan/version-0.12", expected: ["phpstan.neon:1 phpstan/ignore.unmatched"] },
  { id: "prettier", path: "prettier/list-different", expected: ["src/ugly.js:1 prettier/format"] },
  { id: "pyright", path: "pyright/errors", expected: ["src/shop.py:4 pyright/reportAttributeAccessIssue"] },
  { id: "rubocop", path: "rubocop/offenses", expected: ["shop.rb:6 rubocop/Lint/UselessAssignment"] },
  {
    id: "ruff-cli",
    path: "ruff-cli/check",
    expected: ["shop.py:1 ruff-cli/F401", "broken.py:1 ruff-cli/invalid-syntax"],
  },
  {
    id: "shellcheck",
    path: "shellcheck/scripts",
    expected: ["deploy.sh:2 shellcheck/SC2086", "broken.sh:3 shellcheck/SC1072"],
  },
  { id: "sqlfluff", path: "sqlfluff/lint", expected: ["broken.sql:1 sqlfluff/PRS"] },
  { id: "stylelint", path: "stylelint/config", expected: ["site.css:1 stylelint/color-no-invalid-hex"] },
  {
    id: "yamllint",
    path: "yamllint/config",
    expected: ["deploy.yml:3 yamllint/commas", "broken.yaml:3 yamllint/syntax"],
  },
];

async function expectRun(run: Run, packages: boolean, skip: (reason: string) => void): Promise<void> {
  const tool = analyzers.find(({ id }) => id === run.id);
  if (tool?.kind !== "tool") throw new Error(`${run.id} is no tool`);
  const project = checkoutOf(run.path, packages, run.extra);
  const before = contents(project.root);
  const there = await tool.detect(project);
  if (there?.status === "found" && run.versions?.test(there.version) === false) {
    skip(`the case is for another version than ${there.version}`);
    return;
  }
  const { detection, findings } = await runTool(tool, project);
  if (detection?.status === "missing" && !packages) {
    skip(detection.reason);
    return;
  }
  expect(detection).toMatchObject({ status: "found", version: expect.stringMatching(/^\d+\.|^unknown$/) });
  const said = findings.map(({ location, rule }) => `${location.path}:${location.startLine} ${rule}`);
  expect(said).toEqual(expect.arrayContaining([...run.expected]));
  for (const { location, suggestions = [] } of findings) {
    expect(project.paths).toContain(location.path);
    for (const edit of suggestions.flatMap(({ edits }) => edits)) expect(project.paths).toContain(edit.path);
  }
  // Nothing was written into the checkout.
  expect(contents(project.root)).toEqual(before);
}

describe("tools that this repository installs", () => {
  it.each(ours)("$id", async (run) => {
    await expectRun(run, true, (reason) => {
      throw new Error(reason);
    });
  });

  it("eslint's edits give what eslint --fix gives", async () => {
    const eslint = analyzers.find(({ id }) => id === "eslint");
    if (eslint?.kind !== "tool") throw new Error("no eslint");
    const project = checkoutOf("eslint/flat-config", true);
    const { findings } = await runTool(eslint, project);
    const edits = findings
      .flatMap(({ suggestions = [] }) => suggestions.filter(({ safety }) => safety === "safe"))
      .flatMap((suggestion) => suggestion.edits);
    expect(edits.length).toBeGreaterThan(0);
    let bytes = readFileSync(join(project.root, "src/cart.js"));
    for (const edit of [...edits].sort((a, b) => b.start - a.start)) {
      bytes = Buffer.concat([bytes.subarray(0, edit.start), Buffer.from(edit.text), bytes.subarray(edit.end)]);
    }
    await project.exec({
      command: join(repository, "node_modules/.bin/eslint"),
      args: ["--fix", "src/cart.js"],
      cwd: project.root,
    });
    expect(bytes.toString()).toBe(readFileSync(join(project.root, "src/cart.js"), "utf8"));
  });

  it("a tool in a directory below names its files from the root", async () => {
    const tsc = analyzers.find(({ id }) => id === "tsc");
    if (tsc?.kind !== "tool") throw new Error("no tsc");
    const project = checkout({
      "web/package.json": '{ "devDependencies": { "typescript": "*" } }',
      "web/tsconfig.json": '{ "compilerOptions": { "composite": true, "types": [] }, "include": ["src"] }',
      "web/src/a.ts": 'export const a: number = "é";\n',
    });
    mkdirSync(join(project.root, "web/node_modules"));
    symlinkSync(join(repository, "node_modules/.bin"), join(project.root, "web/node_modules/.bin"));
    const before = contents(project.root);
    const { findings } = await runTool(tsc, project);
    expect(findings.map(({ location, rule }) => `${location.path} ${rule}`)).toEqual(["web/src/a.ts tsc/TS2322"]);
    expect(contents(project.root)).toEqual(before);
  });

  it("a broken configuration is no green run", async () => {
    for (const [id, file, text] of [
      ["eslint", "eslint.config.js", "export default [{ rules: { 'no-such-rule': 'error' } }];"],
      ["biome", "biome.json", '{ "linter": { "rules": { "suspicious": { "noSuchRule": "error" } } } }'],
      ["tsc", "tsconfig.json", '{ "include": ["nowhere"] }'],
      ["knip", "knip.json", '{ "entry": 3 }'],
    ] as const) {
      const tool = analyzers.find((analyzer) => analyzer.id === id);
      if (tool?.kind !== "tool") throw new Error(`no ${id}`);
      const project = checkout({
        "package.json": '{ "type": "module", "devDependencies": { "typescript": "*" } }',
        [file]: text,
        "src/a.js": "export const a = 1;\n",
      });
      symlinkSync(join(repository, "node_modules"), join(project.root, "node_modules"));
      await expect(runTool(tool, project), id).rejects.toThrow();
    }
  });
});

describe("tools that the machine may have", () => {
  it.for(theirs)("$id", async (run, context) => {
    await expectRun(run, false, (reason) => {
      context.skip(reason);
    });
  });
});

it("every case that is run end to end is a golden case too", () => {
  for (const { path } of [...ours, ...theirs]) expect(existsSync(join(golden, path, "expected.txt")), path).toBe(true);
});
