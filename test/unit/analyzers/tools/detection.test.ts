/** When a tool counts as configured, where its executable is looked for, and what is said when it is not there. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { analyzers } from "../../../../src/analyzers/index.ts";
import { detectedPlaces, isAtLeast } from "../../../../src/analyzers/tool-detection/detect.ts";
import type { ToolAnalyzer, ToolDetection } from "../../../../src/model/analyzer.ts";
import { checkout, type Checkout } from "./tool-runner.ts";

function tool(id: string): ToolAnalyzer {
  const found = analyzers.find((analyzer) => analyzer.id === id);
  if (found?.kind !== "tool") throw new Error(`${id} is no tool`);
  return found;
}

/** A folder that stands for PATH in one test. */
function pathFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "codeflow-path-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const npm = (name: string): string => JSON.stringify({ devDependencies: { [name]: "1.0.0" } });
const checks = '<module name="Checker"></module>';

/** By tool: files that configure it, the executable's name, what `--version` prints, the version in it. */
const configured: readonly [id: string, files: Record<string, string>, name: string, says: string, version: string][] =
  [
    ["bandit", { ".bandit": "[bandit]\n" }, "bandit", "bandit 1.8.0\n  python version = 3.12.1", "1.8.0"],
    ["bandit", { "pyproject.toml": "[tool.bandit]\nskips = []\n" }, "bandit", "bandit 1.8.0", "1.8.0"],
    ["biome", { "biome.json": "{}" }, "biome", "Version: 2.6.8", "2.6.8"],
    [
      "checkstyle",
      { "config/checkstyle/checkstyle.xml": checks },
      "checkstyle",
      "Checkstyle version: 10.21.4",
      "10.21.4",
    ],
    ["cppcheck", { ".cppcheck-suppressions": "" }, "cppcheck", "Cppcheck 2.10", "2.10"],
    ["eslint", { "eslint.config.js": "", "package.json": npm("eslint") }, "eslint", "v9.39.5", "9.39.5"],
    ["eslint", { ".eslintrc.json": "{}", "package.json": npm("eslint") }, "eslint", "v8.57.1", "8.57.1"],
    ["eslint", { "package.json": '{"eslintConfig":{}}' }, "eslint", "v8.57.1", "8.57.1"],
    ["gitleaks", { ".gitleaks.toml": "" }, "gitleaks", "8.30.0", "8.30.0"],
    ["gitleaks", { ".gitleaks.toml": "" }, "gitleaks", "version is set by build process", "unknown"],
    ["hadolint", { ".hadolint.yaml": "" }, "hadolint", "Haskell Dockerfile Linter 2.14.0", "2.14.0"],
    ["knip", { "knip.json": "{}" }, "knip", "6.44.2", "6.44.2"],
    ["ktlint", { ".editorconfig": "[*.kt]\nktlint_standard = enabled\n" }, "ktlint", "ktlint version 1.8.0", "1.8.0"],
    ["mypy", { "mypy.ini": "[mypy]\n" }, "mypy", "mypy 1.18.2 (compiled: yes)", "1.18.2"],
    ["mypy", { "setup.cfg": "[metadata]\n[mypy]\nstrict = true\n" }, "mypy", "mypy 1.18.2", "1.18.2"],
    ["osv-scanner", { "osv-scanner.toml": "" }, "osv-scanner", "osv-scanner version: 2.2.2\ncommit: n/a", "2.2.2"],
    ["phpstan", { "phpstan.neon.dist": "" }, "phpstan", "PHPStan - PHP Static Analysis Tool 2.1.33", "2.1.33"],
    ["prettier", { ".prettierrc": "{}" }, "prettier", "3.10.1", "3.10.1"],
    ["prettier", { "package.json": '{"prettier":{}}' }, "prettier", "3.10.1", "3.10.1"],
    ["pyright", { "pyrightconfig.json": "{}" }, "pyright", "pyright 1.1.414", "1.1.414"],
    ["rubocop", { ".rubocop.yml": "" }, "rubocop", "1.39.0", "1.39.0"],
    ["ruff-cli", { "pyproject.toml": "[tool.ruff.lint]\nselect = []\n" }, "ruff", "ruff 0.16.9", "0.16.9"],
    ["semgrep", { ".semgrep/rules.yml": "" }, "semgrep", "1.99.0", "1.99.0"],
    [
      "shellcheck",
      { ".shellcheckrc": "" },
      "shellcheck",
      "ShellCheck - shell script\nversion: 0.9.0\nlicense: x",
      "0.9.0",
    ],
    ["sqlfluff", { ".sqlfluff": "" }, "sqlfluff", "sqlfluff, version 3.5.0", "3.5.0"],
    ["stylelint", { ".stylelintrc.json": "{}" }, "stylelint", "17.16.0", "17.16.0"],
    ["swiftlint", { ".swiftlint.yml": "" }, "swiftlint", "0.62.2", "0.62.2"],
    ["tflint", { ".tflint.hcl": "" }, "tflint", "TFLint version 0.60.0", "0.60.0"],
    ["trivy", { "trivy.yaml": "" }, "trivy", "Version: 0.68.1", "0.68.1"],
    ["tsc", { "tsconfig.json": "{}", "package.json": npm("typescript") }, "tsc", "Version 7.0.2", "7.0.2"],
    [
      "vue-tsc",
      { "tsconfig.json": "{}", "A.vue": "", "package.json": npm("vue-tsc") },
      "vue-tsc",
      "Version 6.0.3",
      "6.0.3",
    ],
    ["yamllint", { ".yamllint": "" }, "yamllint", "yamllint 1.37.1", "1.37.1"],
    ["zizmor", { ".github/zizmor.yml": "" }, "zizmor", "zizmor 1.25.2", "1.25.2"],
  ];

