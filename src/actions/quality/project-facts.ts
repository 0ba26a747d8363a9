/**
 * Runs one of the bundled whole-project analyzers over the checkout with options of the step's own: for reports that rank
 * everything, where a check only reports what lies beyond the limits that the repository set.
 */
import type { ActionContext } from "../../model/action.ts";
import type { ProjectAnalyzer, ProjectResult } from "../../model/analyzer.ts";
import { SkipFile } from "../../model/failure.ts";
import { SourceFile } from "../../model/source-file.ts";
import { classifyFile } from "../../findings/generated.ts";

export interface ProjectRun<Facts> extends ProjectResult {
  readonly facts: ReadonlyMap<string, Facts>;
  /** Files that could not be judged. */
  readonly skipped: ReadonlyMap<string, string>;
}

const shownSkips = 5;

/** `isMeant` chooses among the files that the analyzer applies to; generated and vendored ones are left out. */
export async function runProjectAnalyzer<Options, Facts>(
  { repo, exec, clock, log, signal }: ActionContext<"repo">,
  analyzer: ProjectAnalyzer<Options, Facts>,
  options: Partial<Options>,
  isMeant: (path: string) => boolean = () => true,
  keepsGenerated = false,
): Promise<ProjectRun<Facts>> {
  const files = await repo.files();
  const context = {
    options: { ...analyzer.options?.defaults, ...options } as Options,
    config: [],
    isRuleOn: () => true,
    secretKey: "",
  };
  const extraction = await analyzer.load(context);
  const facts = new Map<string, Facts>();
  const skipped = new Map<string, string>();
  for (const entry of files) {
    if (!entry.mode.startsWith("100") || !isMeant(entry.path) || !analyzer.appliesTo(entry)) continue;
    signal.throwIfAborted();
    const bytes = await repo.read(entry.path);
    if (bytes === undefined) continue;
    const file = new SourceFile(entry.path, bytes);
    if (!keepsGenerated) {
      const marks = classifyFile(entry.path, file.text.slice(0, 4_096), { generated: [], vendored: [] });
      if (marks.generated !== undefined || marks.vendored !== undefined) continue;
    }
    try {
      const fact = await extraction.extract(file);
      if (fact !== undefined) facts.set(entry.path, fact);
    } catch (error) {
      if (!(error instanceof SkipFile)) throw error;
      skipped.set(entry.path, error.message);
    }
  }
  // What is not in the numbers is said.
  for (const [path, reason] of [...skipped].slice(0, shownSkips)) log.warn(`not looked at: ${path}, ${reason}`);
  if (skipped.size > shownSkips) log.warn(`not looked at: ${skipped.size - shownSkips} files more`);
  const result = await analyzer.combine({
    ...context,
    facts,
    paths: new Set(files.map(({ path }) => path)),
    root: repo.root,
    commits: [],
    exec,
    now: clock.now(),
    signal,
  });
  return { ...result, facts, skipped };
}
