/** Finds blocks of lines that occur more than once, over all files, in time linear in the number of lines. */
import type { CodeLines } from "./lines.ts";

export interface CloneLimits {
  readonly minimumLines: number;
  readonly minimumTokens: number;
}

export interface ClonePlace {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

export interface CloneGroup {
  /** At least two, in the order of the paths. */
  readonly places: readonly ClonePlace[];
  /** From the first to the last line of the first place. */
  readonly lineCount: number;
  readonly tokens: number;
  /** Identity of the text, wherever it stands. */
  readonly hash: string;
}

export interface Clones {
  readonly groups: readonly CloneGroup[];
  readonly duplicatedLines: number;
  readonly lines: number;
}

/** Lines of code that must be equal in a row before a match is looked at: 8 hashes of 32 bits leave nothing to chance. */
const windowLines = 8;
/** A block that is everywhere is a template or a table, not a copy. */
const maxPlaces = 50;

export function findClones(files: readonly { path: string; lines: CodeLines }[], limits: CloneLimits): Clones {
  let total = 0;
  for (const { lines } of files) total += lines.hashes.length;
  const hashes = new Int32Array(total);
  const owner = new Int32Array(total);
  const starts: number[] = [];
  let at = 0;
  for (const [index, { lines }] of files.entries()) {
    starts.push(at);
    hashes.set(lines.hashes, at);
    owner.fill(index, at, at + lines.hashes.length);
    at += lines.hashes.length;
  }
  starts.push(total);

  const windows = indexWindows(hashes, owner);
  const seen = new Uint8Array(total);
  const duplicated = new Uint8Array(total);
  const groups: CloneGroup[] = [];
  for (let start = 0; start + windowLines <= total; start++) {
    if (seen[start] === 1) continue;
    const others = windows.get(start);
    if (others === undefined) continue;
    const positions = separate(
      others.filter((position) => equalWindow(hashes, start, position)),
      owner,
    );
    if (positions.length < 2 || positions.length > maxPlaces) {
      for (const position of positions) seen[position] = 1;
      continue;
    }
    const length = extend(hashes, owner, positions);
    for (const position of positions) seen.fill(1, position, position + length - windowLines + 1);
    const group = toGroup(files, { positions, length, starts, owner, hashes });
    if (group.tokens < limits.minimumTokens || group.lineCount < limits.minimumLines) continue;
    // Some of the copies may run on together: that is told when most of it was not told before.
    let fresh = 0;
    for (const position of positions) {
      for (let i = position; i < position + length; i++) if (duplicated[i] === 0) fresh++;
    }
    const isNews = fresh * 2 >= positions.length * length;
    for (const position of positions) duplicated.fill(1, position, position + length);
    if (isNews) groups.push(group);
  }
  let duplicatedLines = 0;
  for (const flag of duplicated) duplicatedLines += flag;
  return { groups, duplicatedLines, lines: total };
}

/** Every window that occurs more than once: its positions, by each of them. */
function indexWindows(hashes: Int32Array, owner: Int32Array): ReadonlyMap<number, readonly number[]> {
  const first = new Map<number, number>();
  const groups = new Map<number, number[]>();
  const byPosition = new Map<number, number[]>();
  for (let position = 0; position + windowLines <= hashes.length; position++) {
    if (owner[position] !== owner[position + windowLines - 1]) continue;
    const key = windowKey(hashes, position);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, position);
      continue;
    }
    let group = groups.get(key);
    if (group === undefined) {
      group = [earlier];
      groups.set(key, group);
      byPosition.set(earlier, group);
    }
    group.push(position);
    byPosition.set(position, group);
  }
  return byPosition;
}

/** 53 bits of the window's lines: collisions are found out by comparing the lines. */
function windowKey(hashes: Int32Array, position: number): number {
  let low = 0x9e3779b9;
  let high = 0x7f4a7c15;
  for (let i = position; i < position + windowLines; i++) {
    const hash = hashes[i] as number;
    low = Math.imul(low ^ hash, 0x85ebca6b) + 0x165667b1;
    low ^= low >>> 15;
    high = Math.imul(high ^ hash, 0xc2b2ae35) + 0x27d4eb2f;
    high ^= high >>> 13;
  }
  return (low >>> 0) * 0x200000 + (high & 0x1fffff);
}

function equalWindow(hashes: Int32Array, a: number, b: number): boolean {
  for (let i = 0; i < windowLines; i++) if (hashes[a + i] !== hashes[b + i]) return false;
  return true;
}

/** Leaves out positions that overlap the one before in the same file: a repetitive table is not a copy of itself. */
function separate(positions: readonly number[], owner: Int32Array): number[] {
  const kept: number[] = [];
  for (const position of positions) {
    const last = kept.at(-1);
    if (last === undefined || owner[last] !== owner[position] || position - last >= windowLines) kept.push(position);
  }
  return kept;
}

/** How many lines are equal at all positions, without running into each other. */
function extend(hashes: Int32Array, owner: Int32Array, positions: readonly number[]): number {
  const [base] = positions as [number];
  let limit = Number.POSITIVE_INFINITY;
  for (let i = 1; i < positions.length; i++) {
    const gap = (positions[i] as number) - (positions[i - 1] as number);
    if (owner[positions[i] as number] === owner[positions[i - 1] as number]) limit = Math.min(limit, gap);
  }
  let length = windowLines;
  while (length < limit) {
    const index = base + length;
    if (index >= hashes.length || owner[index] !== owner[base]) return length;
    for (const position of positions) {
      const other = position + length;
      if (other >= hashes.length || owner[other] !== owner[position] || hashes[other] !== hashes[index]) return length;
    }
    length++;
  }
  return length;
}

interface Match {
  readonly positions: readonly number[];
  readonly length: number;
  readonly starts: readonly number[];
  readonly owner: Int32Array;
  readonly hashes: Int32Array;
}

function toGroup(files: readonly { path: string; lines: CodeLines }[], match: Match): CloneGroup {
  const { positions, length, starts, owner, hashes } = match;
  const places = positions.map((position): ClonePlace => {
    const index = owner[position] as number;
    const file = files[index] as { path: string; lines: CodeLines };
    const local = position - (starts[index] as number);
    return {
      path: file.path,
      startLine: file.lines.numbers[local] as number,
      endLine: file.lines.numbers[local + length - 1] as number,
    };
  });
  const [base] = positions as [number];
  const index = owner[base] as number;
  const local = base - (starts[index] as number);
  let tokens = 0;
  for (const count of (files[index] as { lines: CodeLines }).lines.tokens.subarray(local, local + length))
    tokens += count;
  let low = 1;
  let high = 2;
  for (let i = base; i < base + length; i++) {
    low = Math.imul(low ^ (hashes[i] as number), 0x85ebca6b) ^ (low >>> 13);
    high = Math.imul(high ^ (hashes[i] as number), 0xc2b2ae35) ^ (high >>> 15);
  }
  const hash = [low, high].map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
  const first = places[0] as ClonePlace;
  return { places, lineCount: first.endLine - first.startLine + 1, tokens, hash };
}
