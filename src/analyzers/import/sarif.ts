/** SARIF 2.1.0 logs, CodeQL's among them. */
import type { Category, Edit, RelatedLocation, Severity } from "../../model/finding.ts";
import type { ForeignRange, ImportedReport, ImportOptions } from "./collector.ts";
import { ReportCollector } from "./collector.ts";
import { decodeUri, resolveReportPath } from "./report-path.ts";
import { asInteger, asObject, asObjects, asString, at, type Json } from "./untrusted-value.ts";

export function isSarif(value: unknown): boolean {
  return (
    Array.isArray(at(value, "runs")) && (asString(at(value, "version"))?.startsWith("2.") === true || hasTool(value))
  );
}

function hasTool(value: unknown): boolean {
  return asObjects(at(value, "runs")).some((run) => asObject(at(run, "tool", "driver")) !== undefined);
}

export function importSarif(value: unknown, options: ImportOptions): ImportedReport {
  const runs = asObjects(at(value, "runs"));
  const names = runs.map((run) => asString(at(run, "tool", "driver", "name")) ?? "sarif");
  const [first = "sarif"] = names;
  const driver = at(runs[0], "tool", "driver");
  const version = asString(at(driver, "semanticVersion")) ?? asString(at(driver, "version"));
  const collector = new ReportCollector(first, version, options);
  for (const [index, run] of runs.entries()) {
    const name = names[index] ?? first;
    new RunReader(run, collector, name === first ? "" : `${name}/`).read();
  }
  return collector.report(/^codeql/i.test(first) ? "codeql" : "sarif");
}

class RunReader {
  readonly #run: Json;
  readonly #collector: ReportCollector;
  /** Rules of a second tool in one log carry its name. */
  readonly #prefix: string;
  readonly #components: readonly Json[];
  readonly #columns: ForeignRange["columns"];

  constructor(run: Json, collector: ReportCollector, prefix: string) {
    this.#run = run;
    this.#collector = collector;
    this.#prefix = prefix;
    const tool = asObject(run["tool"]);
    this.#components = [asObject(tool?.["driver"]) ?? {}, ...asObjects(tool?.["extensions"])];
    this.#columns = run["columnKind"] === "unicodeCodePoints" ? "codePoints" : "utf16";
  }

