/** Texts that parsers choke on: truncated, nested, endless, binary, in every language, full of the rules' keywords. */
import { leftoverRules } from "../../../../src/analyzers/debugging/leftovers.ts";
import { packRules } from "../../../../src/analyzers/patterns/pack.ts";
import type { Language } from "../../../../src/analyzers/trees/languages.ts";

export const extensions: Partial<Record<Language, string>> = {
  javascript: "js",
  typescript: "ts",
  tsx: "tsx",
  bash: "sh",
  c: "c",
  cpp: "cpp",
  csharp: "cs",
  go: "go",
  java: "java",
  kotlin: "kt",
  php: "php",
  python: "py",
  ruby: "rb",
  rust: "rs",
};

export interface HostileText {
  readonly name: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The same sequence every time: a failure can be repeated. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

const depth = 10_000;
const shapes: Readonly<Record<string, string>> = {
  brackets: `${"(".repeat(depth)}a${")".repeat(depth)}`,
  "open brackets": "[".repeat(depth),
  "open braces": "{".repeat(depth),
  "equal towers": `${"(".repeat(depth)}a${")".repeat(depth)} == ${"(".repeat(depth)}a${")".repeat(depth)}`,
  sum: `x = a${" + a".repeat(depth)};`,
  "method chain": `a${".b()".repeat(depth)}`,
  "else chain": `if (a) {} ${"else if (a) {} ".repeat(depth)}`,
  conditionals: `${"a ? b : ".repeat(depth)}c`,
  negations: `${"!".repeat(depth)}a`,
  calls: "f(".repeat(depth),
  generics: "a<".repeat(depth),
  "generics just below the limit": `let x: ${"A<".repeat(1_400)}`,
  "nested statements": `${"if (a) ".repeat(depth)};`,
  labels: `${"a: ".repeat(depth)};`,
  operators: `${"new ".repeat(depth)}a`,
  "nested calls below the limit": `${"f({ a: [".repeat(160)}${"] })".repeat(160)}`,
  "brackets just below the limit": `${"(".repeat(495)}a${")".repeat(495)}`,
  tags: "<a>".repeat(depth),
  quotes: '"'.repeat(depth + 1),
  "open strings": "`${".repeat(depth),
  arrows: "a => ".repeat(depth),
  indents: Array.from({ length: 1_000 }, (_, i) => `${" ".repeat(i)}if a:`).join("\n"),
  "long line": `x = "${"a".repeat(10_000_000)}"`,
  "long line of code": "a = b; ".repeat(200_000),
  nothing: "",
  "byte order mark": "\uFEFF",
};

/** Puts module syntax in front too, or the module analyzer would look no further. */
export function* hostileTexts(): Generator<HostileText> {
  const random = createRandom(20_261_122);
  const encoder = new TextEncoder();
  for (const [language, extension] of Object.entries(extensions)) {
    const examples = [...packRules, ...leftoverRules]
      .filter((rule) => rule.languages.includes(language as Language))
      .flatMap((rule) => rule.bad);
    const keywords = `${examples.join("\n")}\nimport a from "./a";`;
    const path = `src/a.${extension}`;
    const text = (name: string, value: string): HostileText => ({ name, path, bytes: encoder.encode(value) });
    for (const [name, shape] of Object.entries(shapes)) {
      yield text(name, shape);
      // With the keywords of the rules in front, or nothing would be parsed.
      yield text(`${name} after an import`, `import a from "./a";\n${shape}`);
      yield text(`${name} after examples`, `${keywords}\n${shape}`);
    }
    for (const example of examples) {
      const bytes = encoder.encode(example);
      const cut = bytes.slice(0, Math.floor(random() * bytes.length));
      yield { name: `cut off: ${example}`, path, bytes: cut };
      const broken = bytes.slice();
      for (let i = 0; i < 4; i++) broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256);
      yield { name: `random bytes: ${example}`, path, bytes: broken };
      const holed = bytes.slice();
      holed[Math.floor(random() * holed.length)] = 0;
      yield { name: `NUL: ${example}`, path, bytes: holed };
      yield text(`repeated: ${example}`, `${example}\n`.repeat(300));
      yield text(
        `inside itself: ${example}`,
        example.replace(/\(/, () => `(${example} `.repeat(300)),
      );
    }
  }
}
