/** What the doctor says about healthy and about ill repositories. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { type Diagnosis, diagnose } from "../../../src/app/doctor.ts";
import type { World } from "../../../src/app/world.ts";
import { Failure } from "../../../src/model/failure.ts";
import { temporaryRepository, type TemporaryRepository } from "./temporary-repository.ts";

const repositories: TemporaryRepository[] = [];
afterEach(() => {
  for (const repository of repositories.splice(0)) repository.remove();
});

function repositoryWith(files: Record<string, string>): TemporaryRepository {
  const repository = temporaryRepository(files);
  repositories.push(repository);
  return repository;
}

async function examine(world: World, nodeVersion = "24.0.0"): Promise<(id: string) => Diagnosis | undefined> {
  const found = await diagnose({ nodeVersion, noExec: false }, world, "0.0.0");
  return (id) => found.find((one) => one.id === id);
}

it("finds a fresh repository well, but for the hook", async () => {
  const repository = repositoryWith({ "a.py": "import os\n" });
  const of = await examine(repository.world);
  for (const id of [
    "node",
    "git",
    "repository",
    "data",
    "database",
    "history",
    "cache",
    "engines",
    "config",
    "tools",
  ]) {
    expect(of(id), id).toMatchObject({ status: "ok" });
  }
  expect(of("hook")).toMatchObject({ status: "warn", next: "codeflow hook install" });
  expect(of("depth")).toBeUndefined();
  expect(of("merging")).toBeUndefined();
  expect(repository.git("status", "--porcelain")).toBe("?? a.py\n");
});

it("names what keeps a check from its work", async () => {
  const repository = repositoryWith({
    "codeflow.yml": "profil: fast\n",
    "a.py": "import os\n",
  });
  const of = await examine(repository.world, "20.11.1");
  expect(of("node")).toMatchObject({ status: "fail", message: "Node.js 20.11.1" });
  expect(of("config")).toMatchObject({ status: "fail" });
  expect(of("config")?.message).toContain('codeflow.yml:1:1: unknown key "profil"');
});

it("says what the repository is built with", async () => {
  const repository = repositoryWith({
    "package.json": '{ "name": "shop", "private": true, "dependencies": { "next": "15.0.0", "react": "19.0.0" } }\n',
    "pnpm-workspace.yaml": "packages: [packages/*]\n",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    "next.config.ts": "export default {};\n",
    "packages/ui/package.json": '{ "name": "ui" }\n',
    "packages/ui/src/index.ts": "export const ui = 1;\n",
    "examples/blog/package.json": '{ "dependencies": { "gatsby": "5.0.0" } }\n',
  });
  const of = await examine(repository.world);
  expect(of("project")).toEqual({
    id: "project",
    status: "ok",
    message: "Next.js, React; TypeScript; pnpm; pnpm workspaces (2 packages)",
  });
});

it("warns of a broken history, of a baseline that conflicts, of tools that are not there", async () => {
  const repository = repositoryWith({
    "codeflow.yml": "analyzers:\n  prettier: { required: true }\n",
    "package.json": '{ "devDependencies": { "eslint": "^10.0.0", "prettier": "^3.0.0" } }\n',
    ".prettierrc": "{}\n",
    "eslint.config.js": "export default [];\n",
    "a.js": "export const a = 1;\n",
    ".codeflow/baseline.jsonl": "<<<<<<< ours\n",
  });
  mkdirSync(join(repository.root, ".git/codeflow"));
  writeFileSync(
    join(repository.root, ".git/codeflow/history.db"),
    "this is no database, but long enough to look at".repeat(50),
  );
  const of = await examine(repository.world);
  expect(of("history")).toMatchObject({ status: "warn" });
  expect(of("history")?.message).toMatch(/begins anew/);
  expect(of("baseline")).toMatchObject({ status: "fail" });
  expect(of("merging")).toMatchObject({ status: "warn", next: "codeflow baseline install-merge-driver" });
  expect(of("eslint")).toMatchObject({ status: "warn" });
  expect(of("prettier")).toMatchObject({ status: "fail" });
});

it("warns where nothing can be kept", async () => {
  const repository = repositoryWith({ "a.py": "import os\n" });
  // A file where the folder should be: not even the superuser writes into it.
  writeFileSync(join(repository.root, ".git/codeflow"), "");
  const of = await examine(repository.world);
  expect(of("data")).toMatchObject({ status: "warn" });
  expect(of("history")).toMatchObject({ status: "warn" });
  expect(of("cache")).toMatchObject({ status: "warn" });
  expect(of("engines")).toMatchObject({ status: "ok" });
});

it("notices a shallow clone, and works outside git", async () => {
  const source = repositoryWith({ "a.py": "import os\n" });
  source.git("add", ".");
  source.git("commit", "-qm", "one");
  source.git("commit", "-qm", "two", "--allow-empty");
  const clone = join(source.root, "../clone");
  source.git("clone", "-q", "--depth", "1", `file://${source.root}`, clone);
  expect((await examine({ ...source.world, cwd: clone }))("depth")).toMatchObject({ status: "warn" });
  const plain = join(source.root, "../plain");
  mkdirSync(plain);
  expect((await examine({ ...source.world, cwd: plain }))("repository")).toMatchObject({ status: "warn" });
});

it("says so when git is not installed", async () => {
  const repository = repositoryWith({});
  const exec: World["exec"] = async () => {
    throw new Failure("CF102", "cannot start git", { why: "no such program" });
  };
  const of = await examine({ ...repository.world, exec });
  expect(of("git")).toMatchObject({ status: "warn" });
  expect(of("repository")).toMatchObject({ status: "fail" });
});
