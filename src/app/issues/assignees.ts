/** Who is asked to see to the findings of an issue: owners of their files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodes, Failure } from "../../model/failure.ts";
import type { Finding } from "../../model/finding.ts";
import { codeownersPaths, parseCodeowners } from "../../project/codeowners.ts";
import type { Place } from "../place.ts";

const maxOwners = 2;

/** Owners of most of the files, each once. Teams and mail addresses are left out: a tracker cannot assign them. */
export function ownersIn(place: Place): (findings: readonly Finding[]) => readonly string[] {
  const nobody = (): readonly string[] => [];
  if (place.repository?.worktree === undefined) return nobody;
  const text = codeownersPaths.map((path) => readIfThere(join(place.root, path))).find((found) => found !== undefined);
  if (text === undefined) return nobody;
  const codeowners = parseCodeowners(text);
  return (findings) => {
    const counts = new Map<string, number>();
    for (const path of new Set(findings.map(({ location }) => location.path))) {
      for (const owner of codeowners.ownersOf(path).owners) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    return [...counts]
      .filter(([owner]) => /^@[^/]+$/.test(owner))
      .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
      .slice(0, maxOwners)
      .map(([owner]) => owner.slice(1));
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw new Failure("CF430", `${path} cannot be read`, { why: (error as Error).message, exitCode: exitCodes.usage });
  }
}
