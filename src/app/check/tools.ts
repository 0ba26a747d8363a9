/** The repository's own tools: where they are, and what they say about files. */
import { access, constants, mkdir, readFile, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import type { Analyzer, FileEntry, ToolAnalyzer, ToolDetection, ToolProject } from "../../model/analyzer.ts";
import { Failure } from "../../model/failure.ts";
import type { RawFinding } from "../../model/finding.ts";
import { SourceFile } from "../../model/source-file.ts";
import type { Exec } from "../../model/system.ts";
import { readFromDisk, readTexts, type Tree } from "../../project/checkout.ts";
import { toolEnvironment } from "./tool-environment.ts";
import { installation } from "./tool-installation.ts";

/** One place of a repository in which a tool runs. */
export type ToolPlace = Extract<ToolDetection, { status: "found" }>;

export interface FoundTool {
  readonly analyzer: ToolAnalyzer;
  /** At least one; of a monorepo each package that has its own. */
  readonly places: readonly [ToolPlace, ...ToolPlace[]];
  readonly scope: "file" | "project";
  /** What identifies these installations, for cache keys. */
  readonly identity: string;
}

export interface ToolSearch {
  readonly found: readonly FoundTool[];
  readonly missing: readonly { readonly analyzer: ToolAnalyzer; readonly reason: string }[];
  readonly failed: readonly { readonly analyzer: ToolAnalyzer; readonly reason: string }[];
  /** Absolute paths, whether they exist or not, by which other tools would be found or the same would answer otherwise. */
  readonly watched: readonly string[];
}

const localFolders = ["node_modules/.bin", ".venv/bin", "venv/bin", "vendor/bin", "bin"];

export async function findTools(
  analyzers: readonly Analyzer[],
  tree: Tree,
  exec: Exec,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ToolSearch> {
  const root = tree.root;
  const tools = analyzers.filter((analyzer) => analyzer.kind === "tool");
  if (root === undefined || tools.length === 0) return { found: [], missing: [], failed: [], watched: [] };
  const watched = new Set<string>();
  const firstExecutable = async (candidates: readonly string[]): Promise<string | undefined> => {
    for (const candidate of candidates) {
      watched.add(candidate);
      if (await isExecutable(candidate)) return candidate;
    }
    return undefined;
  };
  const environment = toolEnvironment(env);
  const project: ToolProject = {
    root,
    paths: new Set(tree.entries.keys()),
    read: async (path) => (await readTexts(undefined, tree, tree.entries.has(path) ? [path] : [])).get(path),
    localExecutable: (name, from = "") =>
      firstExecutable(upwards(from).flatMap((place) => localFolders.map((folder) => join(root, place, folder, name)))),
    pathExecutable: (name) =>
      firstExecutable(
        (env["PATH"] ?? "")
          .split(delimiter)
          // A relative PATH entry would mean the reviewed repository itself.
          .filter((folder) => isAbsolute(folder))
          .map((folder) => join(folder, name)),
      ),
    exec,
  };
  const found: FoundTool[] = [];
  const missing: { analyzer: ToolAnalyzer; reason: string }[] = [];
  const failed: { analyzer: ToolAnalyzer; reason: string }[] = [];
  await Promise.all(
    tools.map(async (analyzer) => {
      let detection: ToolDetection | undefined;
      try {
        detection = await analyzer.detect(project);
      } catch (error) {
        failed.push({ analyzer, reason: `could not be found out: ${(error as Error).message}` });
        return;
      }
      if (detection === undefined) return;
      const all = [detection, ...(detection.elsewhere ?? [])];
      const [first, ...others] = all.filter((place) => place.status === "found");
      const report = (status: "missing" | "broken", list: { analyzer: ToolAnalyzer; reason: string }[]): void => {
        const [one, ...more] = all.filter((place) => place.status === status);
        if (one?.status !== status) return;
        const where = all.length === 1 + more.length || one.directory === undefined ? "" : ` in ${one.directory}`;
        const also = more.length === 0 ? "" : `, and in ${more.length} more places`;
        list.push({ analyzer, reason: `${one.reason}${where}${also}` });
      };
      report("broken", failed);
      report("missing", missing);
      if (first === undefined) return;
      const places = [first, ...others] as const;
      found.push({
        analyzer,
        places,
        scope: analyzer.scope === "file" || places.every(({ scope }) => scope === "file") ? "file" : "project",
        identity: [
          environment,
          ...(await Promise.all(places.map((place) => installation(root, place, (path) => watched.add(path))))),
        ].join("; "),
      });
    }),
  );
  const byId = (a: { analyzer: ToolAnalyzer }, b: { analyzer: ToolAnalyzer }): number =>
    a.analyzer.id < b.analyzer.id ? -1 : 1;
  return { found: found.sort(byId), missing: missing.sort(byId), failed: failed.sort(byId), watched: [...watched] };
}

/** A broken tool that has no file to look at in this check leaves nothing unjudged: it is told like a missing one. */
export function withoutIdle(
  search: ToolSearch,
  entries: Iterable<FileEntry>,
  targets: ReadonlySet<string>,
): ToolSearch {
  if (search.failed.length === 0) return search;
  const files = [...entries];
  const isNeeded = ({ analyzer }: { readonly analyzer: ToolAnalyzer }): boolean =>
    files.some((entry) => (analyzer.scope === "project" || targets.has(entry.path)) && analyzer.appliesTo(entry));
  return {
    ...search,
    failed: search.failed.filter(isNeeded),
    missing: [...search.missing, ...search.failed.filter((tool) => !isNeeded(tool))],
  };
}

/** With `--no-exec`: the tools that the repository uses, none of them started, not even for their version. */
export async function refuseTools(
  analyzers: readonly Analyzer[],
  tree: Tree,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ToolSearch> {
  const refused = new Error("--no-exec");
  const search = await findTools(analyzers, tree, () => Promise.reject(refused), env);
  const { found, missing, failed } = search;
  const used = new Set([...found, ...missing, ...failed].map(({ analyzer }) => analyzer));
  return {
    ...search,
    found: [],
    missing: [...used].map((analyzer) => ({ analyzer, reason: "would run the repository's own code (--no-exec)" })),
    failed: [],
  };
}

/** A folder relative to the root and all of its parents, the root last. */
function upwards(from: string): string[] {
  const parts = from.split("/").filter((part) => part !== "" && part !== ".");
  return [...parts.map((_, i) => parts.slice(0, parts.length - i).join("/")), ""];
}

/** The deepest place that holds each file; files outside of every place are left out. */
export function byPlace(places: readonly ToolPlace[], files: readonly string[]): Map<ToolPlace, string[]> {
  const deepestFirst = [...places].sort((a, b) => (b.directory ?? "").length - (a.directory ?? "").length);
  const shares = new Map<ToolPlace, string[]>();
  for (const file of files) {
    const place = deepestFirst.find((candidate) => holds(candidate, file));
    if (place !== undefined) shares.set(place, [...(shares.get(place) ?? []), file]);
  }
  return shares;
}

export function holds(place: ToolPlace, file: string): boolean {
  const directory = place.directory ?? "";
  return directory === "" || directory === "." || file.startsWith(`${directory}/`);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Not there: the next place.
    return false;
  }
}

/** Room left under the smallest common limit on one process's arguments (128 KiB on Linux for one, 2 MiB for all). */
const maxArgumentBytes = 400_000;

export interface ToolRun {
  readonly tool: FoundTool;
  readonly place: ToolPlace;
  /** Folder that holds the files with the content to judge. */
  readonly root: string;
  readonly files: readonly string[];
  readonly options: unknown;
  readonly tempDirectory: string;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exec: Exec;
  readonly signal: AbortSignal;
}

/** Throws with the reason when the tool did not give an answer that can be trusted. */
export async function runTool(run: ToolRun): Promise<RawFinding[]> {
  const { analyzer, scope } = run.tool;
  const { executable, version, evidence, directory, settings } = run.place;
  const findings: RawFinding[] = [];
  const groups = scope === "file" ? chunks(run.files) : [run.files];
  for (const [index, files] of groups.entries()) {
    // One a process: a report that an earlier one left must never be read as this one's.
    const tempDirectory = join(run.tempDirectory, String(index));
    await mkdir(tempDirectory, { recursive: true });
    const command = analyzer.command({
      executable,
      version,
      root: run.root,
      files,
      evidence,
      ...(directory === undefined ? {} : { directory }),
      ...(settings === undefined ? {} : { settings }),
      options: run.options,
      tempDirectory,
    });
    const result = await run.exec({
      command: executable,
      args: command.args,
      cwd: command.cwd === undefined ? run.root : join(run.root, command.cwd),
      env: { ...run.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...command.env },
      timeoutMs: run.timeoutMs,
      signal: run.signal,
    });
    if (result.timedOut) throw new Error(`did not finish in ${Math.round(run.timeoutMs / 1000)} s`);
    if (result.killedBy !== undefined) throw new Error(`was ended by ${result.killedBy}`);
    if (!command.acceptedExitCodes.includes(result.exitCode)) {
      throw new Error(`exited with ${result.exitCode}: ${firstWords(result.stderr, result.stdout)}`);
    }
    const file = command.outputFile === undefined ? undefined : await outputOf(command.outputFile);
    findings.push(
      ...analyzer.parse({
        stdout: result.stdout.toString(),
        stderr: result.stderr.toString(),
        exitCode: result.exitCode,
        ...(file === undefined ? {} : { file }),
        root: run.root,
        ...(command.cwd === undefined ? {} : { directory: command.cwd }),
        read: (path) => {
          const content = readFromDisk(run.root, path);
          return content === undefined ? undefined : new SourceFile(path, content.bytes);
        },
      }),
    );
  }
  return findings;
}

async function outputOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new Failure("CF310", "the tool wrote no report", {
      why: (error as Error).message,
      exitCode: 3,
      cause: error,
    });
  }
}

function firstWords(...streams: readonly Buffer[]): string {
  for (const stream of streams) {
    const line = stream
      .toString()
      .split("\n")
      .map((text) => text.trim())
      .find((text) => text !== "");
    if (line !== undefined) return line.slice(0, 300);
  }
  return "no output";
}

function chunks(files: readonly string[]): string[][] {
  const groups: string[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const file of files) {
    size += file.length + 1;
    if (size > maxArgumentBytes) {
      groups.push([]);
      size = file.length;
    }
    groups.at(-1)?.push(file);
  }
  return groups;
}