/** Executables of these are never the repository's own. */
const onlyOnPath = new Set(["cppcheck"]);
/** A copy from elsewhere would not be the repository's own. */
const onlyInRepository = new Set(["knip", "tsc", "vue-tsc"]);

describe.each(configured)("%s with %j", (id, files, name, says, version) => {
  const evidence = expect.arrayContaining([expect.any(String)]);
  const hasManifest = "package.json" in files;

  it("is found in the repository's own place before PATH", async () => {
    const folder = pathFolder();
    const project = checkout(files, [folder]);
    const elsewhere = project.install(join(folder, name), says.replace(version, "0.0.1"));
    const own = project.install(`node_modules/.bin/${name}`, says);
    const detection = await tool(id).detect(project);
    expect(detection).toMatchObject(
      onlyOnPath.has(id)
        ? { status: "found", executable: elsewhere, version: "0.0.1" }
        : { status: "found", executable: own, version, evidence },
    );
    for (const path of detection?.evidence ?? []) expect(project.paths).toContain(path);
  });

  it("is found on PATH only where that is the repository's version too", async () => {
    const folder = pathFolder();
    const project = checkout(files, [folder]);
    const elsewhere = project.install(join(folder, name), says);
    const isForeign = onlyInRepository.has(id) || hasManifest;
    expect(await tool(id).detect(project)).toMatchObject(
      isForeign ? { status: "missing", evidence } : { status: "found", executable: elsewhere, version },
    );
  });

  it("is missing, with a way to get it, when there is no executable", async () => {
    const detection = await tool(id).detect(checkout(files));
    expect(detection).toMatchObject({ status: "missing", evidence });
    if (detection?.status === "missing") expect(detection.reason).toMatch(/not installed.*; \S+/);
  });

  it("is broken when the executable does not work", async () => {
    const folder = pathFolder();
    const project = checkout(files, [folder]);
    project.install(join(folder, name), "cannot load library", 1);
    project.install(`node_modules/.bin/${name}`, "cannot load library", 1);
    expect(await tool(id).detect(project)).toMatchObject({
      status: "broken",
      reason: expect.stringContaining("ended with 1: cannot load library"),
    });
  });
});

