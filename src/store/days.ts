/** Days since 1970 in UTC: the grain in which the last use of a cached result is kept. */

export const dayLength = 86_400_000;

export function dayOf(time: Date): number {
  return Math.floor(time.getTime() / dayLength);
}
