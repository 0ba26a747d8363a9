import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parse, parseDocument } from "yaml";
import { configSchema } from "../../../src/config/schema.ts";
import { type InitFacts, mergeDriverName, planInit, writeInitFiles } from "../../../src/project/init-files.ts";

const facts: InitFacts = {
  languages: [
    { name: "TypeScript", files: 120 },
    { name: "Python", files: 3 },
  ],
  tools: [
    { id: "eslint", status: "found" },
    { id: "mypy", status: "missing" },
  ],
  configFile: undefined,
  gitAttributes: undefined,
  isGit: true,
  schema: "./node_modules/codeflow/schemas/codeflow.schema.json",
  baseline: ".codeflow/baseline.jsonl",
  hook: { manager: "husky", path: ".husky/pre-commit", isInstalled: false },
};

const opened: string[] = [];
afterEach(() => {
  for (const root of opened.splice(0)) rmSync(root, { recursive: true });
});
function folder(): string {
  const root = mkdtempSync(join(tmpdir(), "codeflow-init-"));
  opened.push(root);
  return root;
}

describe("planInit", () => {
  it("writes a configuration that is valid as it stands and with every setting switched on", () => {
    for (const each of [facts, { ...facts, languages: [], tools: [] }]) {
      const config = planInit(each).files.find(({ path }) => path === "codeflow.yml");
      const text = config?.content ?? "";
      expect(text.split("\n")[0]).toBe(`# yaml-language-server: $schema=${facts.schema}`);
      expect(configSchema.parse(parse(text)).profile).toBe("smart");
      const everything = text.replace(/^#(?! \S)/gm, "");
      expect(parseDocument(everything).errors).toEqual([]);
      const full = configSchema.parse(parse(everything));
      expect(full.gate).toEqual(configSchema.parse({}).gate);
      expect(Object.keys(full.analyzers)).toEqual(each.tools.length > 0 ? ["eslint", "mypy"] : ["eslint"]);
      expect(text.split("\n").every((line) => line.length <= 125)).toBe(true);
    }
    expect(planInit(facts).files[0]?.content).toContain("TypeScript (120), Python (3)");
  });

  it("keeps what exists", () => {
    const plan = planInit({
      ...facts,
      configFile: ".codeflow.yaml",
      gitAttributes: "* text=auto\n/.codeflow/baseline.jsonl merge=union\n",
      hook: { manager: "git", path: ".git/hooks/pre-commit", isInstalled: true },
    });
    expect(plan.files.map(({ path, action }) => [path, action])).toEqual([
      [".codeflow.yaml", "keep"],
      [".gitattributes", "keep"],
    ]);
    expect(plan.hook?.action).toBe("keep");
  });

  it("adds one line to .gitattributes in the file's own line ends", () => {
    const line = `/.codeflow/baseline.jsonl merge=${mergeDriverName}`;
    const added = (gitAttributes: string | undefined): string =>
      planInit({ ...facts, gitAttributes }).files.find(({ path }) => path === ".gitattributes")?.content ?? "";
    expect(added(undefined)).toBe(`${line}\n`);
    expect(added("a b")).toBe(`\n${line}\n`);
    expect(added("a b\r\n")).toBe(`${line}\r\n`);
    expect(added(`# ${line}\n`)).toBe(`${line}\n`);
  });

  it("has nothing of git outside git", () => {
    const plan = planInit({ ...facts, isGit: false });
    expect([plan.files.length, plan.hook, plan.gitConfig]).toEqual([1, undefined, []]);
  });
});

describe("writeInitFiles", () => {
  it("creates and appends, and git understands it", async () => {
    for (const baseline of [".codeflow/baseline.jsonl", 'odd [dir]/base "line".jsonl']) {
      const root = folder();
      execFileSync("git", ["init", "-q", root]);
      writeFileSync(join(root, ".gitattributes"), "*.png binary");
      const plan = planInit({ ...facts, baseline, gitAttributes: "*.png binary" });
      expect(await writeInitFiles(root, plan)).toEqual(["codeflow.yml", ".gitattributes"]);
      expect(readFileSync(join(root, ".gitattributes"), "utf8").startsWith("*.png binary\n")).toBe(true);
      const attribute = execFileSync("git", ["check-attr", "-z", "merge", baseline], { cwd: root }).toString();
      expect(attribute.split("\0")[2]).toBe(mergeDriverName);
      const again = planInit({
        ...facts,
        baseline,
        configFile: "codeflow.yml",
        gitAttributes: readFileSync(join(root, ".gitattributes"), "utf8"),
      });
      expect(again.files.every(({ action }) => action === "keep")).toBe(true);
    }
  });

  it("does not overwrite a file that appeared since", async () => {
    const root = folder();
    writeFileSync(join(root, "codeflow.yml"), "mine\n");
    await expect(writeInitFiles(root, planInit(facts))).rejects.toMatchObject({ code: "EEXIST" });
    expect(readFileSync(join(root, "codeflow.yml"), "utf8")).toBe("mine\n");
  });
});

describe("the hook offered to the pre-commit framework", () => {
  it("is one entry with what the framework needs", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../.pre-commit-hooks.yaml"), "utf8");
    expect(parse(text)).toMatchObject([
      { id: "codeflow", entry: "codeflow check --staged", language: "node", pass_filenames: false },
    ]);
  });
});
