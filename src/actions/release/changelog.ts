/** Puts a version's notes into a changelog and loses no line of it. Pure. */

export interface ChangelogRequest {
  /** Undefined: the notes go under "Unreleased". */
  readonly version: string | undefined;
  /** `2026-01-31`. */
  readonly date: string;
  readonly notes: string;
}

interface Section {
  /** A line, or two where it is underlined; none of what stands above the first version. */
  readonly heading: readonly string[];
  /** As they are in the file, blank ones too. */
  readonly lines: readonly string[];
}

/** How the headings of versions are written in this file. */
interface Style {
  readonly level: number;
  readonly isUnderlined: boolean;
}

/**
 * Sections that the notes do not concern stay as they are, to the last blank line. Versions may be headings of any level,
 * underlined ones too; the new one is written as the newest is.
 */
export function updateChangelog(text: string | undefined, { version, date, notes }: ChangelogRequest): string {
  const start = text === undefined || text.trim() === "" ? "# Changelog\n" : text;
  const raw = start.split("\n");
  const isCrlf = raw.filter((line) => line.endsWith("\r")).length > raw.length / 2;
  const written = (lines: readonly string[]): string[] => (isCrlf ? lines.map((line) => `${line}\r`) : [...lines]);
  const { sections, tail, style } = split(raw);
  const wanted = levelled(notes.replaceAll("\r\n", "\n").trim().split("\n"), style.level + 1);
  const mergedWith = (lines: readonly string[]): string[] =>
    written(
      merged(
        lines.map((line) => line.replace(/\r$/, "")),
        wanted,
        style.level + 1,
      ),
    );
  const isOf = (name: string | undefined) => (section: Section) => isHeadingOf(textOf(section), name);

  const last = sections.at(-1);
  const at = sections.findIndex(isOf(version));
  if (at >= 0) {
    const section = sections[at] as Section;
    sections[at] = { heading: section.heading, lines: mergedWith(section.lines) };
  } else {
    const unreleased = sections.findIndex(isOf(undefined));
    const heading = written(
      headingOf(version === undefined ? "[Unreleased]" : nameLike(sections, version, date), style),
    );
    const waiting = version === undefined ? undefined : sections[unreleased];
    if (waiting !== undefined) {
      // Released now: what people wrote there moves along.
      sections[unreleased] = { heading: waiting.heading, lines: written([""]) };
      sections.splice(unreleased + 1, 0, { heading, lines: mergedWith(waiting.lines) });
    } else {
      const first = sections.findIndex((section) => isVersion(textOf(section)));
      const other = sections.findIndex((section) => section.heading.length > 0);
      const place = first >= 0 ? first : other >= 0 && style.level > 1 ? other : sections.length;
      const above = sections[place - 1];
      if (above !== undefined && above.lines.length > 0 && above.lines.at(-1)?.trim() !== "") {
        sections[place - 1] = { heading: above.heading, lines: [...above.lines, ...written([""])] };
      }
      sections.splice(place, 0, { heading, lines: mergedWith([]) });
    }
  }
  const lines = sections.flatMap((section) => [...section.heading, ...section.lines]);
  if (sections.at(-1) === last) return [...lines, ...tail].join("\n");
  // A section that was written anew ends with a blank line, for the next one; at the end of the file there is none.
  const end = tail.every((line) => line.trim() === "") ? [""] : tail;
  if (end.length === 1) while (lines.at(-1)?.trim() === "") lines.pop();
  return [...lines, ...end].join("\n");
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

function split(lines: readonly string[]): { sections: Section[]; tail: readonly string[]; style: Style } {
  // Link definitions at the end belong to the file, not to its oldest version.
  let end = lines.length;
  while (end > 0 && /^(?:\s*|\[[^\]]+\]: \S.*)$/.test(lines[end - 1] ?? "")) end -= 1;
  while (end < lines.length && lines[end]?.trim() === "") end += 1;
  const body = lines.slice(0, end);
  const headings = headingsOf(body);
  const newest = headings.find(({ text }) => isVersion(text));
  const style = newest ?? { level: 2, isUnderlined: false };
  const sections: { heading: string[]; lines: string[] }[] = [{ heading: [], lines: [] }];
  const starts = new Map(headings.filter(({ level }) => level === style.level).map((heading) => [heading.at, heading]));
  for (let index = 0; index < body.length; index++) {
    const heading = starts.get(index);
    if (heading === undefined) sections.at(-1)?.lines.push(body[index] ?? "");
    else {
      const length = heading.isUnderlined ? 2 : 1;
      sections.push({ heading: body.slice(index, index + length), lines: [] });
      index += length - 1;
    }
  }
  return { sections, tail: lines.slice(end), style };
}

