/** Positions of a file's text in the units that other formats count in. */
import type { Edit, Location, Range } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import { SourceFile } from "../model/source-file.ts";

/** Files of one rendering by path, read and decoded once each. */
export class FileTexts {
  readonly #context: ReportContext;
  readonly #files = new Map<string, SourceFile | undefined>();

  constructor(context: ReportContext) {
    this.#context = context;
  }

  #file(path: string): SourceFile | undefined {
    if (!this.#files.has(path)) {
      const text = this.#context.fileText?.(path);
      this.#files.set(path, text === undefined ? undefined : new SourceFile(path, new TextEncoder().encode(text)));
    }
    return this.#files.get(path);
  }

  /** Lines and columns that an edit replaces; undefined when the file is not at hand or was not clean UTF-8. */
  editRange({ path, start, end }: Edit): Range | undefined {
    const file = this.#file(path);
    // U+FFFD may stand for bytes that were not UTF-8: then byte offsets do not lead back to characters.
    if (file === undefined || file.text.includes("\ufffd") || end > file.bytes.length) return undefined;
    return file.range(file.offsetOfByte(start), file.offsetOfByte(end));
  }
}

/** A location with columns that count bytes of UTF-8; columns stay as they are where the line is not at hand. */
export function utf8Range(location: Location | (Range & { path: string }), context: ReportContext): Range {
  const column = (line: number, utf16: number): number => {
    const text = context.line(location.path, line);
    return text === undefined ? utf16 : utf8Bytes(text.slice(0, utf16 - 1)) + Math.max(1, utf16 - text.length);
  };
  const { startLine, startColumn, endLine, endColumn } = location;
  return { startLine, startColumn: column(startLine, startColumn), endLine, endColumn: column(endLine, endColumn) };
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
