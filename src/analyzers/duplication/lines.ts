/**
 * Reduces a source text to what a copy keeps: for each line of code a hash, its number and how many tokens it has.
 * White space, comments, imports and lines of mere brackets are left out.
 */

export interface CodeLines {
  /** 32-bit hashes; a match is only believed over at least eight of them in a row. */
  readonly hashes: Int32Array;
  /** 1-based numbers of the lines in the file. */
  readonly numbers: Int32Array;
  readonly tokens: Int32Array;
}

interface Syntax {
  readonly slashes: boolean;
  readonly hash: boolean;
  readonly tripleQuotes: boolean;
  /** Backticks hold texts over several lines. */
  readonly backticks: boolean;
}

const cLike: Syntax = { slashes: true, hash: false, tripleQuotes: false, backticks: false };
const script: Syntax = { ...cLike, backticks: true };
const syntaxes: ReadonlyMap<string, Syntax> = new Map([
  ...["js", "jsx", "mjs", "cjs", "ts", "mts", "cts", "tsx", "vue", "svelte", "go"].map((e) => [e, script] as const),
  ...["java", "kt", "kts", "scala", "cs", "rs", "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "swift", "dart", "m"].map(
    (e) => [e, cLike] as const,
  ),
  ["py", { slashes: false, hash: true, tripleQuotes: true, backticks: false }],
  ["rb", { slashes: false, hash: true, tripleQuotes: false, backticks: false }],
  ["php", { slashes: true, hash: true, tripleQuotes: false, backticks: false }],
]);

export function hasCode(path: string): boolean {
  return syntaxes.has(extensionOf(path));
}

function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1).toLowerCase();
}

/** Imports are alike in many files and cannot be shared. */
const importLine =
  /^(?:import\b|from\s+\S+\s+import\b|#\s*include\b|#\s*pragma\b|using\s+(?:static\s+)?[\w.= ]+;|(?:pub\s+)?use\s+[\w\\:{]|require(?:_once|_relative)?\b|package\s|export\s+(?:\*|\{[^}]*\}|type\s*\{[^}]*\})\s*from\b|(?:const|let|var)\s+[\w{}, ]+\s*=\s*require\(|extern\s+crate\b|mod\s+\w+;|namespace\s+[\w.\\]+;)/;
/** An import that goes on until its bracket closes. */
const openImport = /^(?:import\s|export(?=\s+(?:type\s*)?\{)|from\s+\S+\s+import\s|(?:pub\s+)?use\s)[^;]*[({][^)}]*$/;

const inside = { code: 0, block: 1, tripleDouble: 2, tripleSingle: 3, backtick: 4 } as const;

export function readCodeLines(path: string, text: string): CodeLines {
  const syntax = syntaxes.get(extensionOf(path)) ?? cLike;
  const hashes: number[] = [];
  const numbers: number[] = [];
  const tokens: number[] = [];
  let state: number = inside.code;
  let inImport = false;
  let number = 0;
  let start = 0;
  const stop = path.endsWith(".rs") ? rustTests(text) : text.length;
  while (start <= stop) {
    let end = text.indexOf("\n", start);
    if (end === -1) end = text.length;
    number++;
    let hash = 0x811c9dc5;
    let count = 0;
    let hasWord = false;
    let lastWasWord = false;
    let gap = false;
    let firstCode = -1;
    let i = start;
    const mix = (code: number): void => {
      hash = Math.imul(hash ^ code, 0x01000193);
    };
    while (i < end) {
      const code = text.charCodeAt(i);
      if (state === inside.block) {
        const close = text.indexOf("*/", i);
        if (close === -1 || close >= end) break;
        state = inside.code;
        i = close + 2;
        continue;
      }
      if (state === inside.tripleDouble || state === inside.tripleSingle) {
        const quote = state === inside.tripleDouble ? '"""' : "'''";
        const close = text.indexOf(quote, i);
        // A docstring is a comment; other long texts are rare enough to be left out with them.
        if (close === -1 || close >= end) break;
        state = inside.code;
        i = close + 3;
        continue;
      }
      if (code <= 32) {
        gap = true;
        i++;
        continue;
      }
      if (state === inside.code) {
        const next = text.charCodeAt(i + 1);
        if (syntax.slashes && code === 47 && next === 47) break;
        if (syntax.slashes && code === 47 && next === 42) {
          state = inside.block;
          i += 2;
          continue;
        }
        if (syntax.hash && code === 35 && next !== 91) break;
        if (syntax.tripleQuotes && (code === 34 || code === 39) && next === code && text.charCodeAt(i + 2) === code) {
          state = code === 34 ? inside.tripleDouble : inside.tripleSingle;
          i += 3;
          continue;
        }
        if (firstCode === -1) firstCode = i;
        if (code === 34 || code === 39) {
          const close = closingQuote(text, i, end, code);
          if (close !== -1) {
            // A text counts as one token, and as a word: lines differ by it.
            if (close - i > 1) hasWord = true;
            for (let k = i; k <= close; k++) mix(text.charCodeAt(k));
            count++;
            lastWasWord = false;
            gap = false;
            i = close + 1;
            continue;
          }
        }
        if (syntax.backticks && code === 96) state = inside.backtick;
      } else if (state === inside.backtick) {
        if (firstCode === -1) firstCode = i;
        if (code === 92) {
          mix(code);
          i++;
        } else if (code === 96) state = inside.code;
      }
      const isWord = isWordCode(code);
      if (isWord) {
        if (!lastWasWord || gap) count++;
        if (lastWasWord && gap) mix(32);
        hasWord = true;
      } else count++;
      lastWasWord = isWord;
      gap = false;
      mix(code);
      i++;
    }
    if (count > 0 && firstCode !== -1) {
      const line = text.slice(firstCode, Math.min(end, firstCode + 200));
      if (inImport) {
        if (/[)}]/.test(line)) inImport = false;
      } else if (openImport.test(line)) inImport = true;
      else if (hasWord && !importLine.test(line)) {
        hashes.push(finish(hash));
        numbers.push(number);
        tokens.push(count);
      } else if (!hasWord && tokens.length > 0) tokens[tokens.length - 1] = (tokens.at(-1) as number) + count;
    }
    start = end + 1;
  }
  return { hashes: Int32Array.from(hashes), numbers: Int32Array.from(numbers), tokens: Int32Array.from(tokens) };
}

