/** Text of a config file in, resolved configuration and every mistake at once out. Pure: reads no file. */
import { createHash } from "node:crypto";
import type { AnalyzerSetting, Config } from "../model/config.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { defaultConfig } from "./defaults.ts";
import type { KeySchema } from "./explain-issues.ts";
import type { ConfigurableAnalyzer } from "./known-names.ts";
import { readYaml } from "./positioned-yaml.ts";
import type { ConfigInput } from "./schema.ts";

/** Raised whenever the same text can come to mean something else. */
const loaderVersion = 3;

export interface LoadConfigRequest {
  readonly text: string;
  /** As the user would name it. */
  readonly file: string;
  readonly analyzers: readonly ConfigurableAnalyzer[];
}

export interface LoadedConfig {
  /** Plain JSON. Undefined when a diagnostic is an error: a half-understood configuration must not decide a verdict. */
  readonly config: Config | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export async function loadConfig({ text, file, analyzers }: LoadConfigRequest): Promise<LoadedConfig> {
  const { document, diagnostics: found } = await readYaml(text, file);
  if (document === undefined) return { config: undefined, diagnostics: found };
  // An empty file, or one with nothing but the modeline, says nothing.
  if (document.value === undefined) return { config: defaultConfig, diagnostics: found };
  const value = withoutEmptySections(document.value);
  const diagnostics: Diagnostic[] = [...found];

  const [{ z }, schemas, { explainIssues }, { checkAnalyzers, checkRuleNames }] = await Promise.all([
    import("zod"),
    import("./schema.ts"),
    import("./explain-issues.ts"),
    import("./known-names.ts"),
  ]);
  const { configSchema, durationSeconds } = schemas;
  const result = configSchema.safeParse(value);
  // Names are checked in whatever part is well-formed, so that one mistake does not hide another.
  const input = result.success ? result.data : readablePart(value, schemas);
  if (!result.success) {
    const keys = z.toJSONSchema(configSchema, { io: "input" }) as KeySchema;
    diagnostics.push(...explainIssues(result.error.issues, [], value, document, file, keys));
  }
  const checked = await checkAnalyzers(input, analyzers, document, file);
  diagnostics.push(...checked.diagnostics, ...checkRuleNames(input, analyzers, document, file));
  diagnostics.sort((a, b) => a.line - b.line || a.column - b.column);
  if (!result.success || diagnostics.some(({ severity }) => severity === "error")) {
    return { config: undefined, diagnostics };
  }

  const { timeout, analyzers: settings, issues, ...rest } = result.data;
  const resolved: Record<string, AnalyzerSetting> = {};
  for (const [id, { timeout: limit, options: _given, ...setting }] of Object.entries(settings)) {
    const options = checked.options[id];
    resolved[id] = {
      ...setting,
      ...(limit === undefined ? {} : { timeoutSeconds: durationSeconds(limit) }),
      ...(options === undefined ? {} : { options }),
    } as AnalyzerSetting;
  }
  const asked = [issues.assign].flat();
  const end = asked.indexOf("none");
  const assign = asked.slice(0, end < 0 ? asked.length : end);
  const { "min-severity": minSeverity, "min-findings": minFindings, "max-issues": maxIssues, ...others } = issues;
  const config = {
    ...rest,
    analyzers: resolved,
    timeoutSeconds: durationSeconds(timeout),
    issues: { ...others, assign, minSeverity, minFindings, maxIssues },
  };
  // Keys that hold undefined disappear, so that a memoised configuration equals a fresh one.
  return { config: JSON.parse(JSON.stringify(config)) as Config, diagnostics };
}

/**
 * Key under which a caller may keep what `loadConfig` returned for this text, to spare the next run the parser and the
 * schema library. `version` is CodeFlow's: it stands for the analyzers and their schemas too. The file's name is in
 * every diagnostic, so it counts.
 */
export function parsedConfigKey(text: string, version: string, file = ""): string {
  return createHash("sha256")
    .update(JSON.stringify(["config", loaderVersion, version, file, text]))
    .digest("hex");
}

/** The sections that are valid on their own, with defaults for the others; of `analyzers`, whatever can be read. */
function readablePart(value: unknown, { analyzerSetting, configSchema }: typeof import("./schema.ts")): ConfigInput {
  const given = asRecord(value);
  const sections: Record<string, unknown> = {};
  for (const [name, section] of Object.entries(configSchema.shape)) {
    const own = section.safeParse(given[name]);
    if (own.success) sections[name] = own.data;
  }
  if (sections["analyzers"] === undefined) {
    const entries = Object.entries(asRecord(given["analyzers"])).map(([id, setting]) => {
      const own = analyzerSetting.safeParse(setting);
      const options = asRecord(asRecord(setting)["options"]);
      return [id, own.success ? own.data : Object.keys(options).length > 0 ? { options } : {}];
    });
    sections["analyzers"] = Object.fromEntries(entries);
  }
  return configSchema.parse(sections);
}

/** A section whose entries are all commented out reads as null: it says nothing. */
function withoutEmptySections(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
