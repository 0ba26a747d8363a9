/** Mistakes in the files that people write for CodeFlow: all of them at once, with their places. */
import type { Diagnostic } from "../model/diagnostic.ts";
import { Failure } from "../model/failure.ts";

/** Doors show each mistake with the piece of the file that it is about. */
export class Mistakes extends Failure {
  readonly diagnostics: readonly Diagnostic[];
  /** The files' texts, by the names that the diagnostics use. */
  readonly texts: ReadonlyMap<string, string>;

  constructor(code: string, diagnostics: readonly Diagnostic[], texts: ReadonlyMap<string, string>) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const files = new Set(errors.map(({ file }) => file));
    const subject = files.size === 1 ? ([...files][0] ?? "") : `${files.size} files`;
    super(
      code,
      `${subject} ${files.size === 1 ? "has" : "have"} ${errors.length} mistake${errors.length === 1 ? "" : "s"}`,
    );
    this.diagnostics = diagnostics;
    this.texts = texts;
  }
}

/** One line for a place that has no room for code: a report's notices. */
export function diagnosticLine({ file, line, column, message, hint }: Diagnostic): string {
  return `${file}:${line}:${column}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
}
