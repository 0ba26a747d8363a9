/** The use case behind `codeflow analyzers`: what each one finds, and whether it works on this repository. */
import { relative } from "node:path";
import { analyzers } from "../analyzers/index.ts";
import { closest } from "../model/closest.ts";
import { classifyFile } from "../findings/generated.ts";
import { createRuleResolver, type RuleResolver } from "../findings/severity.ts";
import type { Analyzer, Profile } from "../model/analyzer.ts";
import type { Config } from "../model/config.ts";
import { Failure } from "../model/failure.ts";
import type { Severity } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";
import { submoduleMode, symlinkMode, type Tree } from "../project/checkout.ts";
import { selectAnalyzers } from "./check/selection.ts";
import { findTools, type ToolSearch } from "./check/tools.ts";
import { listScope } from "./open-checkout.ts";
import { findPlace } from "./place.ts";
import { configOnDisk } from "./project-config.ts";
import type { World } from "./world.ts";

export interface AnalyzerListRequest {
  /** Instead of the configured one. */
  readonly profile: Profile | undefined;
  /** Looking for a tool may ask it for its version: that runs what the repository has installed. */
  readonly noExec: boolean;
}

export interface RuleFacts extends RuleDefinition {
  /** After configuration. */
  readonly severity: Severity;
  readonly isOn: boolean;
}

export interface AnalyzerFacts {
  readonly id: string;
  readonly summary: string;
  /** One of the repository's own tools, or part of CodeFlow. */
  readonly isTool: boolean;
  readonly version: string;
  /** The lowest profile in which it runs. */
  readonly profile: Profile;
  /** It has more rules than those listed, chosen by the repository's own settings. */
  readonly hasMoreRules: boolean;
  readonly rules: readonly RuleFacts[];
  /** The repository's files that change what it finds. */
  readonly configFiles: readonly string[];
  readonly options: unknown;
  readonly here: AnalyzerHere;
}

/** `runs` in a `codeflow check`; `missing`: configured by the repository, not on this machine. */
export interface AnalyzerHere {
  readonly status: "runs" | "missing" | "broken" | "off" | "other profile" | "no files" | "not used" | "not looked for";
  readonly reason: string | undefined;
  /** Files that it would look at. */
  readonly files: number;
  /** Of a tool that was found. */
  readonly executable?: string;
  readonly evidence?: readonly string[];
}

export interface AnalyzerList {
  readonly profile: Profile;
  readonly analyzers: readonly AnalyzerFacts[];
}

export const analyzerNames: readonly string[] = analyzers.map(({ id }) => id);

export async function listAnalyzers(request: AnalyzerListRequest, world: World): Promise<AnalyzerList> {
  const place = await findPlace(world);
  const config = await configOnDisk(place);
  const { head } = await listScope(place, { kind: "all" }, world);
  const profile = request.profile ?? config.profile;
  const resolver = createRuleResolver(
    config,
    new Map(analyzers.flatMap(({ rules }) => rules.map((rule) => [rule.id, rule] as const))),
  );
  const tools = request.noExec
    ? undefined
    : await findTools(
        analyzers.filter(({ kind }) => kind === "tool"),
        head,
        world.exec,
        world.env,
      );
  const { run } = selectAnalyzers(analyzers, config, resolver, {
    profile,
    scope: "all",
    only: [],
    skip: [],
  });
  const selected = new Set(run.map(({ id }) => id));
  const files = countFiles(head, config);
  return {
    profile,
    analyzers: analyzers.map((analyzer) => ({
      id: analyzer.id,
      summary: analyzer.summary,
      isTool: analyzer.kind === "tool",
      version: versionOf(analyzer, tools),
      profile: analyzer.profile,
      hasMoreRules: analyzer.openRules === true,
      rules: analyzer.rules.map((rule) => ruleFacts(rule, resolver)),
      configFiles: analyzer.configFiles ?? [],
      options:
        analyzer.options === undefined
          ? undefined
          : { ...(analyzer.options.defaults as object), ...config.analyzers[analyzer.id]?.options },
      here: whatHappensHere(analyzer, {
        config,
        profile,
        isSelected: selected.has(analyzer.id),
        tools,
        files: files(analyzer),
        root: place.root,
      }),
    })),
  };
}

