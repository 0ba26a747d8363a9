/** Lengths of time as people write them in workflows: `90s`, `15m`, `2h`, `3d`, or a bare number of seconds. */
import { z } from "zod";

const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;
/** A year: what is longer is a mistake, and dates beyond 275,000 years cannot be written. */
const longestSeconds = 366 * unitSeconds.d;

/** Gives seconds. */
export const duration = z.union([z.number().positive(), z.string()]).transform((value, context): number => {
  const seconds = typeof value === "number" ? value : parse(value);
  if (seconds === undefined || seconds <= 0 || seconds > longestSeconds) {
    context.addIssue({
      code: "custom",
      message: `"${value}" is no length of time; write seconds, or 90s, 15m, 2h, 3d, 1w, at most 366d`,
    });
    return z.NEVER;
  }
  return seconds;
});

function parse(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([smhdw])?$/.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * unitSeconds[(match[2] ?? "s") as keyof typeof unitSeconds];
}
