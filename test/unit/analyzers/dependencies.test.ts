/** Dependencies: content hashes that agree with the managers' own, and rubbish. */
import { describe, expect, it } from "vitest";
import { dependencies, isDependencyFile, readDependencyFile } from "../../../src/analyzers/dependencies.ts";
import type { DependencyFacts, Manifest } from "../../../src/analyzers/dependencies/facts.ts";
import { SkipFile } from "../../../src/model/failure.ts";
import { SourceFile } from "../../../src/model/source-file.ts";

async function read(path: string, text: string): Promise<DependencyFacts | undefined> {
  return readDependencyFile(new SourceFile(path, Buffer.from(text)));
}

async function manifest(path: string, text: string): Promise<Manifest> {
  const facts = await read(path, text);
  if (facts?.kind !== "manifest") throw new Error("not a manifest");
  return facts;
}

async function drifts(files: Record<string, string>): Promise<readonly string[]> {
  const context = { options: {}, config: [], isRuleOn: () => true, secretKey: "key" };
  const facts = new Map<string, DependencyFacts>();
  for (const [path, text] of Object.entries(files)) {
    const one = await read(path, text);
    if (one !== undefined) facts.set(path, JSON.parse(JSON.stringify(one)));
  }
  const result = await dependencies.combine({
    ...context,
    facts,
    paths: new Set(Object.keys(files)),
    root: undefined,
    commits: [],
    exec: () => Promise.reject(new Error("nothing to run")),
    now: new Date(0),
    signal: new AbortController().signal,
  });
  return result.findings.filter(({ rule }) => rule === "dependencies/lockfile-drift").map(({ message }) => message);
}

describe("dependencies", () => {
  it("hashes composer.json as Composer does", async () => {
    // PHP: md5(json_encode(['extra' => [], 'name' => 'é/x', 'require' => ['a/b' => '^1']]))
    const facts = await manifest(
      "composer.json",
      '{ "name": "é/x", "require": { "a/b": "^1" }, "extra": {}, "type": "x" }',
    );
    const { createHash } = await import("node:crypto");
    const php = '{"extra":[],"name":"\\u00e9\\/x","require":{"a\\/b":"^1"}}';
    expect(facts.contentHashes).toEqual([createHash("md5").update(php).digest("hex")]);
  });

  it("hashes pyproject.toml as each version of poetry does", async () => {
    const { createHash } = await import("node:crypto");
    const hash = (json: string): string => createHash("sha256").update(json).digest("hex");
    const old = await manifest("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.9"\na = "^1"\n');
    const nulls =
      '{"dependencies": {"a": "^1", "python": "^3.9"}, "dev-dependencies": null, "extras": null, "source": null}';
    expect(old.contentHashes).toContain(hash(nulls));
    const project = await manifest("pyproject.toml", '[project]\nname = "x"\ndependencies = ["é>=1"]\n');
    expect(project.contentHashes).toContain(
      hash('{"project": {"dependencies": ["\\u00e9>=1"]}, "tool": {"poetry": {}}}'),
    );
  });

  it("is content with a lockfile that fits", async () => {
    const composer = '{ "require": { "a/b": "^1" } }';
    const hashed = await manifest("composer.json", composer);
    expect(
      await drifts({
        "composer.json": composer,
        "composer.lock": JSON.stringify({ "content-hash": hashed.contentHashes?.[0], packages: [] }),
      }),
    ).toEqual([]);
    expect(
      await drifts({
        "go.mod": "module x\nrequire a.b/c v1.0.0\n",
        "go.sum": "a.b/c v1.0.0/go.mod h1:x=\n",
      }),
    ).toEqual([]);
  });

  it("skips what does not parse, and never crashes on rubbish", async () => {
    const names = [
      "package.json",
      "package-lock.json",
      "pnpm-lock.yaml",
      "yarn.lock",
      "pyproject.toml",
      "poetry.lock",
      "uv.lock",
    ];
    names.push(
      "Cargo.toml",
      "Cargo.lock",
      "go.mod",
      "go.sum",
      "Gemfile",
      "Gemfile.lock",
      "composer.json",
      "composer.lock",
    );
    const rubbish = [
      "",
      "null",
      "[]",
      "{",
      '{"dependencies":[]}',
      '{"packages":{"":null,"node_modules/":{"version":1}}}',
    ];
    rubbish.push(
      "[".repeat(10_000),
      "a = 1\n[package]\n",
      "package = 1",
      "importers: 1",
      "importers: {.: []}",
      "\0\u{FFFD}",
    );
    rubbish.push("a".repeat(3_000_000), "gem ".repeat(500_000), "require (\n".repeat(100_000), "a: &a [*a]");
    for (const name of names) {
      for (const text of rubbish) {
        const started = performance.now();
        try {
          await read(name, text);
        } catch (error) {
          expect(error, `${name} ${text.slice(0, 40)}`).toBeInstanceOf(SkipFile);
        }
        expect(performance.now() - started, `${name} ${text.slice(0, 40)}`).toBeLessThan(15_000);
      }
    }
  });

  it("does not look into installed packages or fixtures", () => {
    expect(isDependencyFile("web/package.json")).toBe(true);
    expect(isDependencyFile("node_modules/a/package.json")).toBe(false);
    expect(isDependencyFile("test/fixtures/a/package.json")).toBe(false);
  });
});