describe("an executable that cannot say its version", () => {
  const eslint = { "eslint.config.js": "", "package.json": npm("eslint") };

  it.each([
    ["prints rubbish", "#!/bin/sh\necho lorem ipsum\n", /printed no version: lorem ipsum/],
    ["says nothing", "#!/bin/sh\n", /printed no version/],
    ["is killed", "#!/bin/sh\nkill -SEGV $$\n", /was ended by SIGSEGV/],
    ["has no interpreter", "#!/no/such/interpreter\n", /could not be started/],
    ["finds no interpreter", "#!/usr/bin/env no-such-interpreter\n", /ended with 127/],
  ])("and %s is broken", async (_, script, reason) => {
    const project = checkout(eslint);
    writeFileSync(project.install("node_modules/.bin/eslint", ""), script);
    expect(await tool("eslint").detect(project)).toMatchObject({
      status: "broken",
      reason: expect.stringMatching(reason),
    });
  });

  it("is missing when it only stands for a program that is not installed", async () => {
    const folder = pathFolder();
    const python = checkout({ "mypy.ini": "[mypy]\n" }, [folder]);
    python.install(join(folder, "mypy"), "pyenv: mypy: command not found", 127);
    expect(await tool("mypy").detect(python)).toMatchObject({
      status: "missing",
      reason: expect.stringContaining("ended with 127: pyenv: mypy: command not found; install"),
    });

    const ruby = checkout(
      { ".rubocop.yml": "", Gemfile: "gem 'rubocop'\n", "Gemfile.lock": "    rubocop (1.39.0)\n" },
      [folder],
    );
    ruby.install(join(folder, "bundle"), "Could not find rubocop-1.39.0 in locally installed gems", 7);
    expect(await tool("rubocop").detect(ruby)).toMatchObject({
      status: "missing",
      reason: expect.stringContaining("run `bundle install`"),
    });
    ruby.install(join(folder, "bundle"), "[BUG] Segmentation fault", 134);
    expect(
      await tool("rubocop").detect(
        checkout({ ".rubocop.yml": "", "Gemfile.lock": "    rubocop (1.39.0)\n" }, [folder]),
      ),
    ).toMatchObject({ status: "broken" });

    const rust = checkout({ "clippy.toml": "", "Cargo.toml": "[package]\n", "src/lib.rs": "" }, [folder]);
    rust.install(join(folder, "cargo"), "error: 'cargo-clippy' is not installed for the toolchain 'stable'", 1);
    expect(await tool("clippy").detect(rust)).toMatchObject({ status: "missing" });
  });
});

it("no tool is used that a repository does not configure", async () => {
  const folder = pathFolder();
  const project = checkout(
    {
      "package.json": npm("left-pad"),
      "src/a.ts": "",
      "src/a.py": "",
      "a.sh": "",
      Dockerfile: "",
      "a.yml": "",
      "pyproject.toml": "[project]\nname = 'shop'\n",
      "setup.cfg": "[metadata]\nname = shop\n",
      "Cargo.toml": "[package]\nname = 'shop'\n",
      ".editorconfig": "root = true\n",
      // Material for tests and examples is not configuration.
      "tests/fixtures/eslint.config.js": "",
      "examples/app/tsconfig.json": "{}",
      "node_modules/x/.eslintrc.json": "{}",
    },
    [folder],
  );
  for (const { name } of names()) project.install(join(folder, name), "1.0.0");
  for (const analyzer of analyzers) {
    if (analyzer.kind !== "tool") continue;
    expect([analyzer.id, await analyzer.detect(project)]).toEqual([analyzer.id, undefined]);
  }
});

function names(): { name: string }[] {
  return [...configured.map(([, , name]) => ({ name })), { name: "go" }, { name: "cargo" }, { name: "golangci-lint" }];
}

