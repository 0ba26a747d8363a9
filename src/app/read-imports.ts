/** Takes in reports that other tools wrote: `--import FILE`. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { identify } from "../findings/identity.ts";
import { Failure } from "../model/failure.ts";
import { SourceFile } from "../model/source-file.ts";
import { readFromDisk } from "../project/checkout.ts";
import type { ImportedReport } from "./check/run-check.ts";
import type { Place } from "./place.ts";
import type { World } from "./world.ts";

export async function readImports(files: readonly string[], world: World, place: Place): Promise<ImportedReport[]> {
  if (files.length === 0) return [];
  const { importReport } = await import("../analyzers/import/index.ts");
  const sources = new Map<string, SourceFile | undefined>();
  const read = (path: string): SourceFile | undefined => {
    if (!sources.has(path)) {
      const content = readFromDisk(place.root, path);
      sources.set(path, content === undefined ? undefined : new SourceFile(path, content.bytes));
    }
    return sources.get(path);
  };
  return files.map((file) => {
    const report = importReport(readText(resolve(world.cwd, file), file), { root: place.root, name: file, read });
    return {
      tool: report.tool,
      version: report.version,
      findings: report.findings.map((finding) => identify(finding, read(finding.location.path))),
      rules: report.rules,
      skipped: report.skipped,
      gaps: report.gaps.map((gap) => `${file}: ${gap}`),
    };
  });
}

function readText(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Failure("CF410", `cannot read the report ${name}`, { why: (error as Error).message, cause: error });
  }
}