  read(): void {
    for (const invocation of asObjects(this.#run["invocations"])) {
      if (invocation["executionSuccessful"] !== false) continue;
      this.#collector.gap("the tool says of itself that it did not succeed");
    }
    for (const result of asObjects(this.#run["results"])) this.#result(result);
  }

  #result(result: Json): void {
    const [first] = asObjects(result["locations"]);
    const physical = asObject(first?.["physicalLocation"]) ?? asObject(result["analysisTarget"]);
    const artifact = asObject(physical?.["artifactLocation"]);
    const uri = this.#uri(artifact);
    const label = uri?.path ?? "(no file)";
    const kind = asString(result["kind"]) ?? "fail";
    if (kind === "pass" || kind === "notApplicable") return;
    if (result["baselineState"] === "absent") return this.#collector.skip(label, "fixed, says the report");
    const accepted = asObjects(result["suppressions"]).some(
      ({ status }) => status === undefined || status === "accepted",
    );
    if (accepted) return this.#collector.skip(label, "suppressed in the report");
    const rule = this.#rule(result);
    const name =
      asString(result["ruleId"]) ?? asString(at(result, "rule", "id")) ?? asString(rule?.["id"]) ?? "unnamed";
    if (rule !== undefined) this.#collector.describe(this.#prefix + name, describeRule(rule));
    if (uri === undefined) return this.#collector.skip(label, "a result without a file");
    this.#collector.add(
      {
        rule: this.#prefix + name,
        message: this.#message(result, rule),
        path: uri.path,
        range: this.#range(uri, asObject(physical?.["region"])),
        severity:
          kind === "informational"
            ? "info"
            : (toSeverity(result["level"]) ?? toSeverity(at(rule, "defaultConfiguration", "level"))),
        related: this.#related(result),
        suggestions: this.#fixes(result),
      },
      uri.base,
    );
  }

  /** Rules stand in the driver or, as CodeQL has it, in an extension that the result names. */
  #rule(result: Json): Json | undefined {
    const reference = asObject(result["rule"]);
    const extension = asInteger(at(reference, "toolComponent", "index"));
    const component = this.#components[extension === undefined ? 0 : extension + 1];
    const index = asInteger(reference?.["index"]) ?? asInteger(result["ruleIndex"]);
    const byIndex = index === undefined || index < 0 ? undefined : asObjects(component?.["rules"])[index];
    if (byIndex !== undefined) return byIndex;
    const id = asString(result["ruleId"]) ?? asString(reference?.["id"]);
    for (const each of this.#components) {
      const found = asObjects(each["rules"]).find((rule) => rule["id"] === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #message(result: Json, rule: Json | undefined): string {
    const message = asObject(result["message"]);
    const id = asString(message?.["id"]) ?? "";
    const text =
      asString(message?.["text"]) ??
      asString(at(rule, "messageStrings", id, "text")) ??
      asString(at(this.#components[0], "globalMessageStrings", id, "text")) ??
      asString(message?.["markdown"]) ??
      "";
    const values = Array.isArray(message?.["arguments"]) ? (message["arguments"] as unknown[]) : [];
    return plainText(text, values);
  }

  #uri(artifact: Json | undefined): { path: string; base: string } | undefined {
    const index = asInteger(artifact?.["index"]);
    const listed = index === undefined ? undefined : asObjects(this.#run["artifacts"])[index];
    const source = asString(artifact?.["uri"]) === undefined ? asObject(listed?.["location"]) : artifact;
    const uri = asString(source?.["uri"]);
    if (uri === undefined) return undefined;
    const path = /^file:/i.test(uri) ? uri : decodeUri(uri);
    return { path, base: this.#base(asString(source?.["uriBaseId"]), 0) };
  }

  /** The folder that a base id stands for, relative to the root; the root itself when it cannot be known. */
  #base(id: string | undefined, depth: number): string {
    // The root of the sources is ours, wherever it lay on the machine that made the report.
    if (id === undefined || depth > 8 || /^%?(?:SRCROOT|REPOROOT|PROJECTROOT|ROOTPATH)%?$/i.test(id)) return "";
    const base = asObject(at(this.#run, "originalUriBaseIds", id));
    const uri = asString(base?.["uri"]);
    if (uri === undefined) return "";
    const parent = this.#base(asString(base?.["uriBaseId"]), depth + 1);
    const resolved = resolveReportPath(
      /^file:/i.test(uri) ? uri : decodeUri(uri),
      this.#collector.options.root,
      parent,
    );
    return "path" in resolved ? resolved.path : "";
  }

  #range(uri: { path: string; base: string }, region: Json | undefined): ForeignRange {
    const startLine = asInteger(region?.["startLine"]);
    if (startLine !== undefined) {
      return {
        startLine,
        startColumn: asInteger(region?.["startColumn"]),
        endLine: asInteger(region?.["endLine"]),
        endColumn: asInteger(region?.["endColumn"]),
        columns: this.#columns ?? "utf16",
      };
    }
    // Offsets instead of lines: only the file's text says which line that is.
    const edit = this.#offsets(uri, region);
    const file = edit === undefined ? undefined : this.#collector.options.read?.(edit.path);
    return edit === undefined || file === undefined ? {} : file.range(edit.start, edit.end);
  }

  /** UTF-16 offsets of a region in a file that can be read. */
  #offsets(
    uri: { path: string; base: string },
    region: Json | undefined,
  ): { path: string; start: number; end: number } | undefined {
    const resolved = this.#collector.resolve(uri.path, uri.base);
    const file = "path" in resolved ? this.#collector.options.read?.(resolved.path) : undefined;
    if (file === undefined || region === undefined) return undefined;
    const byteOffset = asInteger(region["byteOffset"]);
    if (byteOffset !== undefined && byteOffset >= 0 && file.isUtf8) {
      const end = byteOffset + Math.max(0, asInteger(region["byteLength"]) ?? 0);
      return { path: file.path, start: file.offsetOfByte(byteOffset), end: file.offsetOfByte(end) };
    }
    const charOffset = asInteger(region["charOffset"]);
    if (charOffset !== undefined && charOffset >= 0) {
      return {
        path: file.path,
        start: charOffset,
        end: charOffset + Math.max(0, asInteger(region["charLength"]) ?? 0),
      };
    }
    if (asInteger(region["startLine"]) === undefined) return undefined;
    const { startLine, startColumn, endLine, endColumn } = this.#collector.locate(file.path, this.#range(uri, region));
    return { path: file.path, start: file.offset(startLine, startColumn), end: file.offset(endLine, endColumn) };
  }

  #related(result: Json): RelatedLocation[] {
    return asObjects(result["relatedLocations"]).flatMap((related) => {
      const physical = asObject(related["physicalLocation"]);
      const uri = this.#uri(asObject(physical?.["artifactLocation"]));
      if (uri === undefined) return [];
      const resolved = this.#collector.resolve(uri.path, uri.base);
      if ("refused" in resolved) return [];
      const location = this.#collector.locate(resolved.path, this.#range(uri, asObject(physical?.["region"])));
      return [{ location, message: plainText(asString(at(related, "message", "text")) ?? "", []) }];
    });
  }

  #fixes(result: Json): { message: string; edits: Edit[] }[] {
    return asObjects(result["fixes"]).flatMap((fix) => {
      const edits: Edit[] = [];
      for (const change of asObjects(fix["artifactChanges"])) {
        const uri = this.#uri(asObject(change["artifactLocation"]));
        for (const replacement of asObjects(change["replacements"])) {
          const region = uri === undefined ? undefined : this.#offsets(uri, asObject(replacement["deletedRegion"]));
          const file = region === undefined ? undefined : this.#collector.options.read?.(region.path);
          // A fix with a part that cannot be placed is no fix.
          if (region === undefined || file?.isUtf8 !== true) return [];
          edits.push(file.edit(region.start, region.end, asString(at(replacement, "insertedContent", "text")) ?? ""));
        }
      }
      const message = plainText(asString(at(fix, "description", "text")) ?? "Apply the tool's fix", []);
      return edits.length === 0 ? [] : [{ message, edits }];
    });
  }
}

function describeRule(rule: Json): Parameters<ReportCollector["describe"]>[1] {
  return {
    summary: asString(at(rule, "shortDescription", "text")) ?? asString(rule["name"]),
    category: toCategory(at(rule, "properties", "tags")),
    severity: toSeverity(at(rule, "defaultConfiguration", "level")),
    rationale:
      asString(at(rule, "help", "markdown")) ??
      asString(at(rule, "help", "text")) ??
      asString(at(rule, "fullDescription", "text")),
    helpUrl: asString(rule["helpUri"]),
  };
}

function toSeverity(level: unknown): Severity | undefined {
  if (level === "error" || level === "warning") return level;
  return level === "note" || level === "none" ? "info" : undefined;
}

const categoryTags: readonly (readonly [RegExp, Category])[] = [
  [/^security$|^external\/cwe|^cwe\b|owasp/i, "security"],
  [/^dependency|^vulnerability$|^sca$/i, "dependency"],
  [/^performance$|^efficiency$/i, "performance"],
  [/^style$|^format/i, "style"],
  [/^documentation$/i, "documentation"],
  [/^test(?:ing|s)?$/i, "test"],
  [/^maintainability$|^readability$|^complexity$|^quality$/i, "maintainability"],
  [/^correctness$|^reliability$|^bug/i, "correctness"],
];

function toCategory(tags: unknown): Category | undefined {
  const names = Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  return categoryTags.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
}

/** Fills in `{0}`, and takes SARIF's own links (`[text](1)`) and escapes off. */
function plainText(text: string, values: readonly unknown[]): string {
  const filled =
    values.length === 0 ? text : text.replace(/\{(\d+)\}/g, (all, index) => asString(values[Number(index)]) ?? all);
  return filled.replace(/(?<!\\)\[([^\][]*)\]\(\d+\)/g, "$1").replace(/\\([[\]\\])/g, "$1");
}
