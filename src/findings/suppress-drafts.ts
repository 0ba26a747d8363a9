/** The pipeline's step that applies suppressions to the head and the base, and knows which rules exist and ran. */
import { type Draft, draftOf, markByFile } from "./draft.ts";
import type { MatchOptions } from "./match.ts";
import { matchOptions, type PipelineInput } from "./pipeline-input.ts";
import type { RuleResolver } from "./severity.ts";
import { applyDirectives, type Directive, type SuppressOutcome } from "./suppress.ts";

/** Marks what is suppressed on both revisions, and adds the findings about the suppressions themselves. */
export function suppressDrafts(
  head: readonly Draft[],
  base: readonly Draft[],
  input: PipelineInput,
  resolver: RuleResolver,
): { readonly head: Draft[]; readonly base: Draft[] } {
  const isKnownRule = createKnownRules(input);
  const apply = (
    drafts: readonly Draft[],
    directives: ReadonlyMap<string, readonly Directive[]>,
    newPath: (path: string) => string,
    base?: SuppressOutcome & { readonly options: MatchOptions },
  ): [Draft[], SuppressOutcome] => {
    const outcome = applyDirectives({
      findings: drafts,
      directives,
      ignore: input.config.ignore,
      today: input.today,
      isKnownRule,
      wasLookedFor: (pattern, path) => wasLookedFor(pattern, newPath(path), input, resolver),
      ...(base === undefined ? {} : { base }),
    });
    const all = [...drafts];
    for (const complaint of outcome.complaints) {
      const draft = draftOf(complaint, input);
      if (!resolver.isOn(draft.rule, draft.location.path)) continue;
      const suppression = outcome.suppressed.get(complaint)?.suppression;
      markByFile(draft, input.marks);
      if (suppression !== undefined) draft.suppressed ??= suppression;
      all.push(draft);
    }
    for (const draft of drafts) {
      const suppression = outcome.suppressed.get(draft)?.suppression;
      if (draft.suppressed === undefined && suppression !== undefined) draft.suppressed = suppression;
    }
    return [all, outcome];
  };
  let onBase: (SuppressOutcome & { readonly options: MatchOptions }) | undefined;
  let baseDrafts: Draft[] = [];
  if (input.base !== undefined) {
    const { renames, directives } = input.base;
    const [drafts, outcome] = apply(base, directives, (path) => renames.get(path) ?? path);
    baseDrafts = drafts;
    onBase = { ...outcome, options: matchOptions(input.base) };
  }
  const [headDrafts, outcome] = apply(head, input.directives, (path) => path, onBase);
  for (const draft of headDrafts) {
    const directive = outcome.swapped.get(draft);
    if (directive === undefined) continue;
    const message = "this suppression was written for another secret; say in its reason that it holds for this one too";
    draft.related = [...(draft.related ?? []), { location: directive.location, message }];
  }
  return { head: headDrafts, base: baseDrafts };
}

function createKnownRules(input: PipelineInput): (pattern: string) => boolean {
  const ids = [...input.definitions.keys()];
  const analyzers = new Set([...ids.map((id) => id.slice(0, id.indexOf("/"))), ...(input.openAnalyzers ?? [])]);
  return (pattern) => {
    if (input.definitions.has(pattern)) return true;
    const slash = pattern.indexOf("/");
    const analyzer = slash === -1 ? pattern : pattern.slice(0, slash);
    if (analyzer.includes("*")) return true;
    if (slash === -1 || !analyzers.has(analyzer)) return false;
    if (input.openAnalyzers?.has(analyzer) === true) return true;
    const start = pattern.slice(0, pattern.indexOf("*"));
    return pattern.includes("*") && ids.some((id) => id.startsWith(start));
  };
}

function wasLookedFor(pattern: string, path: string, input: PipelineInput, resolver: RuleResolver): boolean {
  const analyzer = pattern.slice(0, Math.max(0, pattern.indexOf("/")));
  // For every analyzer at once nobody can say that all of them looked.
  if (analyzer === "" || analyzer.includes("*")) return false;
  if (!input.ranOn(analyzer, path)) return false;
  return (
    pattern.includes("*") || (!resolver.isOff(pattern, path) && isOnOrOpen(pattern, analyzer, path, input, resolver))
  );
}

function isOnOrOpen(
  rule: string,
  analyzer: string,
  path: string,
  { openAnalyzers, definitions }: PipelineInput,
  resolver: RuleResolver,
): boolean {
  // An engine with rules of its own may have this one on by the repository's settings; only what we know is known.
  if (openAnalyzers?.has(analyzer) === true && !definitions.has(rule)) return false;
  return resolver.isOn(rule, path);
}