/** One analyzer, or the one that has the rule of this name; then only with that rule. */
export async function showAnalyzer(
  id: string,
  request: AnalyzerListRequest,
  world: World,
): Promise<{ readonly analyzer: AnalyzerFacts; readonly rule: RuleFacts | undefined }> {
  const isRule = id.includes("/");
  const wanted = isRule ? id.slice(0, id.indexOf("/")) : id;
  const known = analyzers.find((analyzer) => analyzer.id === wanted);
  if (known === undefined || (isRule && !known.rules.some((rule) => rule.id === id))) {
    const names = isRule
      ? analyzers.flatMap(({ rules }) => rules.map((rule) => rule.id))
      : analyzers.map((one) => one.id);
    const near = closest(id, names);
    throw new Failure("CF430", `there is no ${isRule ? "rule" : "analyzer"} ${id}`, {
      ...(known?.openRules === true ? { why: `${wanted} may have it by the repository's own settings` } : {}),
      next: near === undefined ? "codeflow analyzers list shows them all" : `did you mean ${near}?`,
    });
  }
  const list = await listAnalyzers(request, world);
  const analyzer = list.analyzers.find((one) => one.id === wanted);
  if (analyzer === undefined) throw new Error(`no analyzer ${wanted}`);
  return { analyzer, rule: isRule ? analyzer.rules.find((rule) => rule.id === id) : undefined };
}

function ruleFacts(rule: RuleDefinition, resolver: RuleResolver): RuleFacts {
  return { ...rule, severity: resolver.severityOf(rule.id, "", rule.severity), isOn: resolver.isOn(rule.id) };
}

function versionOf(analyzer: Analyzer, tools: ToolSearch | undefined): string {
  if (analyzer.kind !== "tool") return analyzer.version;
  return tools?.found.find((tool) => tool.analyzer.id === analyzer.id)?.places[0].version ?? "";
}

interface Here {
  readonly config: Config;
  readonly profile: Profile;
  readonly isSelected: boolean;
  readonly tools: ToolSearch | undefined;
  readonly files: number;
  readonly root: string;
}

function whatHappensHere(analyzer: Analyzer, { config, profile, isSelected, tools, files, root }: Here): AnalyzerHere {
  const found = tools?.found.find((tool) => tool.analyzer.id === analyzer.id)?.places[0];
  const installed =
    found === undefined ? {} : { executable: shortPath(root, found.executable), evidence: found.evidence };
  if (config.analyzers[analyzer.id]?.enabled === false) {
    return { status: "off", reason: "the configuration says enabled: false", files, ...installed };
  }
  if (analyzer.kind === "tool") {
    if (tools === undefined) return { status: "not looked for", reason: "--no-exec", files };
    const broken = tools.failed.find((tool) => tool.analyzer.id === analyzer.id);
    if (broken !== undefined) return { status: "broken", reason: broken.reason, files };
    const missing = tools.missing.find((tool) => tool.analyzer.id === analyzer.id);
    if (found === undefined && missing !== undefined) return { status: "missing", reason: missing.reason, files };
    if (found === undefined) return { status: "not used", reason: "the repository does not use it", files };
  }
  if (files === 0) return { status: "no files", reason: "nothing here is for it", files, ...installed };
  if (!isSelected) {
    const isReached = profile === "comprehensive" || profile === "ai" || analyzer.profile === profile;
    const reason = isReached ? "all of its rules are off" : `runs with --profile ${analyzer.profile}`;
    return { status: isReached ? "off" : "other profile", reason, files, ...installed };
  }
  return { status: "runs", reason: undefined, files, ...installed };
}

/** Inside the repository relative to it, else as it is. */
function shortPath(root: string, path: string): string {
  const inside = relative(root, path);
  return inside.startsWith("..") ? path : inside;
}

/** Files by name, as the check counts them: excluded, vendored and linked ones left out where the analyzer does not see them. */
function countFiles(tree: Tree, config: Config): (analyzer: Analyzer) => number {
  const files = [...tree.entries.values()]
    .filter(({ mode }) => mode !== submoduleMode)
    .map((entry) => ({ entry, isVendored: classifyFile(entry.path, undefined, config).vendored !== undefined }));
  return (analyzer) =>
    files.filter(
      ({ entry, isVendored }) =>
        (analyzer.seesVendored === true || !isVendored) &&
        (analyzer.seesLinks === true || entry.mode !== symlinkMode) &&
        analyzer.appliesTo(entry),
    ).length;
}
