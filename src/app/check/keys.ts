/** Cache keys: what a result depends on, hashed. A result is reused exactly when its key is equal. */
import { hash } from "node:crypto";
import type { Analyzer, ConfigFile, FileEntry } from "../../model/analyzer.ts";
import type { Config } from "../../model/config.ts";

/** Set by the build: a digest of the program's sources. */
declare const CODEFLOW_BUILD: string | undefined;

/** Another build may answer otherwise: nothing is reused across builds, so that no version can be forgotten to be raised. */
export const buildId = typeof CODEFLOW_BUILD === "string" ? CODEFLOW_BUILD : "source";

/** Short, collision-safe (96 bits) digest of parts. */
export function digest(...parts: readonly string[]): string {
  return digestOf(parts);
}

/** The same of any number of parts: 100,000 arguments are more than a call can take. */
export function digestOf(parts: readonly string[]): string {
  // A length before each part: ["ab", "c"] and ["a", "bc"] must differ.
  return hash("sha256", parts.map((part) => `${part.length}:${part}`).join(""), "base64url").slice(0, 16);
}

export interface KeyInputs {
  readonly config: Pick<Config, "rules" | "overrides">;
  readonly options: unknown;
  readonly configFiles: readonly ConfigFile[];
  /** Digest of the secret key: identities of secrets depend on it. */
  readonly secretKeyDigest: string;
  /** What else the result depends on, e.g. a tool's executable and version. */
  readonly extra?: string;
}

/** Everything that an analyzer's results depend on besides file contents. */
export function analyzerKey(analyzer: Analyzer, inputs: KeyInputs): string {
  return digest(buildId, analyzer.id, analyzer.version, ...Object.values(explainKey(analyzer, inputs)));
}

/** The parts of an analyzer's key by name, for `--why-run`. */
export function explainKey(analyzer: Analyzer, inputs: KeyInputs): Readonly<Record<string, string>> {
  return {
    analyzer: `${analyzer.id} ${analyzer.version}`,
    options: digest(JSON.stringify(inputs.options ?? null)),
    rules: digest(JSON.stringify([inputs.config.rules, inputs.config.overrides])),
    configuration: inputs.configFiles.map(({ path, text }) => `${path}@${digest(text)}`).join(" ") || "none",
    secrets: inputs.secretKeyDigest,
    tool: inputs.extra ?? "none",
  };
}

/** Key of everything known about one file's content at one path. */
export function fileKey(entry: FileEntry): string {
  return digest(entry.path, entry.blob, entry.mode);
}

/** Key of what suppression directives and content marks depend on. */
export function coreKey(config: Pick<Config, "generated" | "vendored">, version: string): string {
  return digest(buildId, "core", version, JSON.stringify([config.generated, config.vendored]));
}

/** Key of a combination over many files. `paths`: the digest of those whose mere existence counts. */
export function projectKey(analyzer: string, files: Iterable<FileEntry>, paths: string): string {
  const parts: string[] = [];
  // The mode too: a link and a file may have the same content.
  for (const { path, blob, mode } of files) parts.push(path, blob, mode);
  return digest("project", analyzer, digestOf(parts), paths);
}
