/** One pass over the checkout's names: where packages begin, and which files the signatures ask for. */
import type { FileSignal, Signature } from "./signature.ts";

/** A file that a signal names; what the signal asks of its content is not looked at yet. */
export interface FileHit {
  readonly row: Signature;
  readonly signal: FileSignal;
  readonly path: string;
  /** Where the signal's path begins; empty for the root. */
  readonly folder: string;
}

export interface ListingFacts {
  /** Folder to the names of its manifests. */
  readonly packages: ReadonlyMap<string, readonly string[]>;
  readonly hits: readonly FileHit[];
  /** Files that may declare dependencies, wherever they are. */
  readonly manifests: readonly string[];
}

interface Pattern {
  readonly row: Signature;
  readonly signal: FileSignal;
  readonly segments: readonly (string | RegExp)[];
  /** Any file below will do. */
  readonly isFolder: boolean;
}

/** Folders that hold what others do: nothing in them says what this repository is. */
const foreignFolders = new Set(
  [
    "fixture fixtures __fixtures__ testdata test-data test_data testfixtures golden",
    "test tests __tests__ __mocks__ e2e spec specs integration-tests testing",
    "example examples sample samples demo demos tutorial tutorials cookbook recipes",
    "playground playgrounds sandbox bench benchmark benchmarks snippets starters",
    "template templates scaffold scaffolds scaffolding boilerplate skeleton",
    "vendor vendors vendored third_party third-party thirdparty external extern",
    // Where somebody works, not what is worked on.
    ".devcontainer",
    "node_modules bower_components jspm_packages pods carthage site-packages venv .venv",
    "doc docs documentation",
  ].flatMap((names) => names.split(" ")),
);

/** `template-react-ts`, `spring-demo`, `api-tests`: as projects name what is there to be copied, or to test the rest. */
const foreignPrefix =
  /^(?:template|example|fixture|sample|demo)[-_]|[-_](?:templates?|fixtures?|examples?|samples?|demos?)$|[-_.](?:unit|integration)?tests$/;

function isForeignFolder(name: string): boolean {
  const lower = name.toLowerCase();
  return foreignFolders.has(lower) || foreignPrefix.test(lower);
}

/** Few names make up the folders of many files. */
function rememberFolders(): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    let isForeign = known.get(name);
    if (isForeign === undefined) known.set(name, (isForeign = isForeignFolder(name)));
    return isForeign;
  };
}

/** A project begins where one of these stands. */
const packageMarks = new Set([
  "Cargo.toml",
  "Gemfile",
  "Package.swift",
  "Pipfile",
  "build.gradle",
  "build.gradle.kts",
  "composer.json",
  "deno.json",
  "deno.jsonc",
  "go.mod",
  "mix.exs",
  "package.json",
  "pom.xml",
  "pubspec.yaml",
  "pyproject.toml",
  "requirements.txt",
  "setup.cfg",
  "setup.py",
]);
const dotnetProject = /\.(?:cs|fs|vb)proj$/;

/** More than these, though no project begins with them. */
const isManifest = (name: string, folder: string | undefined): boolean =>
  packageMarks.has(name) ||
  dotnetProject.test(name) ||
  (name.endsWith(".txt") && (/^requirements[\w.-]*\.txt$/.test(name) || folder === "requirements")) ||
  (name === "libs.versions.toml" && folder === "gradle");

export interface Matcher {
  read(paths: Iterable<string>, isForeign: (path: string) => boolean): ListingFacts;
}

/** The patterns are put in order once: by their first word, or where that has a `*`, by what is fixed of it. */
export function createMatcher(rows: readonly Signature[]): Matcher {
  const byWord = new Map<string, Pattern[]>();
  const byEnding = new Map<string, Pattern[]>();
  const byBegin = new Map<string, Pattern[]>();
  for (const row of rows) {
    for (const signal of row.signals) {
      if (signal.kind !== "file") continue;
      const isFolder = signal.file.endsWith("/");
      const words = (isFolder ? signal.file.slice(0, -1) : signal.file).split("/");
      const pattern: Pattern = { row, signal, isFolder, segments: words.map(segment) };
      const [first = ""] = words;
      if (!first.includes("*")) add(byWord, first, pattern);
      else if (first.startsWith("*.")) add(byEnding, first.slice(first.lastIndexOf(".") + 1), pattern);
      else add(byBegin, first.slice(0, first.indexOf("*")).replace(/\.$/, ""), pattern);
    }
  }

  return {
    read(paths, isForeign) {
      const packages = new Map<string, string[]>();
      const manifests: string[] = [];
      const found: FileHit[] = [];
      const seen = new Set<string>();
      const isOthers = rememberFolders();
      const match = (patterns: readonly Pattern[] | undefined, path: string, words: readonly string[], at: number) => {
        for (const pattern of patterns ?? []) {
          if (!matches(pattern, words, at)) continue;
          const folder = words.slice(0, at).join("/");
          // Of a folder's files one is enough, unless what is in them decides.
          const key = `${pattern.row.id}\0${pattern.signal.file}\0${folder}`;
          const isEnough = pattern.signal.text === undefined && pattern.signal.keys === undefined;
          if (isEnough && seen.has(key)) continue;
          if (isForeign(path)) continue;
          if (isEnough) seen.add(key);
          found.push({ row: pattern.row, signal: pattern.signal, path, folder });
        }
      };
      for (const path of paths) {
        const words = path.split("/");
        const last = words.length - 1;
        const name = words[last] ?? "";
        // What a pattern names itself (`.devcontainer/`, `.claude/skills/`) is ours, whatever lies below it.
        const foreign = words.findIndex((word, i) => i < last && isOthers(word));
        const ends = foreign < 0 ? last : foreign;
        if (foreign < 0 && isManifest(name, words[last - 1]) && !isForeign(path)) {
          manifests.push(path);
          if (packageMarks.has(name) || dotnetProject.test(name)) {
            add(packages, words.slice(0, last).join("/"), name);
          }
        }
        for (let at = 0; at <= ends; at++) match(byWord.get(words[at] ?? ""), path, words, at);
        if (foreign >= 0) continue;
        const dot = name.lastIndexOf(".");
        if (dot >= 0) match(byEnding.get(name.slice(dot + 1)), path, words, last);
        const firstDot = name.indexOf(".");
        if (firstDot > 0) match(byBegin.get(name.slice(0, firstDot)), path, words, last);
      }
      return {
        packages,
        manifests,
        hits: found.filter(({ signal, folder }) => isWhereItCounts(signal, folder, packages)),
      };
    },
  };
}

function segment(word: string): string | RegExp {
  if (!word.includes("*")) return word;
  const escaped = word.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join("[^/]*")}$`);
}

function matches({ segments, isFolder }: Pattern, words: readonly string[], at: number): boolean {
  const end = at + segments.length;
  if (isFolder ? words.length <= end : words.length !== end) return false;
  return segments.every((one, i) => {
    const word = words[at + i] ?? "";
    return typeof one === "string" ? one === word : one.test(word);
  });
}

function isWhereItCounts(signal: FileSignal, folder: string, packages: ReadonlyMap<string, unknown>): boolean {
  if (signal.where === "anywhere" || folder === "") return true;
  return signal.where !== "root" && packages.has(folder);
}

function add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** The package that a folder belongs to: the nearest one around it. */
export function packageOf(folder: string, packages: ReadonlyMap<string, unknown>): string {
  let at = folder;
  while (at !== "" && !packages.has(at)) at = at.slice(0, Math.max(0, at.lastIndexOf("/")));
  return at;
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
