/** How large a change is to those who review it: changed lines of files that people write. Pure. */
import { createPathMatcher } from "../../findings/globs.ts";
import { classifyFile } from "../../findings/generated.ts";
import type { Change, ChangedFile } from "../../model/change.ts";

export const sizeNames = ["XS", "S", "M", "L", "XL", "XXL"] as const;
export type SizeName = (typeof sizeNames)[number];

/** Changed lines from which the next size begins; those of Kubernetes' bot, which many repositories took over. */
export const defaultLimits = [10, 30, 100, 500, 1_000] as const;

export interface ChangeSize {
  readonly size: SizeName;
  readonly changes: number;
  /** Files that count. */
  readonly files: readonly ChangedFile[];
  /** Generated, vendored or ignored ones. */
  readonly left: readonly ChangedFile[];
}

export function sizeOf(
  change: Change,
  limits: readonly number[] = defaultLimits,
  ignore: readonly string[] = [],
): ChangeSize {
  const isIgnored = createPathMatcher(ignore);
  const isLeft = ({ path }: ChangedFile): boolean => {
    const { generated, vendored } = classifyFile(path, undefined, { generated: [], vendored: [] });
    return isIgnored(path) || generated !== undefined || vendored !== undefined;
  };
  const files = change.files.filter((file) => !isLeft(file));
  const changes = files.reduce((total, { additions, deletions }) => total + additions + deletions, 0);
  const at = limits.findIndex((limit) => changes < limit);
  return {
    size: sizeNames[at < 0 ? limits.length : at] ?? "XXL",
    changes,
    files,
    left: change.files.filter(isLeft),
  };
}
