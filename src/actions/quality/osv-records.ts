/** OSV's records: which versions they speak of, how bad it is, what mends it. https://ossf.github.io/osv-schema/ */
import { isRecord, type JsonRecord, nested, records } from "../../analyzers/dependencies/shapes.ts";
import type { OsvEcosystem } from "../locked-packages.ts";

export interface OsvRecord extends JsonRecord {
  readonly id: string;
}

export type VersionOrder = (a: string, b: string) => number;

export function isOsvRecord(value: unknown): value is OsvRecord {
  return isRecord(value) && typeof value["id"] === "string" && Array.isArray(value["affected"]);
}

/** The order of versions in an ecosystem. Throws on what is no version there. */
export async function versionOrder(ecosystem: OsvEcosystem): Promise<VersionOrder> {
  switch (ecosystem) {
    case "PyPI": {
      const { compare, valid } = await import("@renovatebot/pep440");
      return (a, b) => {
        for (const one of [a, b]) if (valid(one) === null) throw new Error(`${one} is no version of PEP 440`);
        return compare(a, b);
      };
    }
    case "RubyGems": {
      const { eq, gt, valid } = await import("@renovatebot/ruby-semver");
      // `1.2.3-java` names a platform.
      const plain = (version: string): string => version.replace(/-(?:java|x86|x64|arm|aarch64|universal).*$/, "");
      return (a, b) => {
        for (const one of [a, b]) if (valid(plain(one)) === null) throw new Error(`${one} is no version of RubyGems`);
        return eq(plain(a), plain(b)) ? 0 : gt(plain(a), plain(b)) ? 1 : -1;
      };
    }
    case "Packagist":
      return compareComposer;
    default: {
      const { default: semver } = await import("semver");
      const plain = (version: string): string => version.replace(/^v/, "").replace(/\+incompatible$/, "");
      // `0` stands for "from the beginning" in OSV and is no SemVer.
      const filled = (version: string): string =>
        /^\d+$/.test(version) ? `${version}.0.0` : /^\d+\.\d+$/.test(version) ? `${version}.0` : version;
      return (a, b) => semver.compare(filled(plain(a)), filled(plain(b)));
    }
  }
}

