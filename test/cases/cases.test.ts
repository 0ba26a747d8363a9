/**
 * Whole-program scenarios: `test/cases/<name>/case.yml`, run against the built program in a fresh repository.
 *
 * A case is `about:` and `steps:`, each step one of
 * - `write: { path: content }`, `append: { path: content }`, `delete: [path]`, `move: { from: to }`,
 *   `link: { path: target }`, `mode: { path: "755" }`, `hex: { path: "00ff" }`;
 * - `git: <arguments>` or `git: [<arguments>, …]` (words split at spaces, single quotes keep them together);
 * - `package: [names]`: links installed packages of this project into the repository's node_modules;
 * - `codeflow: <arguments>` with `exit:` (0 unless said), `stdout:`, `stderr:` (either may be left out; then it is not
 *   looked at), `env:` and `input:`.
 *
 * Durations, today's date and the repository's path are replaced in the output. `UPDATE_GOLDEN=1` rewrites the expectations.
 */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isMap, isSeq, parseDocument, Scalar } from "yaml";

const here = import.meta.dirname;
const project = join(here, "../..");
const folders: string[] = [];

interface Step {
  write?: Record<string, string>;
  append?: Record<string, string>;
  delete?: string[];
  move?: Record<string, string>;
  link?: Record<string, string>;
  mode?: Record<string, string>;
  hex?: Record<string, string>;
  git?: string | string[];
  package?: string[];
  codeflow?: string;
  exit?: number;
  stdout?: string;
  stderr?: string;
  env?: Record<string, string>;
  input?: string;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe("cases", () => {
  for (const entry of readdirSync(here, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const file = join(here, entry.name, "case.yml");
    it.concurrent(entry.name, () => runCase(file));
  }
});

async function runCase(file: string): Promise<void> {
  const document = parseDocument(readFileSync(file, "utf8"));
  const { about, steps } = document.toJS() as { about?: string; steps: Step[] };
  expect(about, "a case says what it is about").toBeTruthy();
  expect(
    steps.some((step) => step.codeflow !== undefined),
    "a case runs codeflow",
  ).toBe(true);
  const base = realpathSync(mkdtempSync(join(tmpdir(), "codeflow-case-")));
  folders.push(base);
  const root = join(base, "repository");
  mkdirSync(root);
  mkdirSync(join(base, "home"));
  const nodes = document.get("steps");
  for (const [index, step] of steps.entries()) {
    const actual = runStep(step, root, base);
    if (actual === undefined) continue;
    if (process.env["UPDATE_GOLDEN"] === "1" && isSeq(nodes)) {
      const node = nodes.get(index);
      if (!isMap(node)) continue;
      for (const stream of ["stdout", "stderr"] as const) {
        if (step[stream] === undefined) continue;
        const scalar = new Scalar(actual[stream]);
        if (actual[stream].includes("\n")) scalar.type = Scalar.BLOCK_LITERAL;
        node.set(stream, scalar);
      }
      if (actual.exit !== 0 || step.exit !== undefined) node.set("exit", actual.exit);
      writeFileSync(file, document.toString({ lineWidth: 0 }));
      continue;
    }
    const where = `step ${index + 1}: codeflow ${step.codeflow}\n${actual.stderr}`;
    if (step.stdout !== undefined) expect(actual.stdout, where).toBe(step.stdout);
    if (step.stderr !== undefined) expect(actual.stderr, where).toBe(step.stderr);
    expect(actual.exit, `${where}\n${actual.stdout}`).toBe(step.exit ?? 0);
  }
}

function runStep(step: Step, root: string, base: string): { stdout: string; stderr: string; exit: number } | undefined {
  const place = (path: string): string => {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    return target;
  };
  for (const [path, content] of Object.entries(step.write ?? {})) writeFileSync(place(path), content);
  for (const [path, content] of Object.entries(step.append ?? {})) appendFileSync(place(path), content);
  for (const path of step.delete ?? []) rmSync(join(root, path), { recursive: true });
  for (const [from, to] of Object.entries(step.move ?? {})) renameSync(join(root, from), place(to));
  for (const [path, target] of Object.entries(step.link ?? {})) symlinkSync(target, place(path));
  for (const [path, mode] of Object.entries(step.mode ?? {})) chmodSync(join(root, path), Number.parseInt(mode, 8));
  for (const [path, hex] of Object.entries(step.hex ?? {})) writeFileSync(place(path), Buffer.from(hex, "hex"));
  for (const name of step.package ?? []) linkPackage(name, root);
  const env = environment(base, step.env);
  for (const line of typeof step.git === "string" ? [step.git] : (step.git ?? [])) {
    const result = spawnSync("git", words(line.replaceAll("<root>", root)), { cwd: root, env, encoding: "utf8" });
    if (result.status !== 0) throw new Error(`git ${line}: ${result.stderr}${result.stdout}`);
  }
  if (step.codeflow === undefined) return undefined;
  const result = spawnSync(process.execPath, [join(project, "bin/codeflow.js"), ...words(step.codeflow)], {
    cwd: root,
    env,
    encoding: "utf8",
    input: step.input ?? "",
  });
  const clean = (text: string): string =>
    text
      .replaceAll(root, "<root>")
      .replaceAll(base, "<base>")
      .replace(/\b\d+(\.\d+)? ?m?s\b/g, "<time>")
      .replace(/"durationMs": \d+(\.\d+)?/g, '"durationMs": <time>')
      .replaceAll(new RegExp(`${new Date().toISOString().slice(0, 10)}(T[0-9:.]+Z)?`, "g"), "<today>")
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<id>");
  return { stdout: clean(result.stdout), stderr: clean(result.stderr), exit: result.status ?? -1 };
}

/** Nothing of the machine's own git or CI settings may decide a case. */
function environment(base: string, extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: join(base, "home"),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "Case",
    GIT_AUTHOR_EMAIL: "case@example.invalid",
    GIT_COMMITTER_NAME: "Case",
    GIT_COMMITTER_EMAIL: "case@example.invalid",
    GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
    GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: "init.defaultBranch",
    GIT_CONFIG_VALUE_0: "main",
    GIT_CONFIG_KEY_1: "commit.gpgSign",
    GIT_CONFIG_VALUE_1: "false",
    ...extra,
  };
}

function linkPackage(name: string, root: string): void {
  const source = join(project, "node_modules", name);
  const target = join(root, "node_modules", name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(source, target);
  const { bin } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as {
    bin?: string | Record<string, string>;
  };
  const bins = typeof bin === "string" ? { [name.split("/").at(-1) ?? name]: bin } : (bin ?? {});
  mkdirSync(join(root, "node_modules/.bin"), { recursive: true });
  for (const [command, path] of Object.entries(bins)) {
    const link = join(root, "node_modules/.bin", command);
    if (!existsSync(link)) symlinkSync(join(source, path), link);
  }
}

function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}
