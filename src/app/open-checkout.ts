/** Opens what a use case works on, once its place is known: the scope, the configuration, the checkout. */
import { join } from "node:path";
import { analyzers } from "../analyzers/index.ts";
import { configFileNames, defaultConfig } from "../config/defaults.ts";
import type { Config } from "../model/config.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { Failure } from "../model/failure.ts";
import type { ResultCache } from "../model/store.ts";
import { readTexts, type Tree } from "../project/checkout.ts";
import { resolveFolder, resolveScope, type ResolvedScope, type ScopeRequest } from "../project/scope.ts";
import type { CheckOptions } from "./check.ts";
import type { Checkout } from "./check/run-check.ts";
import { digest } from "./check/keys.ts";
import { readJson, writeJson } from "./memo.ts";
import { Mistakes } from "./mistakes.ts";
import type { Place } from "./place.ts";
import type { World } from "./world.ts";

export { findPlace, type Place } from "./place.ts";

export async function listScope(place: Place, request: ScopeRequest, world: World): Promise<ResolvedScope> {
  if (place.git === undefined || place.repository === undefined) return resolveFolder(place.root, request);
  return resolveScope(place.git, place.repository, request, world.env["GITHUB_BASE_REF"] || undefined, place.status);
}

export interface OpenedConfig {
  readonly config: Config;
  readonly file: string | undefined;
  readonly text: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Throws `Mistakes` when the configuration cannot be trusted. */
export async function readConfig(
  place: Place,
  tree: Tree,
  version: string,
  /** The only one to read, relative to the root. */
  named?: string,
): Promise<OpenedConfig> {
  const names: readonly string[] = named === undefined ? configFileNames : [named];
  const texts = await readTexts(
    place.git,
    tree,
    names.filter((name) => tree.entries.has(name)),
  );
  if (named !== undefined && !texts.has(named)) {
    throw new Failure("CF414", `there is no configuration ${named}`, {
      why: "it is not among the files of the revision whose configuration counts",
    });
  }
  const [first, second] = [...texts.keys()];
  if (first === undefined) return { config: defaultConfig, file: undefined, text: undefined, diagnostics: [] };
  const text = texts.get(first) ?? "";
  if (second !== undefined) {
    throw new Failure("CF404", `two configuration files: ${first} and ${second}`, {
      why: "which one counts must not depend on luck",
      next: "keep one of them",
    });
  }
  const memo = join(place.dataDirectory, "config", `${digest(text, version, first)}.json`);
  const remembered = readJson<{ config: Config; diagnostics: Diagnostic[] }>(memo);
  if (remembered !== undefined) return { ...remembered, file: first, text };
  const { loadConfig } = await import("../config/load-config.ts");
  const { config, diagnostics } = await loadConfig({ text, file: first, analyzers });
  if (config === undefined) throw new Mistakes("CF405", diagnostics, new Map([[first, text]]));
  writeJson(memo, { config, diagnostics });
  return { config, file: first, text, diagnostics };
}

export async function openCheckout(
  place: Place,
  resolved: ResolvedScope,
  config: Config,
  cache: ResultCache,
  listedAt: Date,
  ciBranch: string | undefined,
  trust: CheckOptions["trust"],
): Promise<Checkout> {
  // A pull request's job has a detached HEAD, but says whose branch it is.
  const branch = (await place.git?.branch()) ?? ciBranch;
  return {
    root: place.root,
    git: place.git,
    worktree: place.repository === undefined ? place.root : place.repository.worktree,
    resolved: await withoutExcluded(resolved, config.exclude),
    settings: trust === "base" && resolved.change !== undefined ? resolved.change.base : resolved.head,
    config,
    cache,
    repository: { head: place.repository?.head, branch },
    ...(trust === "base" ? { isStrangers: true } : {}),
    listedAt,
  };
}

/** Excluded paths do not exist for any analyzer. */
async function withoutExcluded(resolved: ResolvedScope, globs: readonly string[]): Promise<ResolvedScope> {
  if (globs.length === 0) return resolved;
  const { default: picomatch } = await import("picomatch");
  const isExcluded = picomatch([...globs], { dot: true });
  const keep = (tree: Tree): Tree => ({
    ...tree,
    entries: new Map([...tree.entries].filter(([path]) => !isExcluded(path))),
  });
  const keepPaths = (paths: ReadonlySet<string>): Set<string> =>
    new Set([...paths].filter((path) => !isExcluded(path)));
  return {
    ...resolved,
    head: keep(resolved.head),
    targets: keepPaths(resolved.targets),
    change:
      resolved.change === undefined
        ? undefined
        : { ...resolved.change, base: keep(resolved.change.base), baseTargets: keepPaths(resolved.change.baseTargets) },
  };
}
