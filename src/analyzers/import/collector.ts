/** Gathers what a foreign report says as raw findings and rules of this repository. */
import type { Category, Edit, Location, RawFinding, RelatedLocation, Severity } from "../../model/finding.ts";
import type { RuleDefinition } from "../../model/rule.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { resolveReportPath, type ResolvedPath } from "./report-path.ts";
import { toKebab } from "./rule-names.ts";

export interface ImportOptions {
  /** One of `importFormats`; recognised by the content when absent. */
  readonly format?: string;
  /** Absolute root of the checkout that the report speaks of. */
  readonly root: string;
  /** Of the report's file, as a person would name it; for messages, and for findings that name no file. */
  readonly name?: string;
  /**
   * The file as it is now. With it, columns that count bytes or code points become UTF-16, ranges without an end get
   * one, and edits are taken over; without it columns are taken as they stand and edits are left out.
   */
  readonly read?: (path: string) => SourceFile | undefined;
}

export interface ImportedReport {
  readonly format: string;
  /** Kebab-case; what stands before the slash of every rule id. */
  readonly tool: string;
  readonly version?: string;
  readonly findings: readonly RawFinding[];
  /** Of every rule that appears in `findings`. */
  readonly rules: readonly RuleDefinition[];
  /** What was not taken over, and why: paths out of the repository, what the tool itself had suppressed. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** Why the report cannot be the whole truth: the tool failed, or pages are missing. */
  readonly gaps: readonly string[];
}

export interface ForeignRule {
  readonly summary?: string | undefined;
  readonly category?: Category | undefined;
  readonly severity?: Severity | undefined;
  readonly rationale?: string | undefined;
  readonly helpUrl?: string | undefined;
}

/** Positions are 1-based, the end exclusive; what is missing is filled in. */
export interface ForeignRange {
  readonly startLine?: number | undefined;
  readonly startColumn?: number | undefined;
  readonly endLine?: number | undefined;
  readonly endColumn?: number | undefined;
  /** What the columns count; UTF-16 code units unless said. */
  readonly columns?: "utf16" | "codePoints" | "bytes";
}

export interface ForeignFinding {
  /** As the tool names it. */
  readonly rule: string;
  readonly message: string;
  readonly path: string;
  readonly range: ForeignRange;
  readonly severity?: Severity | undefined;
  readonly category?: Category | undefined;
  readonly helpUrl?: string | undefined;
  readonly anchor?: string | undefined;
  readonly related?: readonly RelatedLocation[] | undefined;
  readonly suggestions?: readonly { readonly message: string; readonly edits: readonly Edit[] }[] | undefined;
}

export class ReportCollector {
  readonly tool: string;
  readonly version: string | undefined;
  readonly options: ImportOptions;
  readonly #findings: RawFinding[] = [];
  readonly #rules = new Map<string, RuleDefinition>();
  readonly #ids = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #foreign = new Map<string, ForeignRule>();
  readonly #skipped: { path: string; reason: string }[] = [];
  readonly #gaps: string[] = [];

  constructor(tool: string, version: string | undefined, options: ImportOptions) {
    // Names of tools are brands: `CodeQL` is one word.
    this.tool = toKebab(tool.toLowerCase());
    this.version = version;
    this.options = options;
  }

  /** What the report tells of a rule; only rules with findings are handed on. */
  describe(name: string, rule: ForeignRule): void {
    this.#foreign.set(name, rule);
  }

  gap(reason: string): void {
    this.#gaps.push(reason);
  }

  skip(path: string, reason: string): void {
    this.#skipped.push({ path, reason });
  }

  resolve(raw: string, base?: string): ResolvedPath {
    return resolveReportPath(raw, this.options.root, base);
  }

  /** Resolves a path and notes when it is refused. */
  place(raw: string, range: ForeignRange, base?: string): Location | undefined {
    const resolved = this.resolve(raw, base);
    if ("refused" in resolved) {
      this.skip(raw, resolved.refused);
      return undefined;
    }
    return this.locate(resolved.path, range);
  }

