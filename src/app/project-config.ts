/** The configuration as it is on disk now, for commands that look at no files: what it means and where it came from. */
import { analyzers } from "../analyzers/index.ts";
import { defaultConfig } from "../config/defaults.ts";
import { findConfig } from "../config/find-config.ts";
import type { Config } from "../model/config.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { Mistakes } from "./mistakes.ts";
import type { Place } from "./place.ts";

export interface ProjectConfig {
  /** Undefined when a diagnostic is an error. */
  readonly config: Config | undefined;
  /** Relative to the root; undefined: there is none, the defaults hold. */
  readonly file: string | undefined;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

export async function lookAtConfig(place: Place): Promise<ProjectConfig> {
  const { file, text, diagnostics: found } = findConfig(place.root);
  if (file === undefined) {
    return { config: found.length === 0 ? defaultConfig : undefined, file, text, diagnostics: found };
  }
  const { loadConfig } = await import("../config/load-config.ts");
  const { config, diagnostics } = await loadConfig({ text, file, analyzers });
  return { config: found.length === 0 ? config : undefined, file, text, diagnostics: [...found, ...diagnostics] };
}

/** Throws `Mistakes` when it cannot be trusted. */
export async function configOnDisk(place: Place): Promise<Config> {
  const { config, file, text, diagnostics } = await lookAtConfig(place);
  if (config === undefined) {
    throw new Mistakes("CF405", diagnostics, new Map(file === undefined ? [] : [[file, text]]));
  }
  return config;
}
