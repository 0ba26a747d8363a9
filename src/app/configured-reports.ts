/** Reports that a repository's own configuration asks for: written inside of its working tree, nowhere else. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { Failure } from "../model/failure.ts";
import type { Place } from "./place.ts";
import type { World } from "./world.ts";

export interface ReportTarget {
  readonly format: string;
  readonly path: string;
}

/** Absolute targets. Whoever clones a repository has not agreed to files anywhere else, nor in git's own folder. */
export function configuredReports(place: Place, reports: readonly ReportTarget[], world: World): ReportTarget[] {
  if (reports.length > 0 && place.repository !== undefined && place.repository.worktree === undefined) {
    world.log.warn("the configured reports are not written: a bare repository has no place for them");
    return [];
  }
  return reports.map(({ format, path }) => {
    const target = join(place.root, path);
    const inside = relative(place.root, realTarget(target));
    const isInside = !isAbsolute(path) && inside !== "" && !isAbsolute(inside) && !inside.split(sep).includes("..");
    if (!isInside || inside.split(sep).some((part) => part.toLowerCase() === ".git")) {
      throw new Failure("CF413", `the configured ${format} report would be written to ${path}`, {
        why: "a configuration may name files inside of its working tree only",
        next: `codeflow check --report ${format}=${path} writes it there once`,
      });
    }
    return { format, path: target };
  });
}

/** Where writing to a path that may not exist yet would end, links followed. */
function realTarget(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(realTarget(parent), path.slice(parent.length));
}
