/** Memos: small files of what was found out before, whole or not there at all. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { digest } from "./check/keys.ts";

/** Undefined when it is not there or not whole: a memo says first what its content must hash to. */
export function readJson<T>(path: string): T | undefined {
  try {
    const text = readFileSync(path, "utf8");
    const end = text.indexOf("\n");
    const json = text.slice(end + 1);
    return end > 0 && digest(json) === text.slice(0, end) ? (JSON.parse(json) as T) : undefined;
  } catch {
    // A memo that cannot be read is made again.
    return undefined;
  }
}

/** Whole or not at all; a memo that cannot be written (full or read-only disk) costs time only. False: it was not. */
export function writeJson(path: string, value: unknown): boolean {
  const temporary = `${path}.${crypto.randomUUID()}`;
  const json = JSON.stringify(value);
  try {
    mkdirSync(resolve(path, ".."), { recursive: true });
    writeFileSync(temporary, `${digest(json)}\n${json}`);
    renameSync(temporary, path);
    return true;
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary);
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!memoTroubles.has(code)) throw error;
    return false;
  }
}

/** No room, no permission, or something else stands where the memo's folder should be. */
const memoTroubles = new Set([
  "EACCES",
  "EDQUOT",
  "EEXIST",
  "EIO",
  "EISDIR",
  "ENOENT",
  "ENOSPC",
  "ENOTDIR",
  "ENOTEMPTY",
  "EPERM",
  "EROFS",
]);
