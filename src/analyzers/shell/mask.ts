/** Blanks out what a shell does not execute, keeping every offset, so that simple patterns see code only. */

/** Comments and here-documents become spaces; what single quotes hold, and the first sign of a text's later lines, become dots. */
export function maskShell(text: string): string {
  const out = text.split("");
  const blank = (from: number, to: number, filler: string): void => {
    for (let i = from; i < to; i++) if (out[i] !== "\n" && out[i] !== "\r") out[i] = filler;
  };
  /** Here-documents that begin at the next line end. */
  let pending: { delimiter: string; tabs: boolean }[] = [];
  /** What is open: double quotes, and the `$(`, `(` inside them whose content is code again. */
  const open: ('"' | "(")[] = [];
  let i = 0;
  while (i < text.length) {
    const character = text[i];
    if (character === "\\") {
      i += 2;
      continue;
    }
    if (character === "\n" && pending.length > 0) {
      i = skipHeredocs(text, i + 1, pending, blank);
      pending = [];
      continue;
    }
    const inDouble = open.at(-1) === '"';
    if (character === '"') {
      if (inDouble) open.pop();
      else open.push('"');
    } else if (inDouble && character === "$" && text[i + 1] === "(") {
      open.push("(");
      i++;
    } else if (inDouble && character === "\n" && text[i + 1] !== '"') {
      // A text's later lines begin no command.
      blank(i + 1, Math.min(i + 2, text.length), ".");
    } else if (!inDouble && open.length > 0 && character === "(") open.push("(");
    else if (!inDouble && open.length > 0 && character === ")") open.pop();
    else if (!inDouble && character === "'") {
      const isAnsi = text[i - 1] === "$";
      const end = closingQuote(text, i + 1, isAnsi);
      blank(i + 1, end, ".");
      i = end;
    } else if (!inDouble && character === "#" && isCommentStart(text, i)) {
      const lineEnd = endOfLine(text, i);
      blank(i, lineEnd, " ");
      i = lineEnd;
      continue;
    } else if (
      !inDouble &&
      character === "<" &&
      text.startsWith("<<", i) &&
      text[i + 2] !== "<" &&
      text[i - 1] !== "<"
    ) {
      const match = /^<<(-?)[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|\\?([\w.-]+))/.exec(text.slice(i, i + 200));
      if (match !== null && !isArithmetic(text, i)) {
        pending.push({ delimiter: match[2] ?? match[3] ?? match[4] ?? "", tabs: match[1] === "-" });
        i += match[0].length;
        continue;
      }
    }
    i++;
  }
  return out.join("");
}

function closingQuote(text: string, from: number, isAnsi: boolean): number {
  for (let i = from; i < text.length; i++) {
    if (isAnsi && text[i] === "\\") i++;
    else if (text[i] === "'") return i;
  }
  return text.length;
}

function isCommentStart(text: string, at: number): boolean {
  const before = text[at - 1];
  return before === undefined || /[\s;&|(]/.test(before);
}

/** `$((1 << 2))` is a shift. */
function isArithmetic(text: string, at: number): boolean {
  const line = text.slice(text.lastIndexOf("\n", at) + 1, at);
  return line.lastIndexOf("((") > line.lastIndexOf("))");
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function skipHeredocs(
  text: string,
  start: number,
  pending: readonly { delimiter: string; tabs: boolean }[],
  blank: (from: number, to: number, filler: string) => void,
): number {
  let at = start;
  for (const { delimiter, tabs } of pending) {
    const bodyStart = at;
    while (at < text.length) {
      const end = endOfLine(text, at);
      const line = text.slice(at, end).replace(/\r$/, "");
      at = end + 1;
      if ((tabs ? line.replace(/^\t+/, "") : line) === delimiter) break;
    }
    blank(bodyStart, Math.min(at, text.length), " ");
  }
  return Math.min(at, text.length);
}
