/** What a checkout is built with and by: names, manifests, contents and commits, matched against the signature tables. */
import {
  type Detection,
  type Evidence,
  type PackageFacts,
  type PlatformKind,
  platformKinds,
  type PlatformReport,
} from "../../model/platform.ts";
import type { CommitTrace } from "./history.ts";
import { countLanguageBytes } from "./language-bytes.ts";
import { readLinguistAttributes } from "./linguist-attributes.ts";
import { createMatcher, type FileHit, folderOf, type ListingFacts, type Matcher, packageOf } from "./listing.ts";
import { type Manifest, parseManifest } from "./manifest.ts";
import { judge, type Trace } from "./score.ts";
import type { CommitSignal, DependencySignal, FileSignal, ProjectNameSignal, Signature } from "./signature.ts";
import { signatureTables } from "./signatures/index.ts";

export interface DetectionInput {
  /** Every file of the checkout, relative to its root, `/`-separated: tracked ones and untracked ones that are not ignored. */
  readonly paths: Iterable<string>;
  /** Texts of these files; those that are absent or no text are left out. Asked once, for what signatures name only. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Bytes of a file, for the languages; without it every file counts the same. */
  sizeOf?(path: string): number | undefined;
  /** Vendored and generated files, which are no evidence; by name. */
  isForeign?(path: string): boolean;
  /** The newest commits, newest first; without them nothing is residual or historical. */
  readonly commits?: readonly CommitTrace[];
}

/** More manifests than any team keeps by hand; beyond it only the first are read, and that is said. */
const maxReads = 4_000;

/** Nobody writes a larger manifest; what is larger is something else under its name. */
const maxBytes = 1_000_000;

const attributesFile = ".gitattributes";

const rows: readonly (readonly [kind: PlatformKind, row: Signature])[] = signatureTables.flatMap(
  ({ kind, rows: own }) => own.map((row) => [kind, row] as const),
);

interface Compiled {
  readonly matcher: Matcher;
  readonly dependencies: ReadonlyMap<string, readonly (readonly [Signature, DependencySignal])[]>;
  readonly prefixes: readonly (readonly [string, Signature, DependencySignal])[];
  readonly names: ReadonlyMap<string, readonly (readonly [Signature, ProjectNameSignal])[]>;
}

let compiled: Compiled | undefined;

/** Looks at nothing but its input. The same input gives the same answer. */
export async function detectPlatforms(input: DetectionInput): Promise<PlatformReport> {
  compiled ??= compile();
  const paths = [...input.paths];
  const isForeign = input.isForeign?.bind(input) ?? (() => false);
  const listing = compiled.matcher.read(paths, isForeign);
  const present = new Set(paths);
  const hits = listing.hits.filter((hit) => hasItsNeighbours(hit, present));

  const wanted = [
    ...new Set([
      ...(present.has(attributesFile) ? [attributesFile] : []),
      ...listing.manifests,
      ...hits.filter(({ signal }) => needsText(signal)).map(({ path }) => path),
    ]),
  ].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
  const small = wanted.filter((path) => (input.sizeOf?.(path) ?? 0) <= maxBytes);
  const texts = new Map<string, string>();
  for (const [path, text] of await input.read(small.slice(0, maxReads))) texts.set(path, normalise(text));
  const unread = wanted.length - Math.min(small.length, maxReads);
  const notices =
    unread > 0 ? [`${unread} of ${wanted.length} manifests and settings were too many or too large to read`] : [];

  const manifests = await parseAll(listing.manifests, texts, notices);
  const traces = [
    ...fileTraces(hits, texts, listing),
    ...manifestTraces(manifests, texts, listing, compiled),
    ...commitTraces(input.commits ?? [], present),
  ];
  const sizeOf = input.sizeOf?.bind(input) ?? (() => 1);
  const byAttribute = readLinguistAttributes(texts.get(attributesFile) ?? "");
  const languages = await countLanguageBytes(
    paths,
    sizeOf,
    (path) => byAttribute(path) ?? (isForeign(path) || undefined),
  );
  return {
    detections: sorted([...judgeAll(traces), ...languages]),
    packages: packagesOf(listing, manifests),
    notices,
  };
}

