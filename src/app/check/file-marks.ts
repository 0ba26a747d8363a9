/** What is known of whole files of a tree: what each says of itself, and what the folder that it lies in is. */
import { type FileMarks, markOutput } from "../../findings/generated.ts";
import type { Config } from "../../model/config.ts";
import type { Tree } from "../../project/checkout.ts";
import { type BuildOutput, findBuildOutput } from "../../project/platforms/build-output.ts";
import type { TreeAnswer } from "./tree-job.ts";

/** Of the tree whose word counts: a stranger's change does not say which folders need no look. */
export function outputOf({ entries }: Tree): readonly BuildOutput[] {
  return findBuildOutput(entries);
}

/** By path; files of which there is nothing to say are left out. Follows from names alone, so it is never cached. */
export function fileMarks(
  { core }: TreeAnswer,
  { entries }: Tree,
  output: readonly BuildOutput[],
  config: Config,
): ReadonlyMap<string, FileMarks> {
  const marks = new Map<string, FileMarks>();
  for (const [path, { marks: own }] of core) marks.set(path, own);
  if (output.length === 0) return marks;
  for (const path of entries.keys()) {
    const within = output.find(({ folder }) => path.startsWith(`${folder}/`));
    if (within !== undefined) marks.set(path, markOutput(path, marks.get(path) ?? {}, within.by, config));
  }
  return marks;
}
