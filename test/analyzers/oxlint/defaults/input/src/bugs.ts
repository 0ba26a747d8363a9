import { readFile, writeFile } from "node:fs/promises";

const limit = 10;

export function clamp(value: number): number {
  if (value === NaN) return 0;
  limit = 11;
  // é𝒳: columns count UTF-16 code units
  const s = "é𝒳"; if (!("a" in { s }) && !s instanceof String) return 1;
  return Math.min(Math.max(100, value), 0);
}

export async function load(path: string): Promise<string> {
  const unused = 1;
  return readFile(path, "utf8");
}

type Last<T extends unknown[]> = T extends [...infer Head, infer L] ? L : never;
export type Options = Last<[1, 2]> & { typeof: "x" };
export const isText = (x: unknown): boolean => typeof x === "strnig";