function compile(): Compiled {
  const dependencies = new Map<string, (readonly [Signature, DependencySignal])[]>();
  const prefixes: (readonly [string, Signature, DependencySignal])[] = [];
  const names = new Map<string, (readonly [Signature, ProjectNameSignal])[]>();
  for (const [, row] of rows) {
    for (const signal of row.signals) {
      if (signal.kind === "dependency") {
        const key = `${signal.ecosystem}:${signal.name}`;
        if (key.endsWith("*")) prefixes.push([key.slice(0, -1), row, signal]);
        else dependencies.set(key, [...(dependencies.get(key) ?? []), [row, signal]]);
      } else if (signal.kind === "project-name") {
        names.set(signal.name, [...(names.get(signal.name) ?? []), [row, signal]]);
      }
    }
  }
  return { matcher: createMatcher(rows.map(([, row]) => row)), dependencies, prefixes, names };
}

const depth = (path: string): number => path.split("/").length;

const needsText = ({ text, keys }: FileSignal): boolean => text !== undefined || keys !== undefined;

function hasItsNeighbours({ signal, folder }: FileHit, present: ReadonlySet<string>): boolean {
  const isThere = (name: string): boolean => present.has(folder === "" ? name : `${folder}/${name}`);
  return (signal.beside?.some(isThere) ?? true) && !(signal.without?.some(isThere) ?? false);
}

/** Without a byte order mark, and with one kind of line end: signals are anchored at lines. */
function normalise(text: string): string {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  return plain.includes("\r") ? plain.replaceAll(/\r\n?/g, "\n") : plain;
}

async function parseAll(
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
  notices: string[],
): Promise<ReadonlyMap<string, Manifest>> {
  const manifests = new Map<string, Manifest>();
  for (const path of paths) {
    const text = texts.get(path);
    if (text === undefined) continue;
    try {
      manifests.set(path, await parseManifest(path, text));
    } catch (error) {
      const [why = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      notices.push(`${path} was not understood: ${why}`);
    }
  }
  return manifests;
}

function fileTraces(hits: readonly FileHit[], texts: ReadonlyMap<string, string>, listing: ListingFacts): Trace[] {
  return hits.flatMap(({ row, signal, path, folder }): Trace[] => {
    const scope = packageOf(folder, listing.packages);
    const { strength } = signal;
    if (!needsText(signal)) return [{ row, scope, evidence: { path, signal: "is there", family: "file", strength } }];
    const content = texts.get(path);
    const found = content === undefined ? undefined : inText(signal, content);
    if (found === undefined) return [];
    return [{ row, scope, evidence: { path, ...found, family: "content", strength } }];
  });
}

function inText({ text, keys }: FileSignal, content: string): { line: number; signal: string } | undefined {
  if (keys !== undefined) {
    const key = keys.find((one) => hasKey(content, one));
    return key === undefined ? undefined : { line: lineOf(content, `"${key}"`), signal: `has ${key}` };
  }
  const match = text?.exec(content);
  if (match === null || match === undefined) return undefined;
  const start = match.index + (match[0].length - match[0].trimStart().length);
  const end = content.indexOf("\n", start);
  const quote = content.slice(content.lastIndexOf("\n", start) + 1, end < 0 ? undefined : end).trim();
  return { line: lineAt(content, start), signal: `says ${quote.length > 80 ? `${quote.slice(0, 79)}…` : quote}` };
}

/** Whether the text is a JSON object with this key at its top. */
function hasKey(content: string, key: string): boolean {
  if (!content.includes(`"${key}"`)) return false;
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === "object" && value !== null && Object.hasOwn(value, key);
  } catch {
    // With comments, or cut off: what a parser refuses is no evidence.
    return false;
  }
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

function lineOf(text: string, needle: string): number {
  return lineAt(text, Math.max(0, text.indexOf(needle)));
}

function manifestTraces(
  manifests: ReadonlyMap<string, Manifest>,
  texts: ReadonlyMap<string, string>,
  listing: ListingFacts,
  { dependencies, prefixes, names }: Compiled,
): Trace[] {
  const traces: Trace[] = [];
  for (const [path, manifest] of manifests) {
    const scope = packageOf(folderOf(path), listing.packages);
    const text = texts.get(path) ?? "";
    for (const [row, { strength, name }] of (path.endsWith("package.json") && names.get(manifest.name ?? "")) || []) {
      const evidence = { path, line: lineOf(text, `"${name}"`), signal: `named ${name}`, strength } as const;
      traces.push({ row, scope, evidence: { ...evidence, family: "content" } });
    }
    for (const { ecosystem, name, isDev, section } of manifest.dependencies) {
      const key = `${ecosystem}:${name}`;
      const found = [
        ...(dependencies.get(key) ?? []),
        ...prefixes.filter(([prefix]) => key.startsWith(prefix)).map(([, row, signal]) => [row, signal] as const),
      ];
      for (const [row, signal] of found) {
        const strength = isDev ? (signal.dev ?? "weak") : signal.strength;
        const evidence: Evidence = {
          path,
          line: lineOfDependency(text, name, path.endsWith(".json")),
          signal: `${name.replace(/^sdk:/, "")} in ${section}`,
          family: "dependency",
          strength,
        };
        traces.push({ row, scope, evidence });
      }
    }
  }
  return traces;
}

/** The first place where the name stands for itself (in JSON: as a key); Python's may be written in other ways. */
function lineOfDependency(text: string, name: string, isJson: boolean): number {
  const own = name.replace(/^sdk:/, "").replace(/^[^:]+:/, "");
  const loose = own.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/[-_]/g, "[-_.]");
  const pattern = isJson ? `"${loose}"\\s*:` : `(?<![\\w./@-])${loose}(?![\\w/-])`;
  const match = new RegExp(pattern, "i").exec(text);
  return match === null ? 1 : lineAt(text, match.index);
}

