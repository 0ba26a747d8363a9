/** Inputs as no editor writes them, made from ordinary ones, the same every time. */

export interface Seed {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Mutant {
  readonly name: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

type Random = () => number;

/** The same sequence every time: a failure can be repeated. */
function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const encoder = new TextEncoder();
const bytesOf = (text: string): Uint8Array => encoder.encode(text);

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

/** Splits somewhere and puts something between. */
function insert(bytes: Uint8Array, what: Uint8Array, random: Random): Uint8Array {
  const at = Math.floor(random() * (bytes.length + 1));
  return joined(bytes.subarray(0, at), what, bytes.subarray(at));
}

/** In place of one of the text's words, numbers or strings. */
function replaceToken(bytes: Uint8Array, pattern: RegExp, by: string, random: Random): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1");
  const found = [...text.matchAll(pattern)];
  const match = found[Math.floor(random() * found.length)];
  if (match === undefined) return insert(bytes, bytesOf(by), random);
  return joined(bytes.subarray(0, match.index), bytesOf(by), bytes.subarray(match.index + match[0].length));
}

const depth = 10_000;
const invalid = [[0xff, 0xfe], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80], [0xe2, 0x82]];
const marks = [
  [0xef, 0xbb, 0xbf],
  [0xff, 0xfe],
  [0xfe, 0xff],
  [0x00, 0x00, 0xfe, 0xff],
];
const numbers = [
  "9".repeat(4_000),
  "0x" + "f".repeat(3_000),
  "1e999999",
  "-0.0e-99999",
  "1_".repeat(2_000),
  "0b" + "1".repeat(5_000),
];
const openings = [
  '"',
  "'",
  "`",
  '"""',
  "/*",
  "<!--",
  "{{",
  "${",
  "<<EOF\n",
  "(((",
  "[[[",
  "<![CDATA[",
  "---\n",
  "```\n",
  'r#"',
  "|\n  ",
  "&a *a",
  "!!",
  "\\",
];
const brackets: readonly (readonly [string, string])[] = [
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
  ["<", ">"],
  ["if (a) {", "}"],
  ["- ", ""],
  ["> ", ""],
  ['{"a":', "}"],
  ["  ", ""],
  ["!", ""],
  ["*", "*"],
];

/** Each is applied to many seeds; the small ones more often than those that take a parser a second. */
const small: readonly (readonly [name: string, change: (bytes: Uint8Array, random: Random) => Uint8Array])[] = [
  ["truncated", (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.length))],
  ["beginning cut off", (bytes, random) => bytes.subarray(Math.floor(random() * bytes.length))],
  [
    "flipped bytes",
    (bytes, random) => {
      const copy = Uint8Array.from(bytes);
      for (let i = 0; i < 1 + bytes.length / 50; i++)
        copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
      return copy;
    },
  ],
  ["NUL bytes", (bytes, random) => insert(insert(bytes, new Uint8Array(1), random), new Uint8Array(3), random)],
  ["invalid UTF-8", (bytes, random) => insert(bytes, Uint8Array.from(pick(invalid, random)), random)],
  ["a byte order mark", (bytes, random) => joined(Uint8Array.from(pick(marks, random)), bytes)],
  ["a byte order mark inside", (bytes, random) => insert(bytes, Uint8Array.from(pick(marks, random)), random)],
  ["CRLF", (bytes) => bytesOf(Buffer.from(bytes).toString().replaceAll("\n", "\r\n"))],
  [
    "mixed line ends",
    (bytes, random) =>
      bytesOf(
        Buffer.from(bytes)
          .toString()
          .replace(/\n/g, () => pick(["\n", "\r", "\r\n", "\u2028", "\n\r", "\u0085"], random)),
      ),
  ],
  ["a huge number", (bytes, random) => replaceToken(bytes, /\d+/g, pick(numbers, random), random)],
  ["a long name", (bytes, random) => replaceToken(bytes, /[A-Za-z_]\w+/g, "a".repeat(20_000), random)],
  [
    "a name in another script",
    (bytes, random) => replaceToken(bytes, /[A-Za-z_]\w+/g, "𝒻𝓸ｏ\u0301\u200d👩‍👩‍👧\u202e", random),
  ],
  ["left open", (bytes, random) => insert(bytes, bytesOf(pick(openings, random)), random)],
  ["left open at the end", (bytes, random) => joined(bytes, bytesOf(pick(openings, random)))],
  [
    "a block repeated",
    (bytes, random) => {
      const start = Math.floor(random() * bytes.length);
      const block = bytes.subarray(start, start + Math.floor(random() * 400));
      return joined(bytes.subarray(0, start), ...Array.from({ length: 40 }, () => block), bytes.subarray(start));
    },
  ],
  [
    "lines in another order",
    (bytes, random) => {
      const lines = Buffer.from(bytes).toString("latin1").split("\n");
      for (let i = lines.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [lines[i], lines[j]] = [lines[j] ?? "", lines[i] ?? ""];
      }
      return Buffer.from(lines.join("\n"), "latin1");
    },
  ],
  ["control characters", (bytes, random) => insert(bytes, bytesOf("\u001b]0;x\u0007\b\u0000\u007f\u009b31m"), random)],
  ["two files in one", (bytes, random) => insert(bytes, bytes, random)],
];

