/** From places where a repository configures a tool to the executables that it would run there. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ToolDetection, ToolProject } from "../../model/analyzer.ts";
import { excerpt } from "../tool-output/json-output.ts";

/** One place where the tool is configured. */
export interface Place {
  /** Relative to the root, `""` for the root. */
  readonly directory: string;
  /** Configuration files, the deciding one first. */
  readonly evidence: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly scope?: "file";
}

export interface ToolLookup {
  /** Names of the executable in the order of preference. */
  readonly names: readonly string[];
  /** `repository`: a version from elsewhere would not be the repository's own. `path`: only machines have it. */
  readonly from: "repository" | "both" | "path";
  /** How a person gets it: a command or a sentence. */
  readonly install: string;
  /** `--version` unless said. */
  readonly versionArgs?: readonly string[];
  /** First group, or the whole match, is the version; the first number with dots unless said. */
  readonly versionPattern?: RegExp;
  /** What a build prints that does not know its own version: then it is `unknown`, older than every other. */
  readonly unversioned?: RegExp;
  /**
   * Ask outside the checkout. Inside, `go` and `cargo` would first download the toolchain that the repository names.
   */
  readonly askOutside?: boolean;
  /**
   * What a stand-in (`bundle exec`, a toolchain's proxy) prints when the tool behind it is not installed: then the tool
   * is missing, not broken.
   */
  readonly absentPattern?: RegExp;
}

export type Executable =
  | { readonly executable: string; readonly version: string }
  /** `isBroken`: it is there and does not work; otherwise it, or something that it needs, is not there. */
  | { readonly reason: string; readonly isBroken?: true };

/** A version question that takes longer than this hangs (or downloads something behind the user's back). */
const versionTimeoutMs = 10_000;

const asked = new WeakMap<ToolProject, Map<string, Promise<Executable>>>();

/** Finds the executable for a directory and asks for its version; says why not otherwise. */
export async function findExecutable(project: ToolProject, directory: string, lookup: ToolLookup): Promise<Executable> {
  let path: string | undefined;
  for (const name of lookup.names) {
    if (lookup.from !== "path") path ??= await project.localExecutable(name, directory);
  }
  const isOwn = path !== undefined;
  for (const name of lookup.names) {
    if (lookup.from !== "repository") path ??= await project.pathExecutable(name);
  }
  if (path === undefined) {
    const where = lookup.from === "repository" ? "not installed in the repository" : "not installed";
    return { reason: `${lookup.names[0] ?? "it"} is ${where}; ${lookup.install}` };
  }
  const known = asked.get(project) ?? new Map<string, Promise<Executable>>();
  asked.set(project, known);
  const key = JSON.stringify([path, lookup.versionArgs]);
  const answer = known.get(key) ?? askVersion(project, path, lookup, isOwn);
  known.set(key, answer);
  return answer;
}

/**
 * Exit codes of a shell for "cannot be run" and "not found": what version managers (pyenv, rbenv, asdf) answer on PATH in
 * the name of a program that the active version does not have.
 */
const absentExitCodes: readonly number[] = [126, 127];

async function askVersion(
  project: ToolProject,
  executable: string,
  lookup: ToolLookup,
  isOwn: boolean,
): Promise<Executable> {
  const args = lookup.versionArgs ?? ["--version"];
  const said = `${executable} ${args.join(" ")}`;
  const broken = (what: string): Executable => ({ reason: `${said} ${what}`, isBroken: true });
  let result;
  try {
    result = await project.exec({
      command: executable,
      args,
      cwd: lookup.askOutside === true ? tmpdir() : project.root,
      timeoutMs: versionTimeoutMs,
    });
  } catch (error) {
    return broken(`could not be started: ${error instanceof Error ? error.message : String(error)}`);
  }
  const output = `${result.stdout.toString()}\n${result.stderr.toString()}`;
  if (result.timedOut) return broken(`did not answer within ${versionTimeoutMs / 1000} seconds`);
  if (result.killedBy !== undefined) return broken(`was ended by ${result.killedBy}${excerpt(output)}`);
  if (result.exitCode !== 0) {
    const what = `ended with ${result.exitCode}${excerpt(output)}`;
    const isStandIn = (!isOwn && absentExitCodes.includes(result.exitCode)) || lookup.absentPattern?.test(output);
    return isStandIn === true ? { reason: `${said} ${what}; ${lookup.install}` } : broken(what);
  }
  const match = (lookup.versionPattern ?? /\d+\.\d+(?:\.\d+)?(?:[-+.][\w.]+)?/).exec(output);
  if (match === null) {
    if (lookup.unversioned?.test(output) === true) return { executable, version: "unknown" };
    return broken(`printed no version${excerpt(output)}`);
  }
  return { executable, version: match[1] ?? match[0] };
}

/** One detection for all the places, in their order; undefined when there are none. */
export async function detectPlaces(
  project: ToolProject,
  places: readonly Place[],
  lookup: ToolLookup | ((place: Place) => Promise<ToolLookup>),
): Promise<ToolDetection | undefined> {
  const detections: ToolDetection[] = [];
  for (const place of places) {
    const answer = await findExecutable(
      project,
      place.directory,
      typeof lookup === "function" ? await lookup(place) : lookup,
    );
    detections.push(detectionOf(place, answer));
  }
  return joinDetections(detections);
}

export function detectionOf(place: Place, answer: Executable): ToolDetection {
  const where = place.directory === "" ? {} : { directory: place.directory };
  if ("reason" in answer) {
    const status = answer.isBroken === true ? "broken" : "missing";
    return { status, reason: answer.reason, evidence: place.evidence, ...where };
  }
  return {
    status: "found",
    ...answer,
    evidence: place.evidence,
    ...where,
    ...(place.scope === undefined ? {} : { scope: place.scope }),
    ...(place.settings === undefined ? {} : { settings: place.settings }),
  };
}

export function joinDetections(detections: readonly ToolDetection[]): ToolDetection | undefined {
  const [first, ...others] = detections;
  return first === undefined || others.length === 0 ? first : { ...first, elsewhere: others };
}

/** Every place of a detection, one by one, for whoever runs them. */
export function detectedPlaces(detection: ToolDetection | undefined): ToolDetection[] {
  if (detection === undefined) return [];
  return [detection, ...(detection.elsewhere ?? []).flatMap((other) => detectedPlaces(other))];
}

/** Major, minor and patch compared as numbers: a pre-release counts as its release. */
export function isAtLeast(version: string, major: number, minor = 0, patch = 0): boolean {
  const [a = 0, b = 0, c = 0] = version.split(/[.+-]/, 3).map((part) => Number.parseInt(part, 10) || 0);
  return a !== major ? a > major : b !== minor ? b > minor : c >= patch;
}

/**
 * Runs a program with some variables set, for questions that must not reach the network; undefined where `env` is not
 * at hand (Windows) or nothing answered in time.
 */
export async function askWith(
  project: ToolProject,
  variables: Readonly<Record<string, string>>,
  command: readonly string[],
  directory: string,
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string } | undefined> {
  const env = await project.pathExecutable("env");
  if (env === undefined) return undefined;
  const result = await project.exec({
    command: env,
    args: [...Object.entries(variables).map(([name, value]) => `${name}=${value}`), ...command],
    cwd: join(project.root, directory),
    timeoutMs: questionTimeoutMs,
  });
  if (result.timedOut) return undefined;
  return { exitCode: result.exitCode, stdout: result.stdout.toString(), stderr: result.stderr.toString() };
}

/** Asking a package manager what is at hand takes seconds in a large workspace. */
const questionTimeoutMs = 30_000;