/** Where the tests at the end of a Rust file begin. */
function rustTests(text: string): number {
  const at = text.search(/^#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))? )?mod \w+ \{/m);
  return at === -1 ? text.length : at - 1;
}

function isWordCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36 ||
    code > 127
  );
}

/** End of a text on the same line; -1 for an apostrophe that opens none (a lifetime, a comment's). */
function closingQuote(text: string, start: number, end: number, quote: number): number {
  for (let i = start + 1; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 92) i++;
    else if (code === quote) return i;
  }
  return -1;
}

/** Spreads the bits of an FNV hash (MurmurHash3's finalizer). */
function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** Packs lines for the cache: 4 bytes of hash, then line step and token count as variable-length numbers; base64. */
export function packLines(lines: CodeLines): string {
  const bytes: number[] = [];
  let previous = 0;
  const pushNumber = (value: number): void => {
    let rest = value;
    while (rest > 127) {
      bytes.push((rest & 127) | 128);
      rest >>>= 7;
    }
    bytes.push(rest);
  };
  for (let i = 0; i < lines.hashes.length; i++) {
    const hash = lines.hashes[i] as number;
    bytes.push(hash & 255, (hash >>> 8) & 255, (hash >>> 16) & 255, hash >>> 24);
    const number = lines.numbers[i] as number;
    pushNumber(number - previous);
    pushNumber(lines.tokens[i] as number);
    previous = number;
  }
  return Buffer.from(bytes).toString("base64");
}

export function unpackLines(packed: string): CodeLines {
  const bytes = Buffer.from(packed, "base64");
  const hashes: number[] = [];
  const numbers: number[] = [];
  const tokens: number[] = [];
  let at = 0;
  let number = 0;
  const readNumber = (): number => {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
      shift += 7;
    }
  };
  while (at + 4 < bytes.length) {
    hashes.push(bytes.readInt32LE(at));
    at += 4;
    number += readNumber();
    numbers.push(number);
    tokens.push(readNumber());
  }
  return { hashes: Int32Array.from(hashes), numbers: Int32Array.from(numbers), tokens: Int32Array.from(tokens) };
}
