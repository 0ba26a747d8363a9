/** What package managers print about outdated dependencies, each in its own way. Pure. */
import { isRecord, nested, records, strings } from "../../analyzers/dependencies/shapes.ts";
import { StepFailed } from "../../model/action.ts";
import type { PackageFacts } from "./registries.ts";

export interface OutdatedEntry {
  readonly name: string;
  readonly current: string;
  /** The newest that the manifest's range permits. */
  readonly wanted?: string;
  readonly latest: string;
}

/** An object by name; an error is one too. In a workspace a package can have several entries. */
export function readNpm(text: string): OutdatedEntry[] {
  const value: unknown = text.trim() === "" ? {} : JSON.parse(text);
  const problem = nested(value, "error", "summary");
  if (typeof problem === "string") throw new StepFailed(`npm: ${problem}`);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, facts]) => {
    const { current, wanted, latest } = strings(Array.isArray(facts) ? facts[0] : facts);
    // Without what is installed npm knows no current version.
    return current === undefined || latest === undefined
      ? []
      : [{ name, current, latest, ...(wanted === undefined ? {} : { wanted }) }];
  });
}

/** The same object; what it calls wanted is what the lockfile has. Errors go to standard error, after an empty answer. */
export function readPnpm(text: string, exitCode: number): OutdatedEntry[] {
  const value: unknown = text.trim() === "" ? {} : JSON.parse(text);
  if (!isRecord(value)) return [];
  const entries = Object.entries(value).flatMap(([name, facts]) => {
    const { current, wanted, latest } = strings(facts);
    const locked = current ?? wanted;
    return locked === undefined || latest === undefined ? [] : [{ name, current: locked, latest }];
  });
  if (exitCode !== 0 && entries.length === 0)
    throw new StepFailed(`pnpm outdated ended with ${exitCode} and no answer`);
  return entries;
}

/** Yarn 1: a document a line; the one of type `table` has the packages. */
export function readYarn(text: string, exitCode: number): OutdatedEntry[] {
  const entries: OutdatedEntry[] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const value: unknown = JSON.parse(line);
    const { type, data } = strings(value);
    if (type === "error") throw new StepFailed(`yarn: ${data ?? "no reason given"}`);
    if (type !== "table") continue;
    const head = nested(value, "data", "head");
    const body = nested(value, "data", "body");
    if (!Array.isArray(head) || !Array.isArray(body)) throw new Error("its table has no head or no body");
    const column = (row: unknown, title: string): string | undefined => {
      const cell: unknown = Array.isArray(row) ? row[head.indexOf(title)] : undefined;
      return typeof cell === "string" ? cell : undefined;
    };
    for (const row of body) {
      const [name, current, latest] = ["Package", "Current", "Latest"].map((title) => column(row, title));
      const wanted = column(row, "Wanted");
      // `exotic`: from somewhere else than a registry.
      if (name === undefined || current === undefined || latest === undefined || !/^\d/.test(latest)) continue;
      entries.push({ name, current, latest, ...(wanted === undefined || !/^\d/.test(wanted) ? {} : { wanted }) });
    }
  }
  if (exitCode !== 0 && entries.length === 0)
    throw new StepFailed(`yarn outdated ended with ${exitCode} and no answer`);
  return entries;
}

/** `npm view <name> name versions dist-tags --json`; undefined when the registry does not have it. */
export function readNpmView(text: string): PackageFacts | undefined {
  const value: unknown = JSON.parse(text);
  const { code, summary } = strings(nested(value, "error"));
  if (code === "E404") return undefined;
  if (code !== undefined || summary !== undefined) throw new StepFailed(`npm: ${summary ?? code ?? ""}`);
  return factsOf(value);
}

/** `yarn npm info … --json`: a package a line. */
export function readYarnInfo(text: string): ReadonlyMap<string, PackageFacts> {
  const facts = new Map<string, PackageFacts>();
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const value: unknown = JSON.parse(line);
    const { name } = strings(value);
    if (name !== undefined) facts.set(name, factsOf(value));
  }
  return facts;
}

function factsOf(value: unknown): PackageFacts {
  const all = nested(value, "versions");
  const latest = nested(value, "dist-tags", "latest");
  return {
    // npm prints a list of one as its item.
    versions: (Array.isArray(all) ? all : [all]).filter((one): one is string => typeof one === "string"),
    deprecated: new Map(),
    ...(typeof latest === "string" ? { latest } : {}),
  };
}

export function readComposer(text: string): OutdatedEntry[] {
  const value: unknown = JSON.parse(text);
  return records(nested(value, "installed") ?? nested(value, "locked")).flatMap((one) => {
    const { name, version, latest } = strings(one);
    return name === undefined || version === undefined || latest === undefined
      ? []
      : [{ name, current: version, latest }];
  });
}

/** A stream of objects, one after the other. */
export function readGo(text: string): OutdatedEntry[] {
  return text
    .split(/^(?=\{$)/m)
    .filter((part) => part.trim() !== "")
    .flatMap((part) => {
      const value: unknown = JSON.parse(part);
      const { Path: name, Version: current } = strings(value);
      const latest = nested(value, "Update", "Version");
      const isDirect = nested(value, "Indirect") !== true && nested(value, "Main") !== true;
      return name === undefined || current === undefined || typeof latest !== "string" || !isDirect
        ? []
        : [{ name, current, latest }];
    });
}

/** `left (newest 2.0.0, installed 1.0.0, requested ~> 1.0)` */
export function readBundler(text: string, exitCode: number): OutdatedEntry[] {
  const entries = text.split("\n").flatMap((line) => {
    const [, name, latest, current] = /^(\S+) \(newest ([^,\s)]+)[^,)]*, installed ([^,\s)]+)/.exec(line) ?? [];
    return name === undefined || latest === undefined || current === undefined ? [] : [{ name, current, latest }];
  });
  // 1 is both "something is outdated" and "it did not work".
  if (exitCode !== 0 && entries.length === 0) throw new StepFailed(`bundle outdated: ${text.trim() || "no answer"}`);
  return entries;
}

/** `leftpad (!) 1.0.0 2.0.0 what it is`; `(!)`: not installed. */
export function readPoetry(text: string): OutdatedEntry[] {
  return text.split("\n").flatMap((line) => {
    const [, name, current, latest] = /^(\S+)\s+(?:\(!\)\s+)?(\d\S*)\s+(\d\S*)/.exec(line) ?? [];
    return name === undefined || current === undefined || latest === undefined ? [] : [{ name, current, latest }];
  });
}
