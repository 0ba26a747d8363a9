/** A checkout on disk as the tool analyzers are shown it, and one plain run of a tool, for the tests beside. */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { detectedPlaces } from "../../../../src/analyzers/tool-detection/detect.ts";
import { isBelow } from "../../../../src/analyzers/tool-detection/tracked-files.ts";
import type { ToolAnalyzer, ToolDetection, ToolProject } from "../../../../src/model/analyzer.ts";
import type { RawFinding } from "../../../../src/model/finding.ts";
import { SourceFile } from "../../../../src/model/source-file.ts";
import { createExec } from "../../../../src/system/exec.ts";

const localFolders = ["node_modules/.bin", ".venv/bin", "venv/bin", "vendor/bin", "bin"];

export interface Checkout extends ToolProject {
  /** Writes a program that prints this when asked anything. */
  readonly install: (path: string, says: string, exitCode?: number) => string;
}

/** A temporary checkout with these files. `pathFolders` stands for PATH: by default nothing is on it. */
export function checkout(files: Readonly<Record<string, string>>, pathFolders: readonly string[] = []): Checkout {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "codeflow-tools-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return {
    root,
    paths: new Set(Object.keys(files)),
    read: async (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined),
    localExecutable: async (name, from = "") => {
      const parts = from === "" ? [] : from.split("/");
      const places = [...parts.map((_, index) => parts.slice(0, parts.length - index).join("/")), ""];
      return places
        .flatMap((place) => localFolders.map((folder) => join(root, place, folder, name)))
        .find((path) => isExecutable(path));
    },
    pathExecutable: async (name) => pathFolders.map((folder) => join(folder, name)).find((path) => isExecutable(path)),
    exec: createExec(process.env),
    install: (path, says, exitCode = 0) => {
      const file = path.startsWith("/") ? path : join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `#!/bin/sh\ncat <<'EOF'\n${says}\nEOF\nexit ${exitCode}\n`);
      chmodSync(file, 0o755);
      return file;
    },
  };
}

export const realPath = (process.env["PATH"] ?? "").split(delimiter);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there.
    return false;
  }
}

/** Every file below a directory except installed packages, with its content: to see that nothing was written. */
export function contents(root: string, prefix = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(join(root, prefix), { withFileTypes: true })) {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.name === "node_modules") continue;
    if (entry.isDirectory()) Object.assign(found, contents(root, path));
    else found[path] = readFileSync(join(root, path), "utf8");
  }
  return found;
}

/** Detects, runs and reads a tool in all of its places. */
export async function runTool(
  tool: ToolAnalyzer,
  project: ToolProject,
): Promise<{ readonly detection: ToolDetection | undefined; readonly findings: readonly RawFinding[] }> {
  const detection = await tool.detect(project);
  const findings: RawFinding[] = [];
  const applicable = [...project.paths].filter((path) => tool.appliesTo({ path, blob: path, mode: "100644" })).sort();
  for (const place of detectedPlaces(detection)) {
    if (place.status !== "found") continue;
    const tempDirectory = mkdtempSync(join(tmpdir(), "codeflow-tool-"));
    try {
      const { executable, version, evidence, directory, settings } = place;
      const command = tool.command({
        executable,
        version,
        evidence,
        root: project.root,
        files: applicable.filter((path) => isBelow(path, directory ?? "")),
        ...(directory === undefined ? {} : { directory }),
        ...(settings === undefined ? {} : { settings }),
        options: tool.options?.defaults ?? {},
        tempDirectory,
      });
      const result = await project.exec({
        command: executable,
        args: command.args,
        cwd: join(project.root, command.cwd ?? ""),
        env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...command.env },
        timeoutMs: 100_000,
      });
      if (!command.acceptedExitCodes.includes(result.exitCode)) {
        throw new Error(
          `${tool.id} ended with ${result.exitCode}: ${result.stderr.toString() || result.stdout.toString()}`,
        );
      }
      findings.push(
        ...tool.parse({
          stdout: result.stdout.toString(),
          stderr: result.stderr.toString(),
          exitCode: result.exitCode,
          ...(command.outputFile === undefined ? {} : { file: readFileSync(command.outputFile, "utf8") }),
          root: project.root,
          ...(command.cwd === undefined ? {} : { directory: command.cwd }),
          read: (path) =>
            existsSync(join(project.root, path))
              ? new SourceFile(path, readFileSync(join(project.root, path)))
              : undefined,
        }),
      );
    } finally {
      rmSync(tempDirectory, { recursive: true, force: true });
    }
  }
  return { detection, findings };
}