function commitTraces(commits: readonly CommitTrace[], present: ReadonlySet<string>): Trace[] {
  const removed = new Map<string, CommitTrace>();
  for (const commit of commits) {
    for (const path of commit.removed) {
      if (!removed.has(path)) removed.set(path, commit);
    }
  }
  return rows.flatMap(([, row]) =>
    row.signals.flatMap((signal) => {
      if (signal.kind === "commit") return signedBy(row, signal, commits);
      return signal.kind === "file" ? removedMarkers(row, signal, removed, present) : [];
    }),
  );
}

function signedBy(
  row: Signature,
  { field, pattern, says, strength }: CommitSignal,
  commits: readonly CommitTrace[],
): Trace[] {
  const of = { people: "people", trailer: "trailers", subject: "subject" } as const;
  const matching = commits.filter((commit) => pattern.test(commit[of[field]]));
  const [newest] = matching;
  if (newest === undefined) return [];
  const signal = `${says} (${matching.length} of the last ${commits.length})`;
  return [{ row, scope: "", evidence: { commit: newest.id, signal, family: "commit", strength } }];
}

/** A marker of this row that a commit took away and nobody put back. */
function removedMarkers(
  row: Signature,
  { file, strength, text, keys }: FileSignal,
  removed: ReadonlyMap<string, CommitTrace>,
  present: ReadonlySet<string>,
): Trace[] {
  if (strength !== "definitive" || text !== undefined || keys !== undefined || file.includes("*")) return [];
  const isFolder = file.endsWith("/");
  const path = isFolder ? [...removed.keys()].find((one) => one.startsWith(file)) : file;
  const commit = path === undefined ? undefined : removed.get(path);
  const isBack = isFolder ? [...present].some((one) => one.startsWith(file)) : present.has(file);
  if (commit === undefined || path === undefined || isBack) return [];
  const evidence: Evidence = { commit: commit.id, signal: `${path} was removed`, family: "commit", strength };
  return [{ row, scope: "", evidence, isRemoval: true }];
}

function judgeAll(traces: readonly Trace[]): Detection[] {
  const byRow = new Map<Signature, Trace[]>();
  for (const trace of traces) {
    const list = byRow.get(trace.row);
    if (list === undefined) byRow.set(trace.row, [trace]);
    else list.push(trace);
  }
  return rows.flatMap(([kind, row]) => judge(kind, row, byRow.get(row) ?? []));
}

function packagesOf({ packages }: ListingFacts, manifests: ReadonlyMap<string, Manifest>): PackageFacts[] {
  return [...packages]
    .map(([path, files]): PackageFacts => {
      const paths = files.map((file) => (path === "" ? file : `${path}/${file}`)).sort();
      const name = paths.map((one) => manifests.get(one)?.name).find((one) => one !== undefined);
      return { path, ...(name === undefined ? {} : { name }), manifests: paths };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function sorted(detections: readonly Detection[]): Detection[] {
  // Stable: languages stay in the order of their bytes.
  return [...detections].sort((a, b) => {
    const byKind = platformKinds.indexOf(a.kind) - platformKinds.indexOf(b.kind);
    if (byKind !== 0 || a.kind === "language") return byKind;
    return b.confidence - a.confidence || compare(a.id, b.id) || compare(a.scope, b.scope);
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
