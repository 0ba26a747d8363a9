/** What one file imports, exports and otherwise mentions of other files. */
import type { SourceFile } from "../../model/source-file.ts";
import { unfitness } from "../trees/tree.ts";

/** Packed for the cache. */
export interface ModuleFacts {
  /** Imports and re-exports: what from, which names (`*` for all), where. */
  readonly imports?: readonly ImportFacts[];
  /** Modules of which every export is passed on. */
  readonly stars?: readonly string[];
  readonly exports?: readonly ExportFacts[];
  /** Texts that look like paths to a neighbour: workers, dynamic imports, `require`, globs. Whatever they name is used. */
  readonly mentions?: readonly string[];
  /** package.json, tsconfig: the text itself. */
  readonly config?: string;
}

export interface ImportFacts {
  readonly from: string;
  readonly names: readonly string[];
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  /** Written as an import or export statement with a plain text, not found by a search. */
  readonly isStatic: boolean;
}

export interface ExportFacts {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly isType: boolean;
  /** The name occurs elsewhere in its own file too, or a decorator hands it on. */
  readonly isUsedInside: boolean;
}

const relativeText = /(["'`])(\.{1,2}(?:\/[^"'`\n$*{}]*)?)(?:\1|\$\{|[*{])/g;
const importText =
  /\b(?:import|export)\b[^"'`;]*?\bfrom\s*(["'])([^"'\n]+)\1|\bimport\s*\(?\s*(["'])([^"'\n]+)\3|\brequire\(\s*(["'])([^"'\n]+)\5\s*\)/g;

type ParseSync = typeof import("oxc-parser").parseSync;

/** Facts of a script by its syntax. */
export function readScript(source: SourceFile, parseSync: ParseSync): ModuleFacts {
  const { text } = source;
  if (!/\b(?:import|export|require)\b/.test(text)) return {};
  if (overflowsParser(text)) return readMarkup(source);
  const parsed = parseSync(source.path, text);
  // Broken, or a dialect: what it imports is found by a search, and nothing is said about its exports.
  if (parsed.errors.some(({ severity }) => severity === "Error")) return readMarkup(source);
  const { module } = parsed;
  const imports: ImportFacts[] = [];
  const stars: string[] = [];
  const exports: ExportFacts[] = [];
  const staticTexts = new Set<number>();
  const place = (start: number, end: number) => {
    const { startLine, startColumn, endLine, endColumn } = source.range(start, end);
    return { line: startLine, column: startColumn, endColumn: endLine === startLine ? endColumn : startColumn + 1 };
  };
  for (const { moduleRequest, entries } of module.staticImports) {
    staticTexts.add(moduleRequest.start);
    imports.push({
      from: moduleRequest.value,
      names: entries.map(({ importName }) =>
        importName.kind === "Name" ? (importName.name ?? "*") : importName.kind === "Default" ? "default" : "*",
      ),
      ...place(moduleRequest.start, moduleRequest.end),
      isStatic: true,
    });
  }
  for (const { entries } of module.staticExports) {
    for (const entry of entries) {
      const { moduleRequest, importName, exportName } = entry;
      if (moduleRequest !== null) {
        staticTexts.add(moduleRequest.start);
        if (importName.kind === "AllButDefault") stars.push(moduleRequest.value);
        imports.push({
          from: moduleRequest.value,
          names:
            importName.kind === "AllButDefault" ? [] : [importName.kind === "Name" ? (importName.name ?? "*") : "*"],
          ...place(moduleRequest.start, moduleRequest.end),
          isStatic: true,
        });
      }
      const { name, start, end } = exportName;
      if (exportName.kind !== "Name" || name === null || start === null || end === null) continue;
      exports.push({
        name,
        ...place(start, end),
        isType: entry.isType,
        isUsedInside:
          moduleRequest !== null ||
          occurrences(text, entry.localName.name ?? name) > (entry.localName.start === start ? 1 : 2) ||
          isDecorated(text, entry.start),
      });
    }
  }
  return pack({
    imports: [...imports, ...readRequires(source)],
    stars,
    exports,
    mentions: readMentions(text, staticTexts),
  });
}

/**
 * oxc's parser descends recursively: 2,000 nested brackets or 5,000 nested statements end the process (measured with
 * 0.159 in a worker thread, whose stack is 4 MB).
 */
function overflowsParser(text: string): boolean {
  if (unfitness(text) !== undefined) return true;
  // Shorter texts cannot nest so deeply without brackets or signs.
  if (text.length < 10_000) return false;
  if (
    /(?:\bnew\s+){1000}|(?:\bif\s*\([^()]*\)\s*){1000}|(?:\b\w+\s*:\s*){1000}|(?:\bextends\s+class\s*\w*\s*){1000}/.test(
      text,
    )
  )
    return true;
  let elses = 0;
  for (let at = text.indexOf("else"); at !== -1; at = text.indexOf("else", at + 4)) elses++;
  return elses > 3_000;
}

/** Facts of a component, a page or a broken script, by a search for its imports. */
export function readMarkup({ text }: SourceFile): ModuleFacts {
  const imports: ImportFacts[] = [];
  for (const match of text.matchAll(importText)) {
    const from = match[2] ?? match[4] ?? match[6];
    if (from !== undefined) imports.push({ from, names: ["*"], line: 0, column: 0, endColumn: 0, isStatic: false });
  }
  return pack({ imports, stars: [], exports: [], mentions: readMentions(text, new Set()) });
}

function pack(facts: Required<Pick<ModuleFacts, "imports" | "stars" | "exports" | "mentions">>): ModuleFacts {
  return {
    ...(facts.imports.length === 0 ? {} : { imports: facts.imports }),
    ...(facts.stars.length === 0 ? {} : { stars: facts.stars }),
    ...(facts.exports.length === 0 ? {} : { exports: facts.exports }),
    ...(facts.mentions.length === 0 ? {} : { mentions: facts.mentions }),
  };
}

/** `require`, `import()`, `import x = require()`, `typeof import()` of packages and aliases: all names are used. */
function readRequires({ text }: SourceFile): ImportFacts[] {
  const found: ImportFacts[] = [];
  for (const match of text.matchAll(
    /\b(?:require(?:\.resolve)?|import|importOriginal|mock|unmock|actual|importActual)(?:<[^>()]*>)?\(\s*(?:\/\*[^*]*\*\/\s*)*(["'`])([^"'`\n$]+)\1/gi,
  )) {
    const from = match[2];
    if (from !== undefined) found.push({ from, names: ["*"], line: 0, column: 0, endColumn: 0, isStatic: false });
  }
  return found;
}

/** Every text that begins like a relative path, up to its first variable part; not those of import statements. */
function readMentions(text: string, staticTexts: ReadonlySet<number>): string[] {
  const mentions = new Set<string>();
  for (const match of text.matchAll(relativeText)) {
    if (!staticTexts.has(match.index) && match[2] !== undefined) {
      const isWhole = match[0].endsWith(match[1] ?? "");
      // A path that goes on with a variable names everything that begins like it.
      mentions.add(isWhole ? match[2] : `${match[2]}*`);
    }
  }
  return [...mentions];
}

function occurrences(text: string, name: string): number {
  let count = 0;
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + name.length)) {
    if (!isNamePart(text.charCodeAt(at - 1)) && !isNamePart(text.charCodeAt(at + name.length))) count++;
  }
  return count;
}

function isNamePart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36 ||
    code > 127
  );
}

/** A decorator may register the class somewhere: it stands right before `export` or right after it. */
function isDecorated(text: string, start: number): boolean {
  if (text[start] === "@") return true;
  const before = text
    .slice(Math.max(0, start - 2_000), start)
    .replace(/\bexport\s*$/, "")
    .trimEnd();
  return /(?:^|\n)\s*@[A-Za-z_$][\w$.]*(?:\([^]*\))?$/.test(before.slice(before.lastIndexOf("\n\n") + 1));
}
