/** Feeds hostile texts to an analyzer in a process of its own, where a crash of the native parser is seen as such. */
import type { FactExtraction, FileAnalysis, LoadContext } from "../../../../src/model/analyzer.ts";
import { SkipFile } from "../../../../src/model/failure.ts";
import { SourceFile } from "../../../../src/model/source-file.ts";
import { analyzers } from "../../../../src/analyzers/index.ts";
import { hostileTexts } from "./hostile-texts.ts";

const id = process.argv[2];
const analyzer = analyzers.find((candidate) => candidate.id === id);
if (analyzer === undefined || (analyzer.kind !== "file" && analyzer.kind !== "project")) {
  throw new Error(`no file or project analyzer ${id}`);
}
const context: LoadContext<unknown> = {
  options: analyzer.options?.defaults ?? {},
  config: [],
  isRuleOn: () => true,
  secretKey: "",
};
const loaded = await analyzer.load(context);
let judged = 0;
let skipped = 0;
let slowest = { ms: 0, name: "" };
for (const { name, path, bytes } of hostileTexts()) {
  if (!analyzer.appliesTo({ path, blob: "", mode: "100644" })) continue;
  const start = performance.now();
  const source = new SourceFile(path, bytes);
  try {
    if (analyzer.kind === "file") await (loaded as FileAnalysis).analyze(source);
    else JSON.stringify(await (loaded as FactExtraction<unknown>).extract(source));
    judged++;
  } catch (error) {
    if (!(error instanceof SkipFile)) throw new Error(`${name} in ${path}`, { cause: error });
    skipped++;
  }
  const ms = performance.now() - start;
  if (ms > slowest.ms) slowest = { ms, name: `${name} in ${path}` };
}
process.stdout.write(JSON.stringify({ judged, skipped, slowest }));
