/** Finding the configuration file: exactly one, readable, inside the repository. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { configFileNames } from "../../../src/config/defaults.ts";
import { findConfig } from "../../../src/config/find-config.ts";

let parent: string;
let root: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "codeflow-config-"));
  root = join(parent, "repository");
  mkdirSync(join(root, ".codeflow"), { recursive: true });
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});
const codes = () => findConfig(root).diagnostics.map(({ file, code }) => `${file} ${code}`);

it("none is fine", () => {
  expect(findConfig(root)).toEqual({ file: undefined, text: "", diagnostics: [] });
});

it.each(configFileNames)("%s is found", (name) => {
  writeFileSync(join(root, name), "profile: fast\n");
  expect(findConfig(root)).toEqual({ file: name, text: "profile: fast\n", diagnostics: [] });
});

it("two are one too many, and it is said which", () => {
  writeFileSync(join(root, "codeflow.yml"), "");
  writeFileSync(join(root, ".codeflow/config.yml"), "");
  expect(findConfig(root).diagnostics).toMatchObject([
    {
      file: ".codeflow/config.yml",
      code: "second-config",
      severity: "error",
      message: "there is already codeflow.yml",
    },
  ]);
});

it("a link out of the repository, a directory, and other encodings are told", () => {
  writeFileSync(join(parent, "secret.yml"), "password: hunter2\n");
  symlinkSync("../secret.yml", join(root, "codeflow.yml"));
  expect(codes()).toEqual(["codeflow.yml outside-repository"]);
  expect(findConfig(root).text).toBe("");
  rmSync(join(root, "codeflow.yml"));
  mkdirSync(join(root, "codeflow.yml"));
  expect(codes()).toEqual(["codeflow.yml unreadable"]);
  rmSync(join(root, "codeflow.yml"), { recursive: true });
  writeFileSync(join(root, "codeflow.yml"), Buffer.from([0xff, 0xfe, 0x70, 0x00]));
  expect(codes()).toEqual(["codeflow.yml not-utf8"]);
});

it("a link within the repository is followed", () => {
  writeFileSync(join(root, ".codeflow/real.yml"), "profile: fast\n");
  symlinkSync(".codeflow/real.yml", join(root, "codeflow.yml"));
  expect(findConfig(root)).toMatchObject({ file: "codeflow.yml", text: "profile: fast\n", diagnostics: [] });
});
