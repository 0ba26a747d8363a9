/** From pieces of evidence to answers: confidence, status and where they hold. */
import type {
  Detection,
  Evidence,
  EvidenceFamily,
  EvidenceStrength,
  PlatformKind,
  PlatformStatus,
} from "../../model/platform.ts";
import type { Signature } from "./signature.ts";

/** What one signal of one row found. */
export interface Trace {
  readonly row: Signature;
  readonly scope: string;
  readonly evidence: Evidence;
  /** A marker that is there no more. */
  readonly isRemoval?: boolean;
}

const probability: Readonly<Record<EvidenceStrength, number>> = { definitive: 0.95, strong: 0.75, weak: 0.35 };

/** What only commits say is the past: it may have ended with the newest of them. */
const historicalLimit = 0.6;
/** Below it an answer would be a guess: one weak signal, however often. */
const leastConfidence = 0.5;
/** Certainty is for what was seen, not for what was concluded. */
const mostConfidence = 0.99;

/** These are about the whole repository, wherever in it their files are. */
const repositoryWide: ReadonlySet<PlatformKind> = new Set(["ai-builder", "coding-agent", "ci", "cloud-ide"]);

export function judge(kind: PlatformKind, row: Signature, traces: readonly Trace[]): Detection[] {
  const found = traces.filter(({ evidence }) => evidence.family !== "commit");
  const past = traces.filter(({ evidence }) => evidence.family === "commit");
  const scopes = new Map<string, Trace[]>();
  const [only, another] = new Set(found.map(({ scope }) => scope));
  for (const trace of found) {
    const scope = repositoryWide.has(kind) ? (another === undefined ? (only ?? "") : "") : trace.scope;
    scopes.set(scope, [...(scopes.get(scope) ?? []), trace]);
  }
  if (found.length === 0 && past.length > 0) scopes.set("", []);
  return [...scopes].flatMap(([scope, own]) => {
    const all = [...own, ...past];
    const confidence = confidenceOf(all.map(({ evidence }) => evidence));
    if (confidence < leastConfidence && row.evenWeak !== true) return [];
    const evidence = all.map((trace) => trace.evidence).sort(byStrength);
    return [{ id: row.id, name: row.name, kind, confidence, status: statusOf(own, past), scope, evidence }];
  });
}

/** Noisy-or over the families; within one the strongest counts, however many there are. */
function confidenceOf(evidence: readonly Evidence[]): number {
  const families = new Map<EvidenceFamily, number>();
  for (const { family, strength } of evidence) {
    families.set(family, Math.max(families.get(family) ?? 0, probability[strength]));
  }
  const isPast = families.size === 1 && families.has("commit");
  const doubt = [...families.values()].reduce((product, one) => product * (1 - one), 1);
  return round(Math.min(1 - doubt, isPast ? historicalLimit : mostConfidence));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function statusOf(found: readonly Trace[], past: readonly Trace[]): PlatformStatus {
  if (found.length === 0) return "historical";
  const hasMarker = found.some(({ evidence }) => evidence.family === "file" && evidence.strength !== "weak");
  if (!hasMarker && past.some(({ isRemoval }) => isRemoval === true)) return "residual";
  const isWeak = found.every(({ evidence }) => evidence.strength === "weak");
  return isWeak && past.length > 0 ? "residual" : "active";
}

const strengths: readonly EvidenceStrength[] = ["definitive", "strong", "weak"];

function byStrength(a: Evidence, b: Evidence): number {
  const difference = strengths.indexOf(a.strength) - strengths.indexOf(b.strength);
  if (difference !== 0) return difference;
  // Files first: they can be looked at.
  const key = ({ path, signal }: Evidence): string => `${path === undefined ? "1" : `0${path}`}\0${signal}`;
  const [first, second] = [key(a), key(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}