const large: readonly (readonly [name: string, change: (bytes: Uint8Array, random: Random) => Uint8Array])[] = [
  ...brackets.flatMap(([open, close]) => [
    [
      `nested ${open}`,
      (bytes: Uint8Array) => joined(bytes, bytesOf(`\n${open.repeat(depth)}a${close.repeat(depth)}`)),
    ] as const,
    [`nested ${open} in front`, (bytes: Uint8Array) => joined(bytesOf(open.repeat(depth)), bytes)] as const,
    [
      `nested ${open} inside`,
      (bytes: Uint8Array, random: Random) => insert(bytes, bytesOf(open.repeat(depth)), random),
    ] as const,
  ]),
  [
    "a long line of it",
    (bytes) => {
      const line = Buffer.from(bytes).toString("latin1").replaceAll("\n", " ");
      return Buffer.from(line.repeat(Math.ceil(300_000 / (line.length + 1))), "latin1");
    },
  ],
  ["much of it", (bytes) => joined(...Array.from({ length: Math.ceil(300_000 / (bytes.length + 1)) }, () => bytes))],
  ["blank lines", (bytes, random) => insert(bytes, bytesOf("\n".repeat(200_000)), random)],
  ["spaces", (bytes, random) => insert(bytes, bytesOf(" ".repeat(200_000)), random)],
  ["tabs at the end", (bytes) => joined(bytes, bytesOf("\t".repeat(100_000)))],
];

/** Few: each is a second of work. */
const enormous: readonly (readonly [name: string, make: (bytes: Uint8Array) => Uint8Array])[] = [
  ["one line of 10 MB", (bytes) => joined(bytes, new Uint8Array(10_000_000).fill(97))],
  [
    "one line of 10 MB without sense",
    (bytes) => {
      const line = Buffer.from(bytes).toString("latin1").replaceAll("\n", " ");
      return Buffer.from(line.repeat(Math.ceil(10_000_000 / (line.length + 1))), "latin1");
    },
  ],
];

function pick<T>(list: readonly T[], random: Random): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new Error("nothing to pick from");
  return chosen;
}

/** At least `count` of them. */
export function* mutants(seeds: readonly Seed[], count: number, seed = 20_261_122): Generator<Mutant> {
  const random = createRandom(seed);
  let number = 0;
  const mutant = (name: string, from: Seed, bytes: Uint8Array): Mutant => ({
    name: `#${number++} ${name} of ${from.path}`,
    path: from.path,
    bytes,
  });
  for (const [name, change] of large) {
    const from = pick(seeds, random);
    yield mutant(name, from, change(from.bytes, random));
  }
  for (const [name, make] of enormous) {
    const from = pick(seeds, random);
    yield mutant(name, from, make(from.bytes));
  }
  const first = pick(seeds, random);
  yield mutant("nothing", first, new Uint8Array());
  // `mutant` counts: the linter cannot see that.
  for (let made = number; made < count; made = number) {
    for (const [name, change] of small) {
      const from = pick(seeds, random);
      // Seeds may be as large as files are; what is broken in them is small.
      yield mutant(name, from, change(from.bytes.subarray(0, 20_000), random));
    }
  }
}
