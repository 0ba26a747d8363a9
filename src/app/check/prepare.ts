/** Gives each analyzer that takes part all that its results depend on, and the key that follows from it. */
import type { RuleResolver } from "../../findings/severity.ts";
import type { Analyzer, LoadContext } from "../../model/analyzer.ts";
import { readTexts, type Tree } from "../../project/checkout.ts";
import type { Prepared } from "./tree-job.ts";
import { analyzerKey, digest, explainKey } from "./keys.ts";
import type { Checkout } from "./run-check.ts";
import type { ToolSearch } from "./tools.ts";

const defaultTimeoutSeconds = 600;

export async function prepare(
  selected: readonly Analyzer[],
  tools: ToolSearch,
  checkout: Checkout,
  secretKey: string,
  resolver: RuleResolver,
): Promise<{ prepared: Prepared[]; keys: Map<string, Readonly<Record<string, string>>> }> {
  const { config, settings, git } = checkout;
  const found = new Map(tools.found.map((tool) => [tool.analyzer.id, tool]));
  const wanted = await configPaths(selected, settings);
  const texts = await readTexts(git, settings, [...new Set([...wanted.values()].flat())]);
  const prepared: Prepared[] = [];
  const keys = new Map<string, Readonly<Record<string, string>>>();
  for (const analyzer of selected) {
    const tool = found.get(analyzer.id);
    if (analyzer.kind === "tool" && tool === undefined) continue;
    const setting = config.analyzers[analyzer.id];
    const configFiles = (wanted.get(analyzer.id) ?? []).flatMap((path) => {
      const text = texts.get(path);
      return text === undefined ? [] : [{ path, text }];
    });
    const options: unknown =
      analyzer.options === undefined ? undefined : { ...(analyzer.options.defaults as object), ...setting?.options };
    const inputs = {
      config,
      options,
      configFiles,
      secretKeyDigest: digest(secretKey),
      ...(tool === undefined ? {} : { extra: tool.identity }),
    };
    const context: LoadContext<unknown> = {
      options,
      config: configFiles,
      isRuleOn: (rule) => resolver.isOn(rule),
      rulesNamed: (path) => resolver.namedOf(analyzer.id, path),
      secretKey,
    };
    const seconds =
      setting?.timeoutSeconds ?? (analyzer.kind === "tool" ? analyzer.timeoutSeconds : defaultTimeoutSeconds);
    prepared.push({
      analyzer,
      context,
      key: analyzerKey(analyzer, inputs),
      timeoutMs: seconds * 1000,
      ...(tool === undefined ? {} : { tool }),
    });
    keys.set(analyzer.id, explainKey(analyzer, inputs));
  }
  return { prepared, keys };
}

/** Paths of the repository's configuration files for each analyzer: by base name, or by glob when it holds a slash. */
async function configPaths(selected: readonly Analyzer[], settings: Tree): Promise<Map<string, string[]>> {
  const byName = new Map<string, string[]>();
  const globs: { analyzer: string; matches: (path: string) => boolean }[] = [];
  const wanted = new Map<string, string[]>(selected.map(({ id }) => [id, []]));
  for (const { id, configFiles } of selected) {
    for (const name of configFiles ?? []) {
      if (name.includes("/")) {
        const { default: picomatch } = await import("picomatch");
        globs.push({ analyzer: id, matches: picomatch(name, { dot: true }) });
      } else byName.set(name, [...(byName.get(name) ?? []), id]);
    }
  }
  for (const path of settings.entries.keys()) {
    for (const id of byName.get(path.slice(path.lastIndexOf("/") + 1)) ?? []) wanted.get(id)?.push(path);
    for (const { analyzer, matches } of globs) if (matches(path)) wanted.get(analyzer)?.push(path);
  }
  return wanted;
}