/** Composer's order: numbers by value, `dev < alpha < beta < RC < (none) < patch`. */
export function compareComposer(a: string, b: string): number {
  const left = composerParts(a);
  const right = composerParts(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const stabilities: Readonly<Record<string, number>> = {
  dev: -4,
  alpha: -3,
  a: -3,
  beta: -2,
  b: -2,
  rc: -1,
  patch: 1,
  pl: 1,
  p: 1,
};

function composerParts(version: string): number[] {
  const [, numbers, stability = "", count = ""] =
    /^v?(\d+(?:\.\d+){0,3})(?:[._-]?([a-z]+)[._-]?(\d*))?(?:\+.*)?$/i.exec(version) ?? [];
  const rank = stability === "" ? 0 : stabilities[stability.toLowerCase()];
  if (numbers === undefined || rank === undefined) throw new Error(`${version} is no version of Composer`);
  const four = numbers.split(".").map(Number);
  while (four.length < 4) four.push(0);
  return [...four, rank, count === "" ? 0 : Number(count)];
}

/** The same package under its ecosystem's rules for names. */
export function normalName(ecosystem: OsvEcosystem, name: string): string {
  if (ecosystem === "PyPI") return name.toLowerCase().replace(/[-_.]+/g, "-");
  return ecosystem === "Packagist" ? name.toLowerCase() : name;
}

export interface Match {
  /** Versions that mend it, from those ranges that hold this version. */
  readonly fixed: readonly string[];
}

/** Undefined when the record does not speak of this version. Throws where a version cannot be ordered. */
export function matchRecord(
  record: OsvRecord,
  ecosystem: OsvEcosystem,
  name: string,
  version: string,
  order: VersionOrder,
): Match | undefined {
  if (typeof record["withdrawn"] === "string") return undefined;
  let isAffected = false;
  const fixed: string[] = [];
  for (const affected of records(record["affected"])) {
    const itsEcosystem = nested(affected, "package", "ecosystem");
    const itsName = nested(affected, "package", "name");
    if (typeof itsEcosystem !== "string" || typeof itsName !== "string") continue;
    if (itsEcosystem.split(":")[0] !== ecosystem || normalName(ecosystem, itsName) !== normalName(ecosystem, name))
      continue;
    const versions = Array.isArray(affected["versions"]) ? affected["versions"] : [];
    if (versions.includes(version) || versions.includes(version.replace(/^v/, ""))) isAffected = true;
    for (const range of records(affected["ranges"])) {
      if (range["type"] !== "SEMVER" && range["type"] !== "ECOSYSTEM") continue;
      const events = records(range["events"]);
      if (!isInRange(version, events, order) || isBeyondLastKnown(affected, events, version, order)) continue;
      isAffected = true;
      for (const { fixed: mended } of events)
        if (typeof mended === "string" && order(mended, version) > 0) fixed.push(mended);
    }
  }
  return isAffected ? { fixed: fixed.sort(order) } : undefined;
}

/**
 * GitHub's records of `< 1.2.3` without a fix say so outside of the events, which alone would hold every later version:
 * https://github.com/github/advisory-database/issues/470
 */
function isBeyondLastKnown(
  affected: JsonRecord,
  events: readonly JsonRecord[],
  version: string,
  order: VersionOrder,
): boolean {
  const known = nested(affected, "database_specific", "last_known_affected_version_range");
  const [, sign, bound] = typeof known === "string" ? (/^(<=?)\s*(\S+)$/.exec(known) ?? []) : [];
  if (bound === undefined || events.some((event) => "fixed" in event || "last_affected" in event)) return false;
  const difference = order(version, bound);
  return sign === "<" ? difference >= 0 : difference > 0;
}

/** The schema's own algorithm: the last event at or before the version decides. */
function isInRange(version: string, events: readonly JsonRecord[], order: VersionOrder): boolean {
  const points: { at: string; kind: "introduced" | "fixed" | "last_affected" | "limit" }[] = [];
  for (const event of events) {
    for (const kind of ["introduced", "fixed", "last_affected", "limit"] as const) {
      const at = event[kind];
      if (typeof at === "string") points.push({ at, kind });
    }
  }
  const compare = (a: string, b: string): number => (a === "0" ? (b === "0" ? 0 : -1) : b === "0" ? 1 : order(a, b));
  const limits = points.filter(({ kind }) => kind === "limit");
  if (limits.length > 0 && !limits.some(({ at }) => at === "*" || compare(version, at) < 0)) return false;
  let isIn = false;
  for (const { at, kind } of points.filter((point) => point.kind !== "limit").sort((a, b) => compare(a.at, b.at))) {
    if (kind === "introduced" && compare(version, at) >= 0) isIn = true;
    else if (kind === "fixed" && compare(version, at) >= 0) isIn = false;
    else if (kind === "last_affected" && compare(version, at) > 0) isIn = false;
  }
  return isIn;
}

export const levels = ["unknown", "low", "moderate", "high", "critical"] as const;
export type Level = (typeof levels)[number];

/** What the database says in a word, else what the CVSS vector comes to. */
export function levelOf(record: OsvRecord): Level {
  // OpenSSF's records of packages that were made to do harm have no severity.
  if (record.id.startsWith("MAL-")) return "critical";
  const word = nested(record, "database_specific", "severity");
  if (typeof word === "string") {
    const lower = word.toLowerCase();
    const level = lower === "medium" ? "moderate" : levels.find((one) => one === lower);
    if (level !== undefined) return level;
  }
  const scores = [record, ...records(record["affected"])].flatMap((holder) =>
    records(holder["severity"]).flatMap(({ score }) => (typeof score === "string" ? [cvss3Score(score)] : [])),
  );
  const score = Math.max(-1, ...scores.map((one) => one ?? -1));
  if (score < 0) return isInformational(record) ? "low" : "unknown";
  return score >= 9 ? "critical" : score >= 7 ? "high" : score >= 4 ? "moderate" : "low";
}

/** RustSec's notices: unmaintained, unsound without a known attack. Cargo's own audit warns of them and fails of none. */
function isInformational(record: OsvRecord): boolean {
  const affected = records(record["affected"]);
  return (
    affected.length > 0 &&
    affected.every((one) => typeof nested(one, "database_specific", "informational") === "string")
  );
}

/** Base score of a CVSS 3.0 or 3.1 vector, section 7.1 of its specification; undefined for any other text. */
export function cvss3Score(vector: string): number | undefined {
  if (!/^CVSS:3\.[01]\//.test(vector)) return undefined;
  const metric = Object.fromEntries(
    vector
      .split("/")
      .slice(1)
      .map((part) => part.split(":") as [string, string]),
  );
  const isChanged = metric["S"] === "C";
  const weight = (name: string, table: Readonly<Record<string, number>>): number =>
    table[metric[name] ?? ""] ?? Number.NaN;
  const impactOf = { H: 0.56, L: 0.22, N: 0 };
  const lost = 1 - (1 - weight("C", impactOf)) * (1 - weight("I", impactOf)) * (1 - weight("A", impactOf));
  const impact = isChanged ? 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 : 6.42 * lost;
  const exploitability =
    8.22 *
    weight("AV", { N: 0.85, A: 0.62, L: 0.55, P: 0.2 }) *
    weight("AC", { L: 0.77, H: 0.44 }) *
    weight("PR", isChanged ? { N: 0.85, L: 0.68, H: 0.5 } : { N: 0.85, L: 0.62, H: 0.27 }) *
    weight("UI", { N: 0.85, R: 0.62 });
  if (Number.isNaN(impact) || Number.isNaN(exploitability)) return undefined;
  if (impact <= 0) return 0;
  return Math.ceil(Math.min((isChanged ? 1.08 : 1) * (impact + exploitability), 10) * 10 - 1e-9) / 10;
}
