/** Pieces of text between two words, found in one pass however the text was made: patterns could be led into a maze. */

export function blocks(text: string, open: string, close: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf(open); at >= 0;) {
    const start = at + open.length;
    const end = text.indexOf(close, start);
    if (end < 0) break;
    found.push(text.slice(start, end));
    at = text.indexOf(open, end + close.length);
  }
  return found;
}

/** The text around them; what is opened and never closed stays. */
export function withoutBlocks(text: string, open: string, close: string): string {
  let plain = "";
  let from = 0;
  for (let at = text.indexOf(open); at >= 0; at = text.indexOf(open, from)) {
    const end = text.indexOf(close, at + open.length);
    if (end < 0) break;
    plain += text.slice(from, at);
    from = end + close.length;
  }
  return plain + text.slice(from);
}
