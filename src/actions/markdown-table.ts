/** Markdown for run summaries: tables and code whose text, whatever it holds, stays text. */

export function markdownTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(headers), line(headers.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Inline code that is safe in a table's cell too: a `|` would end the cell even inside code. */
export function code(text: string): string {
  const visible = text.replace(/\s+/g, " ").replaceAll("|", "\\|");
  if (visible.trim() === "") return "` `";
  const longest = Math.max(0, ...[...visible.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const padding = visible.startsWith("`") || visible.endsWith("`") ? " " : "";
  return `${fence}${padding}${visible}${padding}${fence}`;
}

/** Plain text for a cell or a sentence; a zero-width space keeps mentions and references from being made. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]|~<>&]/g, (one) =>
      one === "<" ? "&lt;" : one === ">" ? "&gt;" : one === "&" ? "&amp;" : `\\${one}`,
    )
    .replace(/[@#](?=\w)/g, (one) => `${one}\u200b`);
}

/** As `plain`, with `code` left as code: for subjects of commits and titles. */
export function prose(text: string): string {
  return text
    .split(/(`[^`\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? code(part.slice(1, -1)) : plain(part)))
    .join("");
}

/** `12 files`, `1 file`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** Bytes as people read them. */
export function bytes(size: number): string {
  if (Math.abs(size) < 1_024) return `${size} B`;
  const kib = size / 1_024;
  return Math.abs(kib) < 1_024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1_024).toFixed(2)} MiB`;
}