describe("hooks and automation as evidence", () => {
  const hooks = (extra: string): string =>
    `repos:\n  - repo: x\n    rev: v1\n    hooks:\n      - id: shellcheck\n${extra}`;
  const detectShellcheck = async (files: Record<string, string>): Promise<ToolDetection | undefined> => {
    const folder = pathFolder();
    const project = checkout(files, [folder]);
    project.install(join(folder, "shellcheck"), "version: 0.9.0");
    return tool("shellcheck").detect(project);
  };

  it("counts a plain pre-commit hook, not one with arguments or filters of its own", async () => {
    expect(await detectShellcheck({ ".pre-commit-config.yaml": hooks("") })).toMatchObject({ status: "found" });
    expect(await detectShellcheck({ ".pre-commit-config.yaml": hooks("        args: [-x]\n") })).toBeUndefined();
    expect(await detectShellcheck({ ".pre-commit-config.yaml": hooks("        exclude: ^a\n") })).toBeUndefined();
    expect(await detectShellcheck({ ".pre-commit-config.yaml": "repos: [unclosed" })).toBeUndefined();
  });

  const workflow = (line: string): Record<string, string> => ({
    ".github/workflows/ci.yml": `jobs:\n\n${line}\n`,
    "bin/a.sh": "",
    "install.sh": "",
  });

  it.each([
    ["  - run: shellcheck -e SC2034 bin/*.sh install.sh", ["bin/*.sh", "install.sh"], ["--exclude=SC2034"]],
    ["  - run: git ls-files '*.sh' | xargs shellcheck --severity=warning", [], ["--severity=warning"]],
    [
      "  - run: shellcheck -e SC2034 -e SC2086 bin/*.sh install.sh",
      ["bin/*.sh", "install.sh"],
      ["--exclude=SC2034", "--exclude=SC2086"],
    ],
    ["      - uses: ludeeus/action-shellcheck@2.0.0", [], []],
  ])("counts %j in a workflow as what it is", async (line, targets, options) => {
    expect(await detectShellcheck(workflow(line))).toMatchObject({
      evidence: [".github/workflows/ci.yml"],
      settings: { targets: JSON.stringify(targets), options: JSON.stringify(options) },
    });
  });

  it.each([
    "  # - run: shellcheck bin/*.sh",
    "  - name: Run shellcheck everywhere",
    "  - run: sudo apt-get install shellcheck jq",
    "  - run: shellcheck --version",
    "  - run: shellcheck $FILES",
    "  - run: shellcheck ${{ matrix.file }}",
  ])("does not count %j", async (line) => {
    expect(await detectShellcheck(workflow(line))).toBeUndefined();
  });
});

it("hadolint is told every code that automation ignores", async () => {
  const folder = pathFolder();
  const project = checkout(
    { ".github/workflows/ci.yml": "  - run: hadolint --ignore DL3006 --ignore=DL3008 Dockerfile\n", Dockerfile: "" },
    [folder],
  );
  project.install(join(folder, "hadolint"), "Haskell Dockerfile Linter 2.14.0");
  const hadolint = tool("hadolint");
  const detection = await hadolint.detect(project);
  if (detection?.status !== "found") throw new Error(JSON.stringify(detection));
  const { executable, version, evidence, settings } = detection;
  const command = hadolint.command({
    executable,
    version,
    evidence,
    root: project.root,
    ...(settings === undefined ? {} : { settings }),
    files: ["Dockerfile"],
    options: {},
    tempDirectory: folder,
  });
  expect(command.args.join(" ")).toBe("--format json --no-color --ignore DL3006 --ignore DL3008 -- Dockerfile");
});

describe("monorepos", () => {
  const places = (detection: ToolDetection | undefined): unknown[] =>
    detectedPlaces(detection).map((place) => [place.directory ?? "", place.status, ...place.evidence]);

  it("eslint 9 runs in each place that has a configuration, at that place's version", async () => {
    const project = checkout({
      "eslint.config.js": "",
      "package.json": npm("eslint"),
      "packages/a/eslint.config.mjs": "",
      "packages/a/package.json": npm("eslint"),
    });
    project.install("node_modules/.bin/eslint", "v9.1.0");
    project.install("packages/a/node_modules/.bin/eslint", "v9.2.0");
    const detection = await tool("eslint").detect(project);
    expect(places(detection)).toEqual([
      ["", "found", "eslint.config.js"],
      ["packages/a", "found", "packages/a/eslint.config.mjs"],
    ]);
    expect(detectedPlaces(detection).map((place) => place.status === "found" && place.version)).toEqual([
      "9.1.0",
      "9.2.0",
    ]);
  });

  it("eslint 10 looks configuration up from each file, so one run is enough", async () => {
    const project = checkout({
      "eslint.config.js": "",
      "package.json": npm("eslint"),
      "packages/a/eslint.config.mjs": "",
    });
    project.install("node_modules/.bin/eslint", "v10.15.0");
    expect(places(await tool("eslint").detect(project))).toEqual([["", "found", "eslint.config.js"]]);
  });

  it("tsc checks the parts of a solution and the leaves of a base, each once", async () => {
    const project = checkout({
      "package.json": npm("typescript"),
      "tsconfig.json": '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "packages/lib" }] }',
      "tsconfig.app.json": '{ "include": ["src"] }',
      "packages/lib/tsconfig.json": '{ /* comment */ "extends": "../base/tsconfig.json", }',
      "packages/base/tsconfig.json": "{}",
      "packages/lib/src/inner/tsconfig.json": "{}",
    });
    project.install("node_modules/.bin/tsc", "Version 5.9.3");
    expect(places(await tool("tsc").detect(project)).sort()).toEqual([
      ["", "found", "tsconfig.app.json"],
      ["packages/lib", "found", "packages/lib/tsconfig.json"],
    ]);
  });

  it.each([
    [".nuxt", "run `nuxt prepare`"],
    [".svelte-kit", "run `svelte-kit sync`"],
    ["made", "run what generates it"],
  ])("tsc says when the project extends what a framework has yet to write: %s", async (folder, advice) => {
    const project = checkout({
      "package.json": npm("typescript"),
      "tsconfig.json": `{ "extends": "./${folder}/tsconfig.json" }`,
    });
    project.install("node_modules/.bin/tsc", "Version 5.9.3");
    expect(await tool("tsc").detect(project)).toMatchObject({
      status: "missing",
      reason: `tsconfig.json extends ${folder}/tsconfig.json, which is not there; ${advice}`,
    });
  });

  it("tsc leaves a project with Vue components to vue-tsc", async () => {
    const manifest = JSON.stringify({ devDependencies: { typescript: "1", "vue-tsc": "1" } });
    const project = checkout({ "package.json": manifest, "tsconfig.json": "{}", "src/A.vue": "" });
    project.install("node_modules/.bin/tsc", "Version 5.9.3");
    project.install("node_modules/.bin/vue-tsc", "Version 5.9.3");
    expect(await tool("tsc").detect(project)).toBeUndefined();
    expect(await tool("vue-tsc").detect(project)).toMatchObject({ status: "found" });
  });
});

