/** Text of the files that findings are in, as the check saw them, for code frames and report hashes. */
import { SourceFile } from "../model/source-file.ts";
import type { Finding } from "../model/finding.ts";
import { readFromDisk } from "../project/checkout.ts";
import type { Checkout } from "./check/run-check.ts";

export interface FileReader {
  /** Undefined when there is no such file, or it is not text. */
  text(path: string): string | undefined;
  line(path: string, number: number): string | undefined;
}

/** Contents of a tree of objects are fetched here, all at once; those on disk when they are asked for. */
export async function createFileReader(checkout: Checkout, findings: readonly Finding[]): Promise<FileReader> {
  const { head } = checkout.resolved;
  const files = new Map<string, SourceFile | undefined>();
  const blobs =
    head.origin === "objects" && checkout.git !== undefined
      ? await checkout.git.blobs(
          [...new Set(findings.map(({ location }) => location.path))].flatMap(
            (path) => head.entries.get(path)?.blob ?? [],
          ),
        )
      : undefined;

  function file(path: string): SourceFile | undefined {
    if (files.has(path)) return files.get(path);
    const entry = head.entries.get(path);
    const bytes =
      entry === undefined
        ? undefined
        : (blobs?.get(entry.blob) ?? (head.root === undefined ? undefined : readFromDisk(head.root, path)?.bytes));
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
