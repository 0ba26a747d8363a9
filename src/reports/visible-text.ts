/** Text from outside made harmless to look at: control and invisible characters become visible, width is known. */
import { eastAsianWidth } from "get-east-asian-width";

/**
 * Control characters as their pictures (ESC becomes ␛), and what reorders or hides text as `<U+202E>`: a file name or a
 * message of an attacking repository must not move the cursor, colour the terminal or lie about the order of letters.
 * The joiners U+200C and U+200D stay: scripts and emoji need them, and they hide nothing.
 */
export function makeVisible(text: string): string {
  // Plain ASCII is nearly everything; one test is cheaper than a replacement.
  if (!suspicious.test(text)) return text;
  return text.toWellFormed().replace(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
  });
}

/** The same on one line: runs of white space, line ends included, become one space. */
export function oneLine(text: string): string {
  return makeVisible(text.replace(/[\s\u0085]+/g, " ").trim());
}

const suspicious = /[^\u0020-\u007e]/;
// The last ranges are the tag characters, which can smuggle a whole invisible sentence, and the variation selectors'
// supplement, which can smuggle bytes.
const hidden =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- control characters are what this is about
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e01ef}]/gu;

const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** Columns that a terminal gives one code point of visible text. */
function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  return zeroWidth.test(character) ? 0 : eastAsianWidth(code);
}

/** Columns that a terminal gives visible text. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Cut to a number of columns, with an ellipsis when something was cut. */
export function fitWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let width = 0;
  let fitted = "";
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns - 1) break;
    fitted += character;
  }
  return `${fitted}…`;
}

/** Cut in the middle of a path: its end says more than its middle. */
export function fitPath(path: string, columns: number): string {
  if (displayWidth(path) <= columns) return path;
  const characters = [...path];
  let width = 1;
  let end = characters.length;
  while (end > 0) {
    width += characterWidth(characters[end - 1] ?? "");
    if (width > columns) break;
    end--;
  }
  return `…${characters.slice(end).join("")}`;
}

/** Breaks at spaces into lines of at most so many columns; a longer word is broken where it must. */
export function wrapText(text: string, columns: number): readonly string[] {
  const room = Math.max(8, columns);
  const lines: string[] = [];
  let line = "";
  let width = 0;
  for (const word of text.split(" ")) {
    const length = displayWidth(word);
    if (line !== "" && width + 1 + length > room) {
      lines.push(line);
      line = "";
      width = 0;
    }
    if (length <= room) {
      line = line === "" ? word : `${line} ${word}`;
      width = displayWidth(line);
      continue;
    }
    for (const character of word) {
      if (width + characterWidth(character) > room) {
        lines.push(line);
        line = "";
        width = 0;
      }
      line += character;
      width += characterWidth(character);
    }
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines;
}
