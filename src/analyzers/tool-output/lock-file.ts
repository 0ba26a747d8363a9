/** Places in lock files for findings about packages. */
import type { ToolOutput } from "../../model/analyzer.ts";
import type { Location } from "../../model/finding.ts";
import { locate } from "./positions.ts";

/** Reports name packages, not lines: the first line of the lock file that names the package, best with its version. */
export function locatePackage(output: ToolOutput, path: string, name: string, version: string): Location | undefined {
  const whole = locate(output, path, { line: 1, column: 1, endLine: 1, endColumn: 1 }, "utf16");
  const source = whole === undefined ? undefined : output.read(whole.path);
  if (source === undefined) return whole;
  const lines = Array.from({ length: source.lineCount }, (_, index) => source.line(index + 1));
  const both = lines.findIndex((line) => line.includes(name) && line.includes(version));
  const line = both === -1 ? lines.findIndex((text) => text.includes(name)) : both;
  return line === -1 ? whole : source.lineLocation(line + 1);
}
