/** Puts a version's notes into a changelog and loses no line of it. Pure. */

export interface ChangelogRequest {
  /** Undefined: the notes go under "Unreleased". */
  readonly version: string | undefined;
  /** `2026-01-31`. */
  readonly date: string;
  readonly notes: string;
}

interface Section {
  /** Undefined for what stands above the first version. */
  readonly heading: string | undefined;
  /** As they are in the file, blank ones too. */
  readonly lines: readonly string[];
}

/** Sections that the notes do not concern stay as they are, to the last blank line. */
export function updateChangelog(text: string | undefined, { version, date, notes }: ChangelogRequest): string {
  const newline = text?.includes("\r\n") === true ? "\r\n" : "\n";
  const start = text === undefined || text.trim() === "" ? "# Changelog\n" : text.replaceAll("\r\n", "\n");
  const { sections, tail } = split(start);
  const wanted = notes.replaceAll("\r\n", "\n").trim().split("\n");
  const at = sections.findIndex(({ heading }) => heading !== undefined && isHeadingOf(heading, version));
  if (at >= 0) {
    const section = sections[at] as Section;
    sections[at] = { heading: section.heading, lines: merged(section.lines, wanted) };
  } else {
    const unreleased = sections.findIndex(({ heading }) => heading !== undefined && isHeadingOf(heading, undefined));
    const heading = version === undefined ? "## [Unreleased]" : headingLike(sections, version, date);
    const waiting = version === undefined ? undefined : sections[unreleased];
    if (waiting !== undefined) {
      // Released now: what people wrote there moves along.
      sections[unreleased] = { heading: waiting.heading, lines: [""] };
      sections.splice(unreleased + 1, 0, { heading, lines: merged(waiting.lines, wanted) });
    } else {
      const first = sections.findIndex((section) => section.heading !== undefined);
      const place = first < 0 ? sections.length : first;
      const above = sections[place - 1];
      if (above !== undefined && above.lines.length > 0 && above.lines.at(-1)?.trim() !== "") {
        sections[place - 1] = { heading: above.heading, lines: [...above.lines, ""] };
      }
      sections.splice(place, 0, { heading, lines: merged([], wanted) });
    }
  }
  const lines = sections.flatMap((section) => [
    ...(section.heading === undefined ? [] : [section.heading]),
    ...section.lines,
  ]);
  // A section that was written anew ends with a blank line, for the next one; at the end of the file there is none.
  const end = tail.every((line) => line.trim() === "") ? [""] : tail;
  if (end.length === 1) while (lines.at(-1)?.trim() === "") lines.pop();
  return [...lines, ...end].join(newline);
}

/** Lines of the old text that the new one lacks: there must be none. */
export function lostLines(before: string, after: string): readonly string[] {
  const left = new Map<string, number>();
  for (const line of after.split(/\r?\n/)) left.set(line.trim(), (left.get(line.trim()) ?? 0) + 1);
  return before.split(/\r?\n/).filter((line) => {
    const text = line.trim();
    if (text === "") return false;
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  });
}

function split(text: string): { sections: Section[]; tail: readonly string[] } {
  const lines = text.split("\n");
  // Link definitions at the end belong to the file, not to its oldest version.
  let end = lines.length;
  while (end > 0 && /^(?:\s*|\[[^\]]+\]: \S.*)$/.test(lines[end - 1] ?? "")) end -= 1;
  while (end < lines.length && lines[end]?.trim() === "") end += 1;
  const sections: { heading: string | undefined; lines: string[] }[] = [{ heading: undefined, lines: [] }];
  const body = lines.slice(0, end);
  const isCode = codeLines(body);
  for (const [index, line] of body.entries()) {
    if (!isCode.has(index) && /^##\s/.test(line)) sections.push({ heading: line, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return { sections, tail: lines.slice(end) };
}

/** Numbers of the lines within fences. One that nobody closes is no fence: the rest of the file would be code. */
function codeLines(lines: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  let open: { readonly at: number; readonly run: string } | undefined;
  for (const [index, line] of lines.entries()) {
    const [, run] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (run === undefined) continue;
    if (open === undefined) open = { at: index, run };
    else if (run.startsWith(open.run)) {
      for (let at = open.at; at <= index; at++) found.add(at);
      open = undefined;
    }
  }
  return found;
}

function isHeadingOf(heading: string, version: string | undefined): boolean {
  const [, name = ""] = /^##\s+\[?v?([^\]\s(]+)/i.exec(heading) ?? [];
  return version === undefined ? /^unreleased$/i.test(name) : name === version.replace(/^v/, "");
}

/** As the newest version's heading is written. */
function headingLike(sections: readonly Section[], version: string, date: string): string {
  const bare = version.replace(/^v/, "");
  const newest = sections.find(({ heading }) => heading !== undefined && !isHeadingOf(heading, undefined))?.heading;
  if (newest === undefined) return `## [${bare}] - ${date}`;
  const name = /^##\s+\[/.test(newest) ? `[${bare}]` : /^##\s+v\d/.test(newest) ? `v${bare}` : bare;
  if (/\(\d{4}-\d\d-\d\d\)/.test(newest)) return `## ${name} (${date})`;
  return /\d{4}-\d\d-\d\d/.test(newest) ? `## ${name} - ${date}` : `## ${name}`;
}

/** The section's lines with those of the notes that it lacks, each under its own `###` heading. */
function merged(own: readonly string[], notes: readonly string[]): string[] {
  const groups = groupsOf(own);
  for (const { heading, lines } of groupsOf(notes)) {
    const same = groups.filter((each) => each.heading?.trim().toLowerCase() === heading?.trim().toLowerCase());
    const known = new Set(same.flatMap((each) => each.lines.map((line) => line.trim())));
    const [group] = same;
    const fresh = lines.filter((line) => line.trim() === "" || !known.has(line.trim()));
    if (fresh.every((line) => line.trim() === "")) continue;
    if (group === undefined) groups.push({ heading, lines });
    else {
      while (group.lines.at(-1)?.trim() === "") group.lines.pop();
      while (fresh[0]?.trim() === "") fresh.shift();
      // A list goes on, a paragraph begins anew.
      const goesOn = /^\s*[-*+] /.test(group.lines.at(-1) ?? "") && /^\s*[-*+] /.test(fresh[0] ?? "");
      group.lines.push(...(goesOn || group.lines.length === 0 ? [] : [""]), ...fresh);
    }
  }
  const parts = groups.map(({ heading, lines }) =>
    [...(heading === undefined ? [] : [heading, ""]), ...trimmed(lines)].join("\n").trim(),
  );
  const text = parts.filter((part) => part !== "").join("\n\n");
  return text === "" ? [""] : ["", ...text.split("\n"), ""];
}

function groupsOf(lines: readonly string[]): { heading: string | undefined; lines: string[] }[] {
  const groups: { heading: string | undefined; lines: string[] }[] = [{ heading: undefined, lines: [] }];
  const isCode = codeLines(lines);
  for (const [index, line] of lines.entries()) {
    if (!isCode.has(index) && /^###\s/.test(line)) groups.push({ heading: line, lines: [] });
    else groups.at(-1)?.lines.push(line);
  }
  return groups;
}

function trimmed(lines: readonly string[]): readonly string[] {
  return lines
    .join("\n")
    .replace(/^(?:\s*\n)+/, "")
    .trimEnd()
    .split("\n");
}
