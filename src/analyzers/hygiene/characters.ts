/** Characters that a reader cannot see: bidirectional controls, zero-width characters, hidden payloads. */
import type { RawFinding } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { isTestInput, isTranslation } from "../paths/role.ts";

const code =
  /(?:\.(?:[cm]?[jt]sx?|vue|svelte|astro|pyi?|rb|rake|go|rs|java|kts?|scala|groovy|gradle|[ch]|cc|cpp|cxx|hh|hpp|cs|fs|vb|php|swift|mm?|sh|bash|zsh|fish|ps1|pl|pm|lua|r|jl|exs?|erl|hs|ml|clj[cs]?|dart|zig|nim|sol|sql|tf|hcl|ya?ml|toml|proto|graphql)|(?:^|\/)(?:Dockerfile|Containerfile|Makefile|Rakefile|Gemfile|Jenkinsfile)[^/]*)$/i;

export function isCode(path: string): boolean {
  return code.test(path);
}

/** Openers and closers of the Unicode bidirectional algorithm; a line's end closes them all. */
const bidiControls = /[\u202A-\u202E\u2066-\u2069]/g;
const rightToLeftLetters = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

/**
 * Everything that takes no room. Joiners count only between ASCII letters: emoji and several scripts need them.
 * Hangul fillers are letters to compilers and blanks to readers. Tags and the upper variation selectors have carried
 * whole programs past reviewers.
 */
const invisible =
  /[\u200B\u2060-\u2064\uFEFF\u180E\u3164\u115F\u1160\uFFA0]|(?<=[\w$])[\u200C\u200D](?=[\w$])|(?:\u{E0001}|[\u{E0020}-\u{E007F}])+|[\u{E0100}-\u{E01EF}]{2,}|[\uFE00-\uFE0E]{2,}/gu;

export function checkCharacters(file: SourceFile): RawFinding[] {
  // All ASCII: as many bytes as characters.
  if (file.bytes.length - file.bomLength === file.text.length || isTranslation(file.path)) return [];
  return [...checkBidi(file), ...checkInvisible(file)];
}

function checkBidi(file: SourceFile): RawFinding[] {
  const findings: RawFinding[] = [];
  let openers: { offset: number; isIsolate: boolean }[] = [];
  let openLine = 0;
  const closeLine = (): void => {
    const first = openers[0];
    openers = [];
    if (first === undefined || rightToLeftLetters.test(file.line(openLine).slice(0, 10_000))) return;
    findings.push({
      rule: "hygiene/bidirectional-text",
      message: `${nameOf(file.text, first.offset)} is never closed on this line: what compilers read differs from what is shown`,
      location: file.location(first.offset, first.offset + 1),
    });
  };
  for (const match of file.text.matchAll(bidiControls)) {
    if (findings.length >= mostFindings) break;
    const { line } = file.position(match.index);
    if (line !== openLine) {
      closeLine();
      openLine = line;
    }
    const control = match[0];
    if (control === "\u202C" || control === "\u2069") {
      const last = openers.at(-1);
      if (last !== undefined && last.isIsolate === (control === "\u2069")) openers.pop();
      // Closing an isolate closes the embeddings inside it too.
      else if (control === "\u2069") {
        const isolate = openers.findLastIndex(({ isIsolate }) => isIsolate);
        if (isolate !== -1) openers.splice(isolate);
      }
    } else openers.push({ offset: match.index, isIsolate: control >= "\u2066" });
  }
  closeLine();
  return findings;
}

/** One finding a line is enough, and so are these many a file: hostile input is mostly such characters. */
const mostFindings = 200;
const mostJudgedOnLine = 20;

function checkInvisible(file: SourceFile): RawFinding[] {
  if (isTestInput(file.path)) return [];
  const findings: RawFinding[] = [];
  let lastLine = 0;
  let judgedOnLine = 0;
  for (const match of file.text.matchAll(invisible)) {
    if (findings.length >= mostFindings) break;
    const { line, column } = file.position(match.index);
    const isPayload = match[0].length >= 16;
    if (line === lastLine && !isPayload && judgedOnLine >= mostJudgedOnLine) continue;
    judgedOnLine = line === lastLine ? judgedOnLine + 1 : 1;
    lastLine = line;
    if (!isPayload && (isFlag(file.text, match.index) || isQuotedOrCommented(file.line(line), column - 1))) continue;
    judgedOnLine = mostJudgedOnLine;
    const count = [...match[0]].length;
    findings.push({
      rule: isPayload ? "hygiene/hidden-payload" : "hygiene/invisible-character",
      message: isPayload
        ? `${count} invisible characters in a row, beginning with ${nameOf(file.text, match.index)}: they can carry hidden text or code`
        : `invisible character ${nameOf(file.text, match.index)} outside of strings and comments`,
      location: file.location(match.index, match.index + match[0].length),
      ...(isPayload || !file.isUtf8
        ? {}
        : {
            suggestions: [
              {
                message: "Remove it",
                safety: "unsafe" as const,
                edits: [file.edit(match.index, match.index + match[0].length, "")],
              },
            ],
          }),
    });
  }
  return findings;
}

/** The flags of England, Scotland and Wales are a black flag followed by tags. */
function isFlag(text: string, offset: number): boolean {
  return text.codePointAt(offset - 2) === 0x1f3f4;
}

/** A rough judgement from the line alone: an odd number of quotes before, or a comment's sign. */
function isQuotedOrCommented(line: string, column: number): boolean {
  const before = line.slice(Math.max(0, column - 2_000), column);
  if (/^\s*(?:\/\/|#|\*|--|;|%|'|<!--|\/\*)|\/\/|\s#|\/\*|<!--/.test(before)) return true;
  return ['"', "'", "`", "/"].some((quote) => (before.split(quote).length - 1) % 2 === 1) || />[^<]*$/.test(before);
}

const names: Readonly<Record<number, string>> = {
  0x202a: "left-to-right embedding",
  0x202b: "right-to-left embedding",
  0x202d: "left-to-right override",
  0x202e: "right-to-left override",
  0x2066: "left-to-right isolate",
  0x2067: "right-to-left isolate",
  0x2068: "first strong isolate",
  0x200b: "zero-width space",
  0x200c: "zero-width non-joiner",
  0x200d: "zero-width joiner",
  0x2060: "word joiner",
  0xfeff: "zero-width no-break space (BOM)",
  0x3164: "Hangul filler",
};

function nameOf(text: string, offset: number): string {
  const point = text.codePointAt(offset) ?? 0;
  const hex = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  return names[point] === undefined ? hex : `${hex} ${names[point]}`;
}
