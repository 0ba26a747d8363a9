/** A file's content with the positions that analyzers need: lines, UTF-16 offsets, byte offsets. */
import type { Edit, Location, Range } from "./finding.ts";

export class SourceFile {
  /** Repository-relative, `/`-separated. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Decoded content without a BOM. Invalid bytes appear as U+FFFD. */
  readonly text: string;
  /** 3 when the content starts with a UTF-8 BOM, else 0. */
  readonly bomLength: number;
  /** False when the bytes are not UTF-8: offsets cannot be mapped back, so no edits may be made. */
  readonly isUtf8: boolean;
  #lineStarts: number[] | undefined;
  #ascii: boolean | undefined;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.bytes = bytes;
    this.bomLength = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    let isUtf8 = true;
    let text: string;
    try {
      text = strictUtf8.decode(bytes);
    } catch {
      // Not UTF-8: analyzers still see the readable part; edits are off.
      isUtf8 = false;
      text = lenientUtf8.decode(bytes);
    }
    this.isUtf8 = isUtf8;
    this.text = text;
  }

  /** UTF-16 offset at which each line starts; CR, LF and CRLF end lines. */
  get lineStarts(): readonly number[] {
    if (this.#lineStarts === undefined) {
      const starts = [0];
      const text = this.text;
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code === 10) starts.push(i + 1);
        else if (code === 13 && text.charCodeAt(i + 1) !== 10) starts.push(i + 1);
      }
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }

  get lineCount(): number {
    return this.lineStarts.length;
  }

  /** The text of a 1-based line without its line end; empty outside the file. */
  line(number: number): string {
    const starts = this.lineStarts;
    const start = starts[number - 1];
    if (start === undefined) return "";
    let end = starts[number] ?? this.text.length;
    while (end > start && (this.text.charCodeAt(end - 1) === 10 || this.text.charCodeAt(end - 1) === 13)) end--;
    return this.text.slice(start, end);
  }

  /** 1-based line and column of a UTF-16 offset (clamped to the file). */
  position(offset: number): { line: number; column: number } {
    const starts = this.lineStarts;
    const clamped = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= clamped) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: clamped - (starts[low] ?? 0) + 1 };
  }

  /** UTF-16 offset of a 1-based line and column, clamped to the file. */
  offset(line: number, column: number): number {
    const starts = this.lineStarts;
    if (line < 1) return 0;
    const start = starts[line - 1];
    if (start === undefined) return this.text.length;
    const end = starts[line] ?? this.text.length;
    return Math.max(start, Math.min(start + column - 1, end));
  }

  /** Range between two UTF-16 offsets. */
  range(start: number, end: number): Range {
    const from = this.position(start);
    const to = this.position(Math.max(start, end));
    return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
  }

  /** Location between two UTF-16 offsets. */
  location(start: number, end: number): Location {
    return { path: this.path, ...this.range(start, end) };
  }

  /** Location of a whole 1-based line, without its line end. */
  lineLocation(line: number): Location {
    return { path: this.path, startLine: line, startColumn: 1, endLine: line, endColumn: this.line(line).length + 1 };
  }

  /** Byte offset in `bytes` (BOM counted) of a UTF-16 offset in `text`. Only meaningful when `isUtf8`. */
  byteOffset(offset: number): number {
    this.#ascii ??= this.bytes.length - this.bomLength === this.text.length;
    if (this.#ascii) return this.bomLength + offset;
    return this.bomLength + utf8Length(this.text, 0, offset);
  }

  /** UTF-16 offset in `text` of a byte offset in `bytes`. Only meaningful when `isUtf8`. */
  offsetOfByte(byte: number): number {
    this.#ascii ??= this.bytes.length - this.bomLength === this.text.length;
    if (this.#ascii) return Math.max(0, byte - this.bomLength);
    return lenientUtf8.decode(this.bytes.subarray(this.bomLength, byte)).length;
  }

  /** An edit that replaces the text between two UTF-16 offsets. */
  edit(start: number, end: number, text: string): Edit {
    return { path: this.path, start: this.byteOffset(start), end: this.byteOffset(end), text };
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });
const lenientUtf8 = new TextDecoder("utf-8");

function utf8Length(text: string, start: number, end: number): number {
  let length = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) length += 1;
    else if (code < 0x800) length += 2;
    else if (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}
