/** JSON that is safe to print and to split into lines, and that strict parsers of other languages accept. */

/**
 * `JSON.stringify`, with what it leaves raw escaped too: C1 controls (0x9b starts a terminal sequence), line separators
 * that some line splitters break at, and bidirectional marks that reorder a log. Lone surrogates become U+FFFD, because
 * strict UTF-8 consumers refuse their escapes.
 */
export function toJson(value: unknown, indent?: number): string {
  let text = JSON.stringify(value, undefined, indent);
  text = text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  // JSON.stringify writes a lone surrogate as an escape; every other backslash pair is stepped over whole.
  if (text.includes("\\ud"))
    text = text.replace(/\\(?:u(d[89a-f])[0-9a-f]{2}|.)/g, (pair, lone) => (lone === undefined ? pair : "\\ufffd"));
  return text;
}

const unprintable = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
