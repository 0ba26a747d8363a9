/**
 * A process of its own around ruff's WASM build: reads a job from standard input, prints one JSON line a file.
 * Its own process because the compiler flag that it is started with would slow every other WASM engine.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { HostJob, HostLine, RuffDiagnostic } from "./protocol.ts";

interface Workspace {
  check(contents: string): RuffDiagnostic[];
  free(): void;
}

interface RuffModule {
  Workspace: new (options: unknown, encoding: number) => Workspace;
  PositionEncoding: { Utf16: number };
}

const require = createRequire(import.meta.url);
const moduleName = "@astral-sh/ruff-wasm-nodejs";
const utf8 = new TextDecoder("utf-8", { fatal: true });

function load(): RuffModule {
  return require(moduleName) as RuffModule;
}

/** A module that trapped is in an unknown state: drop it and instantiate another. */
function reload(): RuffModule {
  delete require.cache[require.resolve(moduleName)];
  return load();
}

function print(line: HostLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function main(): void {
  const job = JSON.parse(readFileSync(0, "utf8")) as HostJob;
  let ruff = load();
  for (const group of job.groups) {
    const opened = open(ruff, group.settings);
    for (const note of opened.notes) print({ note, source: group.source });
    let workspace = opened.workspace;
    for (const path of group.files) {
      let text: string;
      try {
        const bytes = readFileSync(join(job.root, path));
        if (bytes.length > job.maxBytes) {
          print({ path, skip: `larger than ${job.maxBytes / 1024} KiB` });
          continue;
        }
        text = utf8.decode(bytes);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        print({ path, skip: "not UTF-8" });
        continue;
      }
      try {
        print({ path, diagnostics: workspace.check(text) });
      } catch (error) {
        // Nesting beyond the stack, or a panic.
        print({ path, skip: `ruff cannot read it: ${String(error).slice(0, 100)}` });
        ruff = reload();
        workspace = open(ruff, opened.settings).workspace;
      }
    }
    workspace.free();
  }
}

/** Settings of another ruff version may hold what this one does not know; it is dropped, and said. */
function open(
  ruff: RuffModule,
  original: Record<string, unknown>,
): { workspace: Workspace; settings: Record<string, unknown>; notes: string[] } {
  const settings = structuredClone(original);
  const notes: string[] = [];
  for (;;) {
    try {
      return { workspace: new ruff.Workspace(settings, ruff.PositionEncoding.Utf16), settings, notes };
    } catch (error) {
      const note = repair(settings, String(error));
      if (note === undefined || notes.length > 200) throw error;
      notes.push(note);
    }
  }
}

function repair(settings: Record<string, unknown>, message: string): string | undefined {
  const selector = /(?:[Uu]nknown rule selector|[Rr]ule) `([^`]+)`/.exec(message)?.[1];
  if (selector !== undefined && dropSelector(settings, selector)) return `unknown rule ${selector}`;
  const field = /unknown field `([^`]+)`/.exec(message)?.[1];
  if (field !== undefined && dropKey(settings, field)) return `unknown setting ${field}`;
  const variant = /unknown variant `([^`]+)`/.exec(message)?.[1];
  if (variant !== undefined && dropValue(settings, variant)) return `unknown value ${variant}`;
  const lint = settings["lint"];
  const options = typeof lint === "object" && lint !== null ? (lint as Record<string, unknown>) : {};
  // What is left is a value of the wrong type in some plugin's own settings: keep only the rule selection.
  const kept = Object.fromEntries(
    ["select", "ignore", "extend-select"].filter((key) => key in options).map((key) => [key, options[key]]),
  );
  const reduced: Record<string, unknown> = { lint: kept };
  if (JSON.stringify(reduced) === JSON.stringify(settings)) return undefined;
  for (const key of Object.keys(settings)) delete settings[key];
  Object.assign(settings, reduced);
  return `settings that cannot be used (${message.slice(0, 120)})`;
}

function dropSelector(value: unknown, selector: string): boolean {
  let dropped = false;
  if (Array.isArray(value)) {
    for (let i = value.length - 1; i >= 0; i--) {
      if (value[i] !== selector) continue;
      value.splice(i, 1);
      dropped = true;
    }
  } else if (typeof value === "object" && value !== null) {
    for (const entry of Object.values(value)) dropped = dropSelector(entry, selector) || dropped;
  }
  return dropped;
}

function dropKey(value: Record<string, unknown>, key: string): boolean {
  if (key in value) {
    delete value[key];
    return true;
  }
  return Object.values(value).some(
    (entry) => typeof entry === "object" && entry !== null && dropKey(entry as Record<string, unknown>, key),
  );
}

function dropValue(value: Record<string, unknown>, variant: string): boolean {
  for (const [key, entry] of Object.entries(value)) {
    if (entry === variant) {
      delete value[key];
      return true;
    }
    if (typeof entry === "object" && entry !== null && dropValue(entry as Record<string, unknown>, variant))
      return true;
  }
  return false;
}

main();