function headingsOf(lines: readonly string[]): (Style & { readonly at: number; readonly text: string })[] {
  const isCode = codeLines(lines);
  return lines.flatMap((line, at): (Style & { readonly at: number; readonly text: string })[] => {
    if (isCode.has(at)) return [];
    const [, marks, text = ""] = /^(#{1,6})\s+(.*?)\s*$/.exec(line) ?? [];
    if (marks !== undefined) return [{ at, text, level: marks.length, isUnderlined: false }];
    const [, underline] = /^(={3,}|-{3,})\s*$/.exec(lines[at + 1] ?? "") ?? [];
    const standsAlone = (lines[at - 1] ?? "").trim() === "" && /^[^\s>*+#|-]/.test(line);
    if (underline === undefined || !standsAlone || isCode.has(at + 1)) return [];
    return [{ at, text: line.trim(), level: underline.startsWith("=") ? 1 : 2, isUnderlined: true }];
  });
}

function textOf({ heading }: Section): string {
  return (heading[0] ?? "").replace(/^#+\s+/, "").trim();
}

const versionName = /^((?:[A-Za-z]+ )?\[?v?)(\d+(?:\.\d+)+[\w.+-]*)/i;

function isVersion(heading: string): boolean {
  return versionName.test(heading) || isHeadingOf(heading, undefined);
}

function isHeadingOf(heading: string, version: string | undefined): boolean {
  if (version === undefined) return /^\[?unreleased\b/i.test(heading);
  return versionName.exec(heading)?.[2] === version.replace(/^v/, "");
}

/** As the newest version's heading is written. */
function nameLike(sections: readonly Section[], version: string, date: string): string {
  const bare = version.replace(/^v/, "");
  const newest = sections.map(textOf).find((text) => versionName.test(text));
  const [whole = "", before = ""] = versionName.exec(newest ?? "") ?? [];
  if (newest === undefined) return `[${bare}] - ${date}`;
  const rest = newest.slice(whole.length);
  // A link leads to the newest version's page, not to this one's.
  const isLink = rest.startsWith("](");
  const name = isLink ? `${before.replace("[", "")}${bare}` : `${before}${bare}${before.includes("[") ? "]" : ""}`;
  const [, separator, closing = ""] = /^\]?(?:\(\w[^)]*\))?(\W*)\d{4}-\d\d-\d\d(\)?)/.exec(rest) ?? [];
  return separator === undefined ? name : `${name}${separator}${date}${closing}`;
}

function headingOf(text: string, { level, isUnderlined }: Style): string[] {
  return isUnderlined ? [text, (level === 1 ? "=" : "-").repeat(text.length)] : [`${"#".repeat(level)} ${text}`];
}

/** The notes' groups as headings of this level: they begin with `###`. */
function levelled(lines: readonly string[], level: number): string[] {
  const isCode = codeLines(lines);
  return lines.map((line, at) =>
    isCode.has(at)
      ? line
      : line.replace(/^#{3,6}(?=\s)/, (marks) => "#".repeat(Math.min(Math.max(marks.length - 3 + level, 1), 6))),
  );
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

/** The section's lines with those of the notes that it lacks, each under its own heading. */
function merged(own: readonly string[], notes: readonly string[], level: number): string[] {
  const groups = groupsOf(own, level);
  for (const { heading, lines } of groupsOf(notes, level)) {
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

function groupsOf(lines: readonly string[], level: number): { heading: string | undefined; lines: string[] }[] {
  const groups: { heading: string | undefined; lines: string[] }[] = [{ heading: undefined, lines: [] }];
  const isGroup = new RegExp(`^#{${level}}\\s`);
  const isCode = codeLines(lines);
  for (const [index, line] of lines.entries()) {
    if (!isCode.has(index) && isGroup.test(line)) groups.push({ heading: line, lines: [] });
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
