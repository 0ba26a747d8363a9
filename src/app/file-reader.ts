/** Text of the files that findings are in, as the check saw them, for code frames and report hashes. */
import type { Finding } from "../model/finding.ts";
import { SourceFile } from "../model/source-file.ts";
import { readFromDisk, type Tree } from "../project/checkout.ts";
import type { Place } from "./place.ts";

export interface FileReader {
  /** Undefined when there is no such file, or it is not text. */
  text(path: string): string | undefined;
  line(path: string, number: number): string | undefined;
}

/** Blob ids of the files with findings, where the tree is not what is on disk. */
export function blobsOf(tree: Tree, findings: readonly Finding[]): [path: string, blob: string][] {
  if (tree.origin === "disk") return [];
  const paths = new Set(findings.map(({ location }) => location.path));
  return [...paths].flatMap((path) => {
    const entry = tree.entries.get(path);
    return entry === undefined ? [] : [[path, entry.blob] as [string, string]];
  });
}

/** Contents of objects are fetched here, all at once; those on disk when they are asked for. */
export async function createFileReader(
  place: Place,
  blobs: readonly (readonly [path: string, blob: string])[],
): Promise<FileReader> {
  const files = new Map<string, SourceFile | undefined>();
  if (blobs.length > 0 && place.git !== undefined) {
    const contents = await place.git.blobs(blobs.map(([, blob]) => blob));
    for (const [path, blob] of blobs) {
      const bytes = contents.get(blob);
      files.set(path, bytes === undefined ? undefined : new SourceFile(path, bytes));
    }
  }

  function file(path: string): SourceFile | undefined {
    if (files.has(path)) return files.get(path);
    const bytes = readFromDisk(place.root, path)?.bytes;
    const source = bytes === undefined ? undefined : new SourceFile(path, bytes);
    files.set(path, source);
    return source;
  }
  return {
    text(path) {
      const source = file(path);
      if (source === undefined) return undefined;
      return source.bomLength > 0 ? `\uFEFF${source.text}` : source.text;
    },
    line(path, number) {
      const source = file(path);
      return source === undefined || number > source.lineCount ? undefined : source.line(number);
    },
  };
}
