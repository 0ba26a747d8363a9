/** Where requirements stand in their manifests. */
import { findNodeAtLocation, type Node } from "jsonc-parser";
import type { Range } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";

export const topOfFile: Range = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };

/** Of a property in JSON: key and value. */
export function rangeOfProperty(file: SourceFile, root: Node, path: readonly string[]): Range {
  const property = findNodeAtLocation(root, [...path])?.parent;
  return property === undefined ? topOfFile : file.range(property.offset, property.offset + property.length);
}

/**
 * Of the first line below `[section]` (any section when undefined) that begins with the name, quoted or not, or that
 * contains it in quotes with a version behind it, as lists of requirements do. The TOML parser gives no positions.
 */
export function rangeInToml(file: SourceFile, section: RegExp | undefined, name: string): Range {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/[-_.]|\\\./g, "[-_.]");
  const entry = new RegExp(
    `^\\s*["']?${escaped}["']?\\s*[=.]|["']${escaped}(?![\\w.-]*\\w)|^\\s*\\[.*[.]["']?${escaped}["']?\\]`,
    "i",
  );
  let isInside = section === undefined;
  for (let line = 1; line <= file.lineCount; line++) {
    const text = file.line(line);
    if (text.length > 2_000) continue;
    const header = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?/.exec(text)?.[1];
    if (header !== undefined && /^\s*\[/.test(text) && !text.includes("=")) isInside = section?.test(header) ?? true;
    if (!isInside || !entry.test(text)) continue;
    const start = text.search(/\S/) + 1;
    return { startLine: line, startColumn: start, endLine: line, endColumn: text.trimEnd().length + 1 };
  }
  return topOfFile;
}
