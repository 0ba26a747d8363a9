/** Finds a marked section in a document and gives the document with another text in it. Pure. */

export interface SectionMarkers {
  readonly start: string;
  readonly end: string;
  /** Add the section at the end of a document that has neither marker. */
  readonly append: boolean;
}

export type SectionResult =
  | { readonly text: string; readonly outcome: "updated" | "appended" }
  | { readonly refused: string };

export function replaceSection(document: string, content: string, markers: SectionMarkers): SectionResult {
  const newline = document.includes("\r\n") ? "\r\n" : "\n";
  const body = content.replace(/\r\n?/g, "\n").replace(/^\n+|\n+$/g, "");
  const lines = body === "" ? [] : body.split("\n");
  if (lines.some((line) => line.trim() === markers.start || line.trim() === markers.end)) {
    return { refused: "the new content holds a marker itself" };
  }
  const old = document.split(/\r?\n/);
  const starts = linesThatAre(old, markers.start);
  const ends = linesThatAre(old, markers.end);
  if (starts.length === 0 && ends.length === 0) {
    if (!markers.append) return { refused: `it has no line ${markers.start}; \`if-missing: append\` adds it` };
    const gap = document === "" ? "" : document.endsWith("\n") ? newline : newline.repeat(2);
    const section = [markers.start, ...lines, markers.end, ""].join(newline);
    return { text: `${document}${gap}${section}`, outcome: "appended" };
  }
  const [start] = starts;
  const [end] = ends;
  if (start === undefined || end === undefined) {
    return { refused: `it has the marker ${start === undefined ? markers.end : markers.start} without its partner` };
  }
  if (starts.length > 1 || ends.length > 1) return { refused: "it has a marker more than once" };
  if (end < start)
    return { refused: `the end marker (line ${end + 1}) stands before the start marker (line ${start + 1})` };
  const offsets = lineOffsets(document);
  const from = offsets[start + 1] ?? document.length;
  const to = offsets[end] ?? document.length;
  const indented = /^[ \t]*/.exec(old[start] ?? "")?.[0] ?? "";
  const inside = lines.map((line) => `${line === "" ? "" : indented}${line}${newline}`).join("");
  return { text: document.slice(0, from) + inside + document.slice(to), outcome: "updated" };
}

function lineOffsets(text: string): number[] {
  const offsets = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) offsets.push(at + 1);
  return offsets;
}

/** Numbers of the lines that are this marker, fenced code left out: a document may show its own markers. */
function linesThatAre(lines: readonly string[], marker: string): number[] {
  const found: number[] = [];
  let fence: string | undefined;
  for (const [index, line] of lines.entries()) {
    const [, run] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (fence === undefined && run !== undefined) fence = run;
    else if (fence !== undefined && run?.startsWith(fence) === true && /^\s*[`~]+\s*$/.test(line)) fence = undefined;
    else if (fence === undefined && line.replace(/^\ufeff/, "").trim() === marker) found.push(index);
  }
  return found;
}
