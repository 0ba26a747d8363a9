/** Reads what tsc and vue-tsc print with `--pretty false`: one diagnostic a line, its elaboration indented below. */
import type { ToolOutput } from "../../model/analyzer.ts";
import type { RawFinding, Severity } from "../../model/finding.ts";
import { excerpt } from "./json-output.ts";
import { locate } from "./positions.ts";

/** TS6305: a referenced project was not built, so that the types of its modules are unknown. */
const notBuilt = "6305";

/** Findings `<tool>/TS1234` of a compiler that ran with `--pretty false`. */
export function readCompilerLines(tool: string, output: ToolOutput): RawFinding[] {
  const findings: RawFinding[] = [];
  const lines = output.stdout.split(/\r?\n/);
  let spoke = false;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.trim() === "") continue;
    const match = /^(.+?)\((\d+),(\d+)\): (error|warning|message|suggestion) TS(\d+): (.*)$/.exec(line);
    if (match === null) {
      // `error TS18003: No inputs were found…`, `error TS5058: The specified path does not exist`: it did not run.
      throw new Error(`${tool} could not check the project${excerpt(line)}`);
    }
    spoke = true;
    const [, path = "", row, column, kind, code = "", text = ""] = match;
    const message = [text];
    while (/^\s+\S/.test(lines[index + 1] ?? "")) message.push((lines[++index] ?? "").trimEnd());
    if (code === notBuilt) {
      throw new Error(`${tool} needs the referenced projects to be built first (\`tsc -b\`)${excerpt(text)}`);
    }
    const location = locate(output, path, { line: Number(row), column: Number(column) }, "utf16");
    if (location === undefined) continue;
    findings.push({
      rule: `${tool}/TS${code}`,
      message: message.join("\n"),
      location,
      severity: kind === "error" ? "error" : ((kind === "warning" ? "warning" : "info") satisfies Severity),
      category: unusedCodes.has(code) ? "maintainability" : "correctness",
    });
  }
  if (!spoke && output.exitCode !== 0) {
    throw new Error(`${tool} ended with ${output.exitCode} and no diagnostic${excerpt(output.stderr)}`);
  }
  return findings;
}

/** Unused names, imports, labels, type parameters, unreachable code: reported because the project asked for it. */
const unusedCodes: ReadonlySet<string> = new Set([
  "6133",
  "6138",
  "6192",
  "6196",
  "6198",
  "6199",
  "6205",
  "7027",
  "7028",
]);
