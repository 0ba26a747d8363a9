/** Which files a command line names. */
import { describe, expect, it } from "vitest";
import {
  fileArguments,
  targetsSetting,
  withinTargets,
} from "../../../../src/analyzers/tool-detection/file-arguments.ts";
import { scriptUse } from "../../../../src/analyzers/tool-detection/manifests.ts";

describe("fileArguments", () => {
  it("names files from the directory and hides leading dashes", () => {
    expect(fileArguments({ files: ["web/-rf.js", "web/a/b.js", "api/c.js"], directory: "web" })).toEqual([
      "./-rf.js",
      "a/b.js",
    ]);
    expect(fileArguments({ files: ["@list", "+x", "a"] })).toEqual(["./@list", "./+x", "a"]);
  });

  it("names what holds them when they would not fit", () => {
    const files = Array.from({ length: 30_000 }, (_, index) => `src/some/long/directory/name/file-${index}.ts`);
    expect(fileArguments({ files: [...files, "lib/a.ts", "b.ts"] })).toEqual(["src", "lib", "b.ts"]);
  });
});

describe("withinTargets", () => {
  const files = ["src/a.ts", "src/b/c.tsx", "src-old/d.ts", "README.md", "web/src/e.ts"];
  it.each([
    [[], files],
    [["."], files],
    [["src"], ["src/a.ts", "src/b/c.tsx"]],
    [["./src/"], ["src/a.ts", "src/b/c.tsx"]],
    [["src/**/*.{ts,tsx}"], ["src/a.ts", "src/b/c.tsx"]],
    [
      ["**/*.ts", "!src"],
      ["src-old/d.ts", "web/src/e.ts"],
    ],
    [
      ["**/*.ts", "!src/**"],
      ["src-old/d.ts", "web/src/e.ts"],
    ],
    [["*.md"], ["README.md"]],
  ])("%j", (targets, expected) => {
    expect(withinTargets(files, "", targets)).toEqual(expected);
  });

  it("counts from the directory of the script", () => {
    expect(withinTargets(files, "web", ["src"])).toEqual(["web/src/e.ts"]);
  });
});

it("targets that name no tracked file are none", () => {
  const paths = new Set(["src/a.ts"]);
  expect(targetsSetting(paths, "", ["src"])).toBe('["src"]');
  expect(targetsSetting(paths, "", ["value-of-an-unknown-option"])).toBe("[]");
});

describe("scriptUse", () => {
  const use = (script: string): unknown => {
    const found = scriptUse({ path: "package.json", dependencies: new Set(), scripts: [script], value: {} }, "eslint", [
      "--ext",
      "-c",
    ]);
    return found === undefined ? undefined : [found.targets, Object.fromEntries(found.options)];
  };
  it.each([
    ["eslint src test --fix", [["src", "test"], { "--fix": [""] }]],
    ['cross-env A=1 eslint --ext .ts,.tsx "src/**/*.ts" && tsc', [["src/**/*.ts"], { "--ext": [".ts,.tsx"] }]],
    ["tsc; npx eslint -c x.js --max-warnings=0 .", [["."], { "-c": ["x.js"], "--max-warnings": ["0"] }]],
    ["eslint src > out.txt 2>&1", [["src"], {}]],
    ["eslint src $FILES", [[], {}]],
    ["npm i eslint", undefined],
    ["stylelint eslint-files", undefined],
  ])("%s", (script, expected) => {
    expect(use(script)).toEqual(expected);
  });
});
