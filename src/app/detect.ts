/** The use case behind `codeflow detect`: what a repository is built with and by. */
import { lstatSync } from "node:fs";
import { classifyFile, isLockfile } from "../findings/generated.ts";
import type { Config } from "../model/config.ts";
import type { PlatformReport } from "../model/platform.ts";
import { readTexts, submoduleMode, type Tree } from "../project/checkout.ts";
import { createGit } from "../project/git.ts";
import { findBuildOutput } from "../project/platforms/build-output.ts";
import { detectPlatforms } from "../project/platforms/detect.ts";
import { type CommitTrace, readCommits } from "../project/platforms/history.ts";
import { findPlace, listScope, type Place } from "./open-checkout.ts";
import { configOnDisk } from "./project-config.ts";
import type { World } from "./world.ts";

export async function detect(world: World): Promise<PlatformReport> {
  const place = await findPlace(world, { withStatus: true });
  const [{ head }, config, commits] = await Promise.all([
    listScope(place, { kind: "all" }, world),
    configOnDisk(place),
    commitsOf(place, world),
  ]);
  const isExcluded = await excluded(config);
  const output = findBuildOutput(head.entries);
  return detectPlatforms({
    paths: [...head.entries.values()]
      .filter(({ path, mode }) => mode !== submoduleMode && !isExcluded(path))
      .map(({ path }) => path),
    read: (paths) => readTexts(place.git, head, paths),
    sizeOf: (path) => sizeOf(head, path),
    isForeign: (path) => isForeign(path, config) || output.some(({ folder }) => path.startsWith(`${folder}/`)),
    commits,
  });
}

async function commitsOf({ root, repository }: Place, world: World): Promise<readonly CommitTrace[]> {
  if (repository?.head === undefined) return [];
  // A partial clone would fetch the trees of hundreds of commits, one after the other.
  const isBare = repository.worktree === undefined;
  const git = createGit(world.exec, root, { ...world.env, GIT_NO_LAZY_FETCH: "1" }, isBare);
  return readCommits(async (args) => (await git.run(args)).toString());
}

/** Excluded paths do not exist for any command. */
async function excluded({ exclude }: Config): Promise<(path: string) => boolean> {
  if (exclude.length === 0) return () => false;
  const { default: picomatch } = await import("picomatch");
  return picomatch([...exclude], { dot: true });
}

/** A lock file is written by a program, and yet the clearest sign of which one. */
function isForeign(path: string, config: Config): boolean {
  const { vendored, generated } = classifyFile(path, undefined, config);
  return vendored !== undefined || (generated !== undefined && !isLockfile(path));
}

/** Git lists tracked files without their sizes; links count as nothing. */
function sizeOf({ entries, root }: Tree, path: string): number | undefined {
  const known = entries.get(path)?.size;
  if (known !== undefined || root === undefined) return known;
  // Not join(): it costs as much again as asking the disk, for every file of the repository.
  const stat = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.size : undefined;
}
