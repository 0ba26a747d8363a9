/** Which TypeScript projects a repository has: the tsconfig files that a compiler must be run with, one by one. */
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import type { ToolCommand, ToolDetection, ToolInvocation, ToolProject } from "../../model/analyzer.ts";
import { detectionOf, findExecutable, joinDetections, type Place } from "./detect.ts";
import { declaresPackage, installCommand, isRecord } from "./manifests.ts";
import { directoryOf, isBelow, trackedFiles } from "./tracked-files.ts";

interface TsConfig {
  readonly path: string;
  readonly directory: string;
  readonly extends: readonly string[];
  readonly references: readonly string[];
  /** Undefined: everything below its directory. */
  readonly includes: readonly string[] | undefined;
  /** `"files": []` and references: the project is only the list of its parts. */
  readonly isSolution: boolean;
}

export interface TypeScriptProject {
  readonly path: string;
  /** A file it extends that is not there: frameworks generate those. */
  readonly generated: string | undefined;
}

/** The projects to check, outermost first: parts instead of a solution, leaves instead of the base they extend. */
export async function typeScriptProjects(project: ToolProject): Promise<TypeScriptProject[]> {
  const configs = new Map<string, TsConfig>();
  for (const path of trackedFiles(project, ["tsconfig.json"])) {
    const config = await readConfig(project, path);
    if (config !== undefined) configs.set(path, config);
  }
  const extended = new Set([...configs.values()].flatMap((config) => config.extends));
  const taken = new Map<string, TsConfig>();
  const take = async (config: TsConfig): Promise<void> => {
    if (taken.has(config.path)) return;
    taken.set(config.path, config);
    for (const path of config.references) {
      const reference = configs.get(path) ?? (await readConfig(project, path));
      if (reference !== undefined) await take(reference);
    }
  };
  for (const config of configs.values()) {
    const isBase = config.includes === undefined && !config.isSolution && extended.has(config.path);
    const isCovered = [...taken.values()].some((outer) => covers(outer, config));
    if (!isBase && !isCovered) await take(config);
  }
  return [...taken.values()]
    .filter(({ isSolution }) => !isSolution)
    .map(({ path, extends: bases }) => ({
      path,
      generated: bases.find((base) => !project.paths.has(base) && !existsSync(join(project.root, base))),
    }));
}

function covers(outer: TsConfig, inner: TsConfig): boolean {
  if (outer.isSolution || outer.path === inner.path || !isBelow(inner.directory, outer.directory)) return false;
  if (outer.includes === undefined) return true;
  return outer.includes.some((pattern) => {
    const parts = pattern.split("/");
    const wild = parts.findIndex((part) => /[*?]/.test(part));
    const fixed = wild === -1 ? parts : parts.slice(0, wild);
    return isBelow(inner.directory, posix.join(outer.directory, ...fixed).replace(/^\.$/, ""));
  });
}

async function readConfig(project: ToolProject, path: string): Promise<TsConfig | undefined> {
  const text = await project.read(path);
  if (text === undefined) return undefined;
  const { parse } = await import("jsonc-parser");
  const value: unknown = parse(text, [], { allowTrailingComma: true });
  if (!isRecord(value)) return undefined;
  const directory = directoryOf(path);
  const bases = typeof value["extends"] === "string" ? [value["extends"]] : strings(value["extends"]);
  const references = (Array.isArray(value["references"]) ? value["references"] : [])
    .map((reference: unknown) => (isRecord(reference) ? reference["path"] : undefined))
    .filter((reference): reference is string => typeof reference === "string")
    .map((reference) => {
      const target = posix.join(directory, reference).replace(/\/$/, "");
      return target.endsWith(".json") ? target : posix.join(target, "tsconfig.json");
    });
  const files = Array.isArray(value["files"]) ? strings(value["files"]) : undefined;
  const include = Array.isArray(value["include"]) ? strings(value["include"]) : undefined;
  return {
    path,
    directory,
    extends: bases
      .filter((base) => base.startsWith("."))
      .map((base) => posix.join(directory, base))
      .map((base) => (base.endsWith(".json") || project.paths.has(base) ? base : `${base}.json`)),
    references,
    includes: files === undefined && include === undefined ? undefined : [...(files ?? []), ...(include ?? [])],
    isSolution: references.length > 0 && files?.length === 0 && (include?.length ?? 0) === 0,
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** Whether the `.vue` files below a directory are checked by vue-tsc, which then does all that tsc would. */
export async function isCheckedByVueTsc(project: ToolProject, directory: string): Promise<boolean> {
  if (!(await declaresPackage(project, directory, "vue-tsc"))) return false;
  for (const path of project.paths) if (path.endsWith(".vue") && isBelow(path, directory)) return true;
  return false;
}

/** Detects a compiler over the projects that are its own. A version from elsewhere would give other answers. */
export async function detectCompiler(
  project: ToolProject,
  executable: string,
  isOwn: (directory: string) => Promise<boolean>,
): Promise<ToolDetection | undefined> {
  const detections: ToolDetection[] = [];
  for (const { path, generated } of await typeScriptProjects(project)) {
    const directory = directoryOf(path);
    if (!(await isOwn(directory))) continue;
    const place: Place = { directory, evidence: [path], settings: { project: posix.basename(path) } };
    const answer =
      generated === undefined
        ? await findExecutable(project, directory, {
            names: [executable],
            from: "repository",
            install: `run \`${installCommand(project)}\``,
          })
        : { reason: `${path} extends ${generated}, which is not there; ${howToGenerate(generated)}` };
    detections.push(detectionOf(place, answer));
  }
  return joinDetections(detections);
}

/** Each framework's folder for the types that it makes, and what makes them. */
const generators: readonly (readonly [folder: RegExp, command: string])[] = [
  // https://svelte.dev/docs/kit/cli, https://nuxt.com/docs/api/commands/prepare
  [/(?:^|\/)\.svelte-kit\//, "svelte-kit sync"],
  [/(?:^|\/)\.nuxt\//, "nuxt prepare"],
];

function howToGenerate(path: string): string {
  const command = generators.find(([folder]) => folder.test(path))?.[1];
  return command === undefined ? "run what generates it" : `run \`${command}\``;
}

/** Checks one project and writes nothing: the build information of incremental projects goes to the temporary place. */
export function compilerCommand(invocation: ToolInvocation<unknown>): ToolCommand {
  return {
    args: [
      "--project",
      invocation.settings?.["project"] ?? "tsconfig.json",
      "--noEmit",
      // Both at once are refused by TypeScript before 5.6, and library builds have this in their tsconfig.
      "--emitDeclarationOnly",
      "false",
      "--pretty",
      "false",
      // A composite project may not turn this off, and the file's place may only be named with it on.
      "--incremental",
      "--tsBuildInfoFile",
      join(invocation.tempDirectory, "project.tsbuildinfo"),
    ],
    // `ExitStatus` in TypeScript's API: 0 nothing to say; 1 diagnostics, no output written; 2 diagnostics, output
    // written, which with `--noEmit` compilers before 7 say for ordinary type errors. 3 and more: could not work.
    acceptedExitCodes: [0, 1, 2],
    ...(invocation.directory === undefined ? {} : { cwd: invocation.directory }),
  };
}
