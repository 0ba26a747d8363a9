/** The sections and check boxes of a pull request's description. Pure. */

export interface Section {
  /** As written, without the `#`. */
  readonly heading: string;
  /** Without HTML comments: they are hints of the template. */
  readonly text: string;
}

/** Text above the first heading has the heading "". Headings in code fences are code. */
export function sectionsOf(markdown: string): readonly Section[] {
  const sections: { heading: string; lines: string[] }[] = [{ heading: "", lines: [] }];
  let fence: string | undefined;
  for (const line of withoutComments(markdown).split(/\r?\n/)) {
    const [, run] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (run !== undefined) fence = fence === undefined ? run : run.startsWith(fence) ? undefined : fence;
    const heading =
      fence === undefined && run === undefined ? /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1] : undefined;
    if (heading === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ heading, lines: [] });
  }
  return sections.map(({ heading, lines }) => ({ heading, text: lines.join("\n").trim() }));
}

export function withoutComments(markdown: string): string {
  return markdown.replace(/<!--[\s\S]*?(?:-->|$)/g, "");
}

export interface CheckBox {
  readonly text: string;
  readonly isChecked: boolean;
}

export function checkBoxes(markdown: string): readonly CheckBox[] {
  const boxes = withoutComments(markdown).matchAll(/^\s*[-*+] \[([ xX])\] +(.+?)\s*$/gm);
  return [...boxes].map(([, mark, text = ""]) => ({ text, isChecked: mark !== " " }));
}

/** Headings are the same whatever their case, emoji and punctuation. */
export function sameHeading(a: string, b: string): boolean {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  return plain(a) === plain(b);
}
