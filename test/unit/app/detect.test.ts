/** The detection in a repository on disk: what is listed, what is read, and what commits say. */
import { afterEach, describe, expect, it } from "vitest";
import { detect } from "../../../src/app/detect.ts";
import { temporaryRepository, type TemporaryRepository } from "./temporary-repository.ts";

let repository: TemporaryRepository | undefined;
afterEach(() => repository?.remove());

async function found(): Promise<string[]> {
  if (repository === undefined) throw new Error("no repository");
  const { detections } = await detect(repository.world);
  return detections.filter(({ kind }) => kind !== "language").map(({ id, status }) => `${id} ${status}`);
}

describe("in a repository", () => {
  it("sees what is not tracked yet, not what is ignored or excluded", async () => {
    repository = temporaryRepository({
      "package.json": '{ "dependencies": { "next": "16" } }',
      ".gitignore": "fly.toml\n",
      "fly.toml": "",
      "old/package.json": '{ "dependencies": { "gatsby": "5" } }',
      "codeflow.yml": "exclude: [old/**]\n",
    });
    repository.git("init", "-q");
    expect(await found()).toEqual(["next active"]);
  });

  it("tells what is past from the commits", async () => {
    repository = temporaryRepository({ "replit.md": "# App", ".cursorrules": "x", "app.py": "print(1)\n" });
    repository.git("init", "-q");
    repository.git("add", "-A");
    repository.git("commit", "-qm", "Begin\n\nCo-authored-by: Claude <noreply@anthropic.com>");
    repository.git("rm", "-q", "replit.md");
    repository.git("commit", "-qm", "Leave\n\nReplit-Commit-Author: Agent");
    repository.git("mv", ".cursorrules", "rules.txt");
    repository.write(".cursor/rules/a.mdc", "x");
    repository.git("add", "-A");
    repository.git("commit", "-qm", "Move Co-authored-by: Jules <jules@example.org>");
    expect(await found()).toEqual(["replit-agent historical", "cursor active", "claude-code historical"]);
    const { detections } = await detect(repository.world);
    const signals = detections.flatMap(({ id, evidence }) => (id === "replit-agent" ? evidence : []));
    expect(signals.map(({ signal }) => signal)).toEqual([
      "Replit-Commit-Author trailers (1 of the last 3)",
      "replit.md was removed",
    ]);
    const middle = repository.git("rev-parse", "HEAD~1").trim();
    expect(signals.map(({ commit }) => commit)).toEqual([middle, middle]);
  });

  it("counts languages by what is on disk, staged or not, written a moment ago or not", async () => {
    repository = temporaryRepository({ "a.py": "x = 1\n", "b.rb": "puts 1\n", "c.go": "" });
    repository.git("init", "-q");
    repository.git("add", "-A");
    repository.git("commit", "-qm", "Begin");
    repository.write("a.py", "x = 1\n".repeat(10));
    repository.write("new.lua", "print(1)\n");
    const { detections } = await detect(repository.world);
    expect(detections.map(({ name, amount }) => `${name} ${amount?.bytes} ${amount?.files}`)).toEqual([
      "Python 60 1",
      "Lua 9 1",
      "Ruby 7 1",
    ]);
  });

  it("is not misled by links, and reads none", async () => {
    repository = temporaryRepository({ "AGENTS.md": "x" });
    repository.git("init", "-q");
    const { symlinkSync } = await import("node:fs");
    symlinkSync("AGENTS.md", `${repository.root}/CLAUDE.md`);
    symlinkSync("/etc/passwd", `${repository.root}/package.json`);
    expect(await found()).toEqual(["claude-code active", "agents-md active"]);
  });
});

it("reads the newest commit of a bare repository", async () => {
  repository = temporaryRepository({ "package.json": '{ "dependencies": { "next": "16" } }', "CLAUDE.md": "x" });
  repository.git("init", "-q");
  repository.git("add", "-A");
  repository.git("commit", "-qm", "Begin\n\nCo-authored-by: Cursor <cursoragent@cursor.com>");
  repository.git("clone", "-q", "--bare", ".", "../bare.git");
  const { detections } = await detect({ ...repository.world, cwd: `${repository.root}/../bare.git` });
  expect(detections.map(({ id, status }) => `${id} ${status}`)).toEqual([
    "claude-code active",
    "cursor historical",
    "next active",
  ]);
});

it("works in a folder outside of git", async () => {
  repository = temporaryRepository({
    "go.mod": "module a\n\nrequire github.com/gin-gonic/gin v1.0.0\n",
    "main.go": "package main\n",
  });
  expect(await found()).toEqual(["gin active", "go-modules active"]);
});