  /** A whole location from what is known. */
  locate(path: string, range: ForeignRange): Location {
    const file = this.options.read?.(path);
    const startLine = Math.max(1, range.startLine ?? 1);
    const endLine = Math.max(startLine, range.endLine ?? startLine);
    const column = (line: number, given: number): number =>
      toUtf16(file?.line(line), Math.max(1, given), range.columns);
    const startColumn = column(startLine, range.startColumn ?? 1);
    let endColumn: number;
    if (range.endColumn !== undefined) endColumn = column(endLine, range.endColumn);
    // Only a line was named: all of it, when its length can be known. A column without an end is a place.
    else if (range.startColumn === undefined || endLine > startLine) {
      endColumn = file === undefined || endLine > file.lineCount ? 1 : file.line(endLine).length + 1;
    } else endColumn = startColumn;
    if (endLine === startLine) endColumn = Math.max(startColumn, endColumn);
    return { path, startLine, startColumn, endLine, endColumn };
  }

  add(finding: ForeignFinding, base?: string): void {
    const location = this.place(finding.path, finding.range, base);
    if (location === undefined) return;
    const foreign = this.#foreign.get(finding.rule);
    const id = this.#ruleId(finding.rule);
    const category = finding.category ?? foreign?.category ?? "correctness";
    const severity = finding.severity ?? foreign?.severity ?? "warning";
    if (!this.#rules.has(id)) {
      this.#rules.set(id, {
        id,
        summary: oneSentence(foreign?.summary ?? `${finding.rule}, reported by ${this.tool}.`),
        category,
        severity,
        recommended: true,
        ...(foreign?.rationale === undefined ? {} : { rationale: foreign.rationale }),
        ...(foreign?.helpUrl === undefined ? {} : { helpUrl: foreign.helpUrl }),
      });
    }
    const helpUrl = finding.helpUrl ?? foreign?.helpUrl;
    this.#findings.push({
      rule: id,
      message: finding.message.trim() === "" ? (foreign?.summary ?? finding.rule) : finding.message.trim(),
      location,
      severity,
      category,
      ...(helpUrl === undefined ? {} : { helpUrl }),
      ...(finding.anchor === undefined ? {} : { anchor: finding.anchor }),
      ...(finding.related === undefined || finding.related.length === 0 ? {} : { related: finding.related }),
      ...(finding.suggestions === undefined || finding.suggestions.length === 0
        ? {}
        : {
            // The report may be older than the files: its edits need a person's eye before they are applied.
            suggestions: finding.suggestions.map(({ message, edits }) => ({ message, edits, safety: "suggested" })),
          }),
    });
  }

  report(format: string): ImportedReport {
    return {
      format,
      tool: this.tool,
      ...(this.version === undefined ? {} : { version: this.version }),
      findings: this.#findings,
      rules: [...this.#rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      skipped: this.#skipped,
      gaps: this.#gaps,
    };
  }

  /** Two names that become the same id are told apart by a number, in order of appearance. */
  #ruleId(name: string): string {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const wanted = `${this.tool}/${toKebab(name)}`;
    let id = wanted;
    for (let i = 2; this.#taken.has(id); i++) id = `${wanted}-${i}`;
    this.#ids.set(name, id);
    this.#taken.add(id);
    return id;
  }
}

function oneSentence(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 300 ? line : `${line.slice(0, 299)}…`;
}

function toUtf16(line: string | undefined, column: number, unit: ForeignRange["columns"]): number {
  if (line === undefined || unit === undefined || unit === "utf16") return column;
  let left = column - 1;
  let index = 0;
  for (const character of line) {
    const size = unit === "codePoints" ? 1 : Buffer.byteLength(character);
    if (left < size) break;
    left -= size;
    index += character.length;
  }
  // Past the end of the line every unit is the same.
  return index + (index === line.length ? left : 0) + 1;
}
