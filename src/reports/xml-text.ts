/** Text for XML 1.0 documents, whatever the text holds. */

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  // Unescaped, a parser would turn these into spaces within an attribute.
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

/**
 * Escapes for attributes and content. XML 1.0 has no way to write most control characters, not even escaped, so they
 * become their pictures; other characters that it forbids become U+FFFD.
 */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- XML forbids them
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
      .replace(/[\u007f-\u009f\ufffe\uffff]/g, "\ufffd")
      .replace(/[&<>"'\n\r\t]/g, (c) => entities[c] ?? c)
      // Allowed, but they reorder or hide text wherever the file is looked at: as references they survive and are seen.
      .replace(/[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (c) => `&#${c.charCodeAt(0)};`)
  );
}

/** ` name="value"` for each attribute that has a value. */
export function xmlAttributes(attributes: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join("");
}