describe("scope", () => {
  const scopeOf = async (id: string, files: Record<string, string>, says: string): Promise<string> => {
    const project: Checkout = checkout(files);
    project.install(`node_modules/.bin/${id}`, says);
    const detection = await tool(id).detect(project);
    return detection?.status === "found" ? (detection.scope ?? tool(id).scope) : "not found";
  };

  it.each([
    ['import js from "@eslint/js";\nexport default [js.configs.recommended];', "file"],
    [
      'import tseslint from "typescript-eslint";\nexport default tseslint.config(tseslint.configs.recommended);',
      "file",
    ],
    ['import tseslint from "typescript-eslint";\nexport default [tseslint.configs.recommendedTypeChecked];', "project"],
    ['import imports from "eslint-plugin-import";\nexport default [imports];', "project"],
    ['import shared from "./shared.js";\nexport default shared;', "project"],
    ["export default [{ languageOptions: { parserOptions: { projectService: true } } }];", "project"],
  ])("eslint with %j is judged by %s", async (text, expected) => {
    expect(await scopeOf("eslint", { "eslint.config.js": text }, "v9.0.0")).toBe(expected);
  });

  it.each([
    ['{ "linter": { "rules": { "recommended": true } } }', "file"],
    ['{ "linter": { "domains": { "project": "all" } } }', "project"],
    ['{ "extends": ["./base.json"] }', "project"],
  ])("biome with %j is judged by %s", async (text, expected) => {
    expect(await scopeOf("biome", { "biome.json": text }, "Version: 2.6.8")).toBe(expected);
  });
});

it("mypy from PATH counts only where the repository's dependencies are installed", async () => {
  const folder = pathFolder();
  const files = {
    "pyproject.toml": '[project]\ndependencies = ["requests>=2", "tomli; python_version < \'3.11\'"]\n[tool.mypy]\n',
  };
  const project = checkout(files, [folder]);
  const mypy = project.install(join(folder, "mypy"), "mypy 1.18.2");
  // Stands for the interpreter of the environment: it prints the first distribution that is not installed.
  const python = project.install(join(folder, "python3"), "requests");
  expect(await tool("mypy").detect(project)).toMatchObject({
    status: "missing",
    reason: expect.stringContaining("runs where requests, which the code depends on, is not installed"),
  });
  project.install(python, "");
  expect(await tool("mypy").detect(checkout(files, [folder]))).toMatchObject({ status: "found", executable: mypy });
});

it("versions compare as numbers", () => {
  expect(isAtLeast("10.0.1", 9, 12)).toBe(true);
  expect(isAtLeast("9.4.0", 9, 12)).toBe(false);
  expect(isAtLeast("1.11", 1, 11)).toBe(true);
  expect(isAtLeast("2.0.0-beta.1", 2)).toBe(true);
  expect(isAtLeast("8.50.9", 8, 51)).toBe(false);
});
