/** Damaged variants of the golden inputs: the same ones in every run. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const golden = join(import.meta.dirname, "../../../analyzers");

export interface Mutant {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** `count` files for one analyzer, at paths that it applies to. */
export function mutantsOf(analyzer: string, appliesTo: (path: string) => boolean, count: number): Mutant[] {
  const seeds = inputs(join(golden, analyzer)).filter(({ path, bytes }) => appliesTo(path) && bytes.length < 20_000);
  if (seeds.length === 0) throw new Error(`no golden input for ${analyzer}`);
  const random = generator(20_261_122);
  const mutants: Mutant[] = [];
  for (let i = 0; i < count; i++) {
    const seed = seeds[Math.floor(random() * seeds.length)];
    if (seed === undefined) continue;
    mutants.push({ path: seed.path, bytes: mutate(seed.bytes, random) });
  }
  const first = seeds[0];
  if (first !== undefined) {
    mutants.push(
      { path: first.path, bytes: new Uint8Array(0) },
      { path: first.path, bytes: Buffer.alloc(10 * 1024 * 1024, "a ") },
      { path: first.path, bytes: Buffer.concat([first.bytes, Buffer.alloc(10 * 1024 * 1024, "x")]) },
    );
  }
  return mutants;
}

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  let result = Buffer.from(bytes);
  const rounds = 1 + Math.floor(random() * 3);
  for (let round = 0; round < rounds; round++) {
    const at = Math.floor(random() * (result.length + 1));
    const to = Math.min(result.length, at + Math.floor(random() * 60));
    const before = result.subarray(0, at);
    const after = result.subarray(at);
    switch (Math.floor(random() * 9)) {
      case 0:
        result = Buffer.from(before);
        break;
      case 1:
        result = Buffer.concat([before, result.subarray(to)]);
        break;
      case 2:
        result = Buffer.concat([before, result.subarray(at, to), after]);
        break;
      case 3:
        result = Buffer.concat([before, Buffer.from([0]), after]);
        break;
      case 4:
        result = Buffer.concat([before, Buffer.from([0xff, 0xfe, 0xc3]), after]);
        break;
      case 5: {
        const opening = ["(", "[", "{", "<", "> ", "- ", "${{", "$(", '"', "'", "`", "    ", "/*", "if ", "<<E\n"];
        const part = opening[Math.floor(random() * opening.length)] ?? "(";
        result = Buffer.concat([before, Buffer.from(part.repeat(1 + Math.floor(random() ** 3 * 3000))), after]);
        break;
      }
      case 6:
        result = Buffer.from(result.toString("latin1").replaceAll("\n", "\r\n"), "latin1");
        break;
      case 7:
        result = Buffer.concat([after, before]);
        break;
      default:
        result = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), result]);
    }
  }
  return result;
}

/** Mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Paths below each case's `input` folder. */
function inputs(folder: string): Mutant[] {
  const found: Mutant[] = [];
  for (const name of readdirSync(folder)) collect(join(folder, name, "input"), "", found);
  return found;
}

function collect(root: string, prefix: string, found: Mutant[]): void {
  for (const name of readdirSync(join(root, prefix)).sort()) {
    const path = prefix === "" ? name : `${prefix}/${name}`;
    if (statSync(join(root, path)).isDirectory()) collect(root, path, found);
    else found.push({ path, bytes: readFileSync(join(root, path)) });
  }
}
