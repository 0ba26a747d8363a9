/** The use cases behind `codeflow config`: what the configuration means, whether it holds, and its schema. */
import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { analyzers } from "../analyzers/index.ts";
import type { Config } from "../model/config.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { Failure } from "../model/failure.ts";
import { Mistakes } from "./mistakes.ts";
import { findPlace } from "./place.ts";
import { lookAtConfig } from "./project-config.ts";
import type { World } from "./world.ts";

export interface ShownConfig {
  /** Relative to the root; undefined: there is none, everything is a default. */
  readonly file: string | undefined;
  /** As a `codeflow.yml` would say it, every key in its order. */
  readonly settings: readonly { readonly key: string; readonly value: unknown; readonly from: "file" | "default" }[];
}

/** Throws `Mistakes` when there is something wrong with it. */
export async function showConfig(world: World): Promise<ShownConfig> {
  const { config, file, text, diagnostics } = await lookAtConfig(await findPlace(world));
  if (config === undefined) throw new Mistakes("CF405", diagnostics, textsOf(file, text));
  const given = file === undefined ? [] : await topKeys(text, file);
  return {
    file,
    settings: Object.entries(asWritten(config)).map(([key, value]) => ({
      key,
      value,
      from: given.includes(key) ? "file" : "default",
    })),
  };
}

export interface ConfigJudgement {
  /** As the person would name it; undefined: there is no configuration file. */
  readonly file: string | undefined;
  readonly isValid: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: ReadonlyMap<string, string>;
}

/** `typed`: another file than the repository's. */
export async function judgeConfig(typed: string | undefined, world: World): Promise<ConfigJudgement> {
  if (typed !== undefined) {
    let text: string;
    try {
      text = readFileSync(resolve(world.cwd, typed), "utf8");
    } catch (error) {
      throw new Failure("CF440", `cannot read ${typed}`, { why: (error as Error).message, cause: error });
    }
    const file = relative(world.cwd, resolve(world.cwd, typed)).split(sep).join("/");
    const { loadConfig } = await import("../config/load-config.ts");
    const { config, diagnostics } = await loadConfig({ text, file, analyzers });
    return { file, isValid: config !== undefined, diagnostics, texts: textsOf(file, text) };
  }
  const { config, file, text, diagnostics } = await lookAtConfig(await findPlace(world));
  return { file, isValid: config !== undefined, diagnostics, texts: textsOf(file, text) };
}

/** The JSON Schema, with the rules and options of every analyzer. */
export async function configSchemaText(): Promise<string> {
  const { configJsonSchemaText } = await import("../config/json-schema.ts");
  return configJsonSchemaText(analyzers);
}

function textsOf(file: string | undefined, text: string): ReadonlyMap<string, string> {
  return new Map(file === undefined ? [] : [[file, text]]);
}

async function topKeys(text: string, file: string): Promise<string[]> {
  const { readYaml } = await import("../config/positioned-yaml.ts");
  const { document } = await readYaml(text, file);
  const value = document?.value;
  if (typeof value !== "object" || value === null) return [];
  // A section with nothing in it says nothing.
  return Object.entries(value)
    .filter(([, section]) => section !== null)
    .map(([key]) => key);
}

/** In the words of the file: durations have other names inside. */
function asWritten({ timeoutSeconds, analyzers: settings, ...rest }: Config): Record<string, unknown> {
  return {
    ...rest,
    analyzers: Object.fromEntries(
      Object.entries(settings).map(([id, { timeoutSeconds: seconds, ...setting }]) => [
        id,
        { ...setting, ...(seconds === undefined ? {} : { timeout: seconds }) },
      ]),
    ),
    timeout: timeoutSeconds,
  };
}
