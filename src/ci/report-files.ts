/** Writes reports where the workflow's author wants them, never through links that the checkout holds. */
import { lstatSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { CheckedProject } from "../app/check.ts";
import { renderRun } from "../app/reports.ts";
import type { World } from "../app/world.ts";
import { Failure } from "../model/failure.ts";

/** Format to absolute path. */
export async function writeReportFiles(
  project: CheckedProject,
  wanted: CheckedProject["reports"],
  world: World,
): Promise<Record<string, string>> {
  const written: Record<string, string> = {};
  for (const { format, path } of wanted) {
    const text = await renderRun(format, project, {
      color: false,
      width: 100,
      links: false,
      verbose: true,
      limit: undefined,
    });
    const target = resolve(world.cwd, path);
    try {
      makeFolder(dirname(target), world.cwd);
      if (lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() === true) rmSync(target);
      writeFileSync(target, text);
    } catch (error) {
      throw new Failure("CF501", `cannot write the ${format} report to ${path}`, {
        why: (error as Error).message,
        exitCode: 3,
        cause: error,
      });
    }
    written[format] = target;
  }
  return written;
}

/** A folder inside of the checkout must be there in truth: a link would lead out of it. */
function makeFolder(folder: string, root: string): void {
  const inside = relative(root, folder);
  if (inside !== "" && !isAbsolute(inside) && inside.split(sep)[0] !== "..") {
    let at = root;
    for (const part of inside.split(sep)) {
      at = join(at, part);
      const stat = lstatSync(at, { throwIfNoEntry: false });
      if (stat === undefined) break;
      if (stat.isSymbolicLink()) throw new Error(`${at} is a link to ${realpathSync(at)}`);
    }
  }
  mkdirSync(folder, { recursive: true });
}
