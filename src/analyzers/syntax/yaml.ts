/** YAML: what no common parser accepts, and keys written twice. */
import { isScalar, parseAllDocuments, visit, type Document, type YAMLMap } from "yaml";
import { SkipFile } from "../../model/failure.ts";
import type { RawFinding } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { isMeantToBreak, isTemplate } from "./leniency.ts";

const mostDuplicates = 20;

export function checkYaml(file: SourceFile): RawFinding[] {
  const { text, path } = file;
  if (isMeantToBreak(path)) return [];
  const documents = parseAllDocuments(text, {
    // What the specification forbids though its meaning is clear, libyaml and PyYAML accept: not an error to them.
    strict: false,
    // Theirs compares every key with every other: a minute for a large flat file. Ours is below.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
    // Nothing is converted to values: aliases are never expanded, however many there are.
    keepSourceTokens: false,
  });
  const [error] = documents.flatMap(({ errors }) => errors);
  // The parser recurses, and reports an overflow of the stack as an error in the text.
  if (error?.message.startsWith("Maximum call stack") === true) throw new SkipFile("nested too deeply");
  if (error === undefined) return documents.flatMap((document) => duplicates(file, document)).slice(0, mostDuplicates);
  if (isTemplate(text) && !path.startsWith(".github/")) return [];
  const [start, end] = error.pos;
  // Brackets that close further left than the specification wants: libyaml, PyYAML and Go's parsers accept them.
  if (/^Flow .* sufficiently indented/.test(error.message) && /[\]}]/.test(text.slice(start))) return [];
  // Far-reaching errors (a bad indentation of a whole block) are shown where they begin.
  const lineEnd = text.indexOf("\n", start);
  const shownEnd = Math.min(end, lineEnd === -1 ? text.length : Math.max(lineEnd, start));
  return [{ rule: "syntax/yaml", message: firstLine(error.message), location: file.location(start, shownEnd) }];
}

function duplicates(file: SourceFile, document: Document.Parsed): RawFinding[] {
  // Cirrus CI reads repeated keys (`env`, `matrix`, tasks) as lists, on purpose; a template may choose one of two.
  if (file.path.endsWith(".cirrus.yml") || isTemplate(file.text)) return [];
  const findings: RawFinding[] = [];
  visit(document, {
    Map: (_, map) => {
      if (findings.length >= mostDuplicates) return visit.BREAK;
      findings.push(...duplicatesIn(file, map));
      return undefined;
    },
  });
  return findings;
}

function duplicatesIn(file: SourceFile, map: YAMLMap<unknown, unknown>): RawFinding[] {
  const seen = new Map<string, readonly [number, number]>();
  const findings: RawFinding[] = [];
  for (const { key } of map.items) {
    if (!isScalar(key) || !key.range || findings.length >= mostDuplicates) continue;
    // `1` and `"1"` are different keys; `<<` may stand twice, both are merged.
    const name = `${typeof key.value} ${String(key.value)}`;
    if (name === "string <<") continue;
    const [start, end] = key.range;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, [start, end]);
    // What documents a format shows one form after the other.
    else if (!/(?:^|\/)(?:docs?|documentation|examples?|samples?)\//.test(file.path)) {
      findings.push({
        rule: "syntax/yaml-duplicate-key",
        message: `the key ${JSON.stringify(firstLine(String(key.value)))} is already in this mapping`,
        location: file.location(start, end),
        related: [{ location: file.location(...first), message: "the first one" }],
      });
    }
  }
  return findings;
}

function firstLine(message: string): string {
  const line = message.split("\n", 1)[0] ?? message;
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
