/** GitHub's own language service for workflow and action files, one file at a time. */
import * as nodeModule from "node:module";
import type { RawFinding, Severity } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";

type Validate = typeof import("@actions/languageservice/validate").validate;
type ValidationDocument = Parameters<Validate>[0];
type ServiceDiagnostic = Awaited<ReturnType<Validate>>[number];

export interface LanguageService {
  validate(source: SourceFile, kind: "workflow" | "action"): Promise<RawFinding[]>;
}

export async function loadLanguageService(): Promise<LanguageService> {
  // The bundle has the JSON inside; from source the package's JSON imports lack the attribute that Node asks for.
  if (import.meta.url.endsWith(".ts")) allowJsonImports();
  const [{ validate }, { clearCacheEntry }] = await Promise.all([
    import("@actions/languageservice/validate"),
    import("@actions/languageservice/utils/workflow-cache"),
  ]);
  let count = 0;
  return {
    async validate(source, kind) {
      // It caches by address: each file gets one of its own, and is forgotten at once.
      const uri = `file:///${++count}/${kind === "action" ? "action.yml" : ".github/workflows/workflow.yml"}`;
      try {
        const diagnostics = await validate(documentOf(uri, source), {});
        return diagnostics
          .filter((diagnostic) => !isRepetition(diagnostic, diagnostics))
          .flatMap((diagnostic) => toFinding(diagnostic, source) ?? []);
      } finally {
        clearCacheEntry(uri);
      }
    },
  };
}

let hooked = false;

function allowJsonImports(): void {
  if (hooked) return;
  hooked = true;
  nodeModule.registerHooks({
    load: (url, context, next) =>
      url.endsWith(".json") && url.includes("/@actions/")
        ? next(url, { ...context, importAttributes: { type: "json" } })
        : next(url, context),
  });
}

/** Validation reads a document's address and text only; the rest serves editors. */
function documentOf(uri: string, source: SourceFile): ValidationDocument {
  const document: Pick<ValidationDocument, "uri" | "getText"> = { uri, getText: () => source.text };
  return document as ValidationDocument;
}

/** "Value 'x' is not valid" beside what says why, and the same thing twice. */
function isRepetition(diagnostic: ServiceDiagnostic, all: readonly ServiceDiagnostic[]): boolean {
  const place = JSON.stringify(diagnostic.range);
  const others = all.filter((other) => other !== diagnostic && JSON.stringify(other.range) === place);
  const isVague = /^Value '.*' is not valid$|^Unexpected value ''$/.test(String(diagnostic.message));
  return others.some(
    (other) =>
      (isVague && other.message !== diagnostic.message) ||
      (other.message === diagnostic.message && all.indexOf(other) < all.indexOf(diagnostic)),
  );
}

function isDispatchType(source: SourceFile, line: number): boolean {
  if (!/^\s*types:/.test(source.line(line))) return false;
  let above = line - 1;
  while (above > 1 && source.line(above).trim() === "") above--;
  return /^\s*["']?repository_dispatch["']?\s*:/.test(source.line(above));
}

const ruleOfCode: Readonly<Record<string, readonly [rule: string, severity: Severity]>> = {
  "expression-literal-text-in-condition": ["always-true-condition", "error"],
  "on-schedule": ["schedule-too-frequent", "warning"],
};

function toFinding(diagnostic: ServiceDiagnostic, source: SourceFile): RawFinding | undefined {
  const { range } = diagnostic;
  const start = source.offset(range.start.line + 1, range.start.character + 1);
  const end = source.offset(range.end.line + 1, range.end.character + 1);
  const location = source.location(start, Math.max(start, end));
  const text = typeof diagnostic.message === "string" ? diagnostic.message : diagnostic.message.value;
  // YAML errors carry an excerpt with the position again.
  const message = (text.split(/ at line \d+, column/)[0] ?? text).trim().replace(/([^.!?])$/, "$1.");
  // What is no YAML is told once, by the analyzer of YAML, without what follows from it.
  if (/ at line \d+, column/.test(text)) return undefined;
  // `env: ${{ matrix.env }}` and the like are evaluated to a mapping at run time.
  if (/^Unexpected type 'BasicExpressionToken' encountered while reading '[\w -]*env'/.test(text)) return undefined;
  // Whoever dispatches chooses the name, and one name needs no list.
  if (text.startsWith("Unexpected value '") && isDispatchType(source, range.start.line + 1)) return undefined;
  // Written without quotes where a text is asked for: GitHub takes it as the text.
  if (/^Unexpected type '(?:Boolean|Number)Token' encountered while reading 'input default'/.test(text))
    return undefined;
  // `branches:` with nothing below it: GitHub takes it for all.
  if (/^Unexpected type 'NullToken' encountered while reading '(?:branches|tags|paths)\b/.test(text)) return undefined;
  // Only the marketplace asks for it; a repository's own action runs without.
  if (/^Required property is missing: description\b/.test(text)) return undefined;
  // `env[matrix.name]`: which one is known only at run time.
  if (/^Context access might be invalid: ?$/.test(text)) return undefined;
  const unknown = /^Context access might be invalid: (.+)$/.exec(text)?.[1];
  if (unknown !== undefined) {
    // Outputs, variables, secrets and events are known only at run time; what the file itself must declare is not.
    const name = unknown.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    const context = new RegExp(String.raw`(?<![\w.\-])(steps|needs|github|runner|strategy)\.${name}(?![\w\-])`).exec(
      source.text.slice(start, end),
    )?.[1];
    if (context === undefined) return undefined;
    return { rule: "workflows/unknown-context", message: `\`${context}.${unknown}\` does not exist here.`, location };
  }
  const [rule, severity] = ruleOfCode[String(diagnostic.code ?? "")] ?? [
    "invalid",
    // No severity, or Error (1): the parser refuses the file, as GitHub will.
    (diagnostic.severity ?? 1) === 1 ? "error" : "warning",
  ];
  return { rule: `workflows/${rule}`, severity: severity as Severity, message, location };
}
