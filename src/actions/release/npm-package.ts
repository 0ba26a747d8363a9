/** Asks npm what it would publish and what is published; npm runs without the package's scripts. */
import { type ActionBase, StepFailed } from "../../model/action.ts";

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

export interface Packed {
  readonly files: readonly PackedFile[];
  readonly size: number;
  readonly unpackedSize: number;
}

export interface Published {
  readonly versions: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

type Npm = Pick<ActionBase, "exec" | "signal">;
const npmTimeoutMs = 120_000;

export async function npm({ exec, signal }: Npm, cwd: string, args: readonly string[]) {
  const result = await exec({ command: "npm", args, cwd, signal, timeoutMs: npmTimeoutMs });
  const stderr = result.stderr.toString().trim();
  if (result.timedOut) throw new StepFailed(`npm ${args[0] ?? ""} did not answer within ${npmTimeoutMs / 1_000} s`);
  return { exitCode: result.exitCode, stdout: result.stdout.toString(), stderr };
}

export async function pack(context: Npm, cwd: string): Promise<Packed> {
  const { exitCode, stdout, stderr } = await npm(context, cwd, ["pack", "--dry-run", "--json", "--ignore-scripts"]);
  if (exitCode !== 0) throw new StepFailed(`npm pack failed: ${lastLine(stderr)}`);
  const answer = parse(stdout, "npm pack");
  // A list, or by name in newer versions of npm.
  const [first] = Array.isArray(answer) ? answer : Object.values(answer as Record<string, unknown>);
  const packed = first as { files?: PackedFile[]; size?: number; unpackedSize?: number } | undefined;
  if (!Array.isArray(packed?.files)) throw new StepFailed("npm pack did not say what it would pack");
  const files = packed.files.map(({ path, size }) => ({ path, size }));
  return { files, size: packed.size ?? 0, unpackedSize: packed.unpackedSize ?? 0 };
}

/** Undefined when the registry has never heard of the package. */
export async function published(context: Npm, cwd: string, name: string): Promise<Published | undefined> {
  const { exitCode, stdout, stderr } = await npm(context, cwd, ["view", "--json", "--", name, "versions", "dist-tags"]);
  if (/\bE404\b/.test(stderr) || /"code":\s*"E404"/.test(stdout)) return undefined;
  if (exitCode !== 0) throw new StepFailed(`the registry could not be asked about ${name}: ${lastLine(stderr)}`);
  const answer = parse(stdout, "npm view") as { versions?: string | string[]; "dist-tags"?: Record<string, string> };
  return { versions: [answer.versions ?? []].flat(), tags: answer["dist-tags"] ?? {} };
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StepFailed(`${what} did not answer in JSON: ${(error as Error).message}`);
  }
}

export function lastLine(stderr: string): string {
  const lines = stderr.split("\n");
  const said = lines.find((line) => /npm err/i.test(line)) ?? lines.at(-1) ?? "";
  return said.replace(/^npm err(?:or|!)?!?\s*/i, "").slice(0, 300);
}
