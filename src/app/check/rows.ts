/** The cache row of a file: what every analyzer said about one content at one path. */
import type { FileNote } from "../../model/analyzer.ts";
import type { IdentifiedFinding } from "../../model/finding.ts";
import type { FileCore, FileOutcome } from "./worker-protocol.ts";

/** `0` stands for "looked, nothing found": by far the most frequent answer. */
type StoredOutcome =
  | 0
  | readonly IdentifiedFinding[]
  | { readonly skip: string; readonly note?: FileNote }
  | { readonly findings: readonly IdentifiedFinding[]; readonly note: FileNote };

interface StoredRow {
  /** By analyzer key. */
  readonly a: Record<string, StoredOutcome>;
  /** By core key; `0`: no directives, no marks. */
  readonly c: Record<string, 0 | FileCore>;
}

/** More answers than any one configuration gives: rows stay small while two profiles or branches alternate. */
const maxAnswers = 48;

export class FileRow {
  #stored: StoredRow;
  #dirty = false;
  #expected = 0;

  constructor(value: Uint8Array | undefined) {
    this.#stored = value === undefined ? { a: {}, c: {} } : parseRow(value);
  }

  get isDirty(): boolean {
    return this.#dirty;
  }

  /** One more answer will be set. */
  expect(): void {
    this.#expected++;
  }

  /** Whether all answers that were expected are there. */
  get isComplete(): boolean {
    return this.#expected <= 0;
  }

  outcome(key: string): FileOutcome | undefined {
    const stored = this.#stored.a[key];
    if (stored === undefined) return undefined;
    if (stored === 0) return { findings: [], ms: 0 };
    return "skip" in stored || "findings" in stored ? { ...stored, ms: 0 } : { findings: stored, ms: 0 };
  }

  core(key: string): FileCore | undefined {
    const stored = this.#stored.c[key];
    return stored === 0 ? noCore : stored;
  }

  /** Errors are never kept: the next run tries again. */
  setOutcome(key: string, outcome: FileOutcome): void {
    this.#expected--;
    if ("error" in outcome) return;
    const { ms: _, ...kept } = outcome;
    if ("skip" in kept) this.#stored.a[key] = kept;
    else if (kept.note !== undefined) this.#stored.a[key] = { findings: kept.findings, note: kept.note };
    else this.#stored.a[key] = kept.findings.length === 0 ? 0 : kept.findings;
    this.#dirty = true;
  }

  setCore(key: string, core: FileCore): void {
    this.#expected--;
    const isPlain = core.directives.length === 0 && core.unread === undefined && Object.keys(core.marks).length === 0;
    this.#stored.c[key] = isPlain ? 0 : core;
    this.#dirty = true;
  }

  /** Bytes for the cache, which it then has; the oldest answers go first when there are too many. */
  serialize(): Uint8Array {
    this.#dirty = false;
    return Buffer.from(JSON.stringify({ a: latest(this.#stored.a, maxAnswers), c: latest(this.#stored.c, 4) }));
  }
}

function latest<T>(answers: Record<string, T>, most: number): Record<string, T> {
  const entries = Object.entries(answers);
  return entries.length <= most ? answers : Object.fromEntries(entries.slice(-most));
}

export const noCore: FileCore = { directives: [], marks: {} };

function parseRow(value: Uint8Array): StoredRow {
  return JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8")) as StoredRow;
}
