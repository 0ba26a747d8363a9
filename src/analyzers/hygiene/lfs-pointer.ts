/** Git LFS pointers: what stands for a file in git, and whether git-lfs can read it. */
import type { RawFinding } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { isTestInput } from "../paths/role.ts";

const begin = "version https://git-lfs.github.com/spec/";
/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: larger files are none. */
const maxBytes = 1024;

/** Whether the content is meant to be a pointer, well-formed or not. */
function isMeantAsPointer(bytes: Uint8Array): boolean {
  return bytes.length < maxBytes && Buffer.from(bytes.subarray(0, begin.length)).toString("latin1") === begin;
}

/** Why git-lfs would not take it for a pointer; undefined when it would. It forgives CRLF and a missing last line end. */
function mistakeOf(text: string): string | undefined {
  const [version, ...lines] = text.trim().split(/\r?\n/);
  if (version !== `${begin}v1`) return "its version is not v1";
  while (/^ext-\d-\S+ \S+$/.test(lines[0] ?? "")) lines.shift();
  for (const [key, value, meaning] of fields) {
    const line = lines.shift();
    if (line === undefined) return `it has no ${key}`;
    if (!line.startsWith(`${key} `)) return `where its ${key} must be stands something else`;
    if (!value.test(line.slice(key.length + 1))) return `its ${key} is not ${meaning}`;
  }
  return lines.length > 0 ? "more follows on its size" : undefined;
}

const fields = [
  ["oid", /^sha256:[0-9a-f]{64}$/, "a SHA-256"],
  ["size", /^\d+$/, "a number"],
] as const;

/** A pointer that git-lfs reads: the content is elsewhere, so there is nothing to look at. */
export function isLfsPointer(bytes: Uint8Array): boolean {
  return isMeantAsPointer(bytes) && mistakeOf(Buffer.from(bytes).toString("utf8")) === undefined;
}

export function checkLfsPointer(file: SourceFile): RawFinding[] {
  if (!isMeantAsPointer(file.bytes) || isTestInput(file.path)) return [];
  const mistake = mistakeOf(file.text);
  if (mistake === undefined) return [];
  return [
    {
      rule: "hygiene/malformed-lfs-pointer",
      message: `meant as a Git LFS pointer, but git-lfs cannot read it: ${mistake}`,
      location: file.lineLocation(1),
      anchor: mistake,
    },
  ];
}
