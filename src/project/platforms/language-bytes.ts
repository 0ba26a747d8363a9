/** Languages by bytes, as GitHub counts them: by file name, without data, prose, documentation and what others wrote. */
import type { Language } from "linguist-languages";
import type { Detection } from "../../model/platform.ts";

interface Names {
  readonly byName: ReadonlyMap<string, readonly string[]>;
  readonly byExtension: ReadonlyMap<string, readonly string[]>;
}

/**
 * Endings of several languages where one of them is almost always meant. Those that are not here are what the rest of
 * the repository is written in, or are not counted: a wrong language is worse than a missing one.
 */
const usual: Readonly<Record<string, string>> = {
  ".asm": "Assembly",
  ".bas": "Visual Basic 6.0",
  ".cake": "C#",
  ".cl": "OpenCL",
  ".cls": "Apex",
  ".cs": "C#",
  ".d": "D",
  ".ex": "Elixir",
  ".fs": "F#",
  ".gd": "GDScript",
  ".hh": "C++",
  ".html": "HTML",
  ".lisp": "Common Lisp",
  ".ml": "OCaml",
  ".mm": "Objective-C++",
  ".odin": "Odin",
  ".php": "PHP",
  ".pl": "Perl",
  ".pm": "Perl",
  ".pp": "Puppet",
  ".r": "R",
  ".rs": "Rust",
  ".s": "Assembly",
  ".sc": "Scala",
  ".scm": "Scheme",
  ".sol": "Solidity",
  ".star": "Starlark",
  ".ts": "TypeScript",
  ".tsx": "TypeScript",
  ".typ": "Typst",
};

/** Stands for the languages of data and prose, which share endings with others: `.md` is a machine description too. */
const notCounted = "";

/** GitHub counts no documentation; the same folders at the root, and manuals. */
const documentation = /^(?:docs?|documentation|examples?|demos?|samples?|man)\/|(?:^|\/)(?:documentation|javadoc)\//i;

/** SQL is data to GitHub, unless its dialect is told from the content. Manual pages and headers of mails are prose. */
const uncounted = new Set([
  ".sql",
  ".mdoc",
  ".man",
  ".1",
  ".2",
  ".3",
  ".4",
  ".5",
  ".6",
  ".7",
  ".8",
  ".9",
  ".txt",
  ".in",
]);

let loaded: Promise<Names> | undefined;

async function loadNames(): Promise<Names> {
  const byName = new Map<string, string[]>();
  const byExtension = new Map<string, string[]>();
  const note = (map: Map<string, string[]>, key: string, language: string): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [language]);
    else if (!list.includes(language)) list.push(language);
  };
  const languages: readonly Language[] = Object.values(await import("linguist-languages"));
  for (const language of languages) {
    const isCounted = language.type === "programming" || language.type === "markup";
    // TSX is TypeScript, JSX is JavaScript: their groups are what people call them.
    const name = isCounted ? (language.group ?? language.name) : notCounted;
    for (const extension of language.extensions ?? []) note(byExtension, extension.toLowerCase(), name);
    for (const file of language.filenames ?? []) note(byName, file, name);
  }
  return { byName, byExtension };
}

/**
 * `sizeOf` is asked for counted files only; undefined counts as nothing. Where `isForeign` does not know, documentation
 * is left out by its folder.
 */
export async function countLanguageBytes(
  paths: Iterable<string>,
  sizeOf: (path: string) => number | undefined,
  isForeign: (path: string) => boolean | undefined,
): Promise<Detection[]> {
  loaded ??= loadNames();
  const names = await loaded;
  const totals = new Map<string, { bytes: number; files: number; isSure: boolean }>();
  const undecided = new Map<string, { bytes: number; files: number; languages: readonly string[] }>();
  const add = (language: string, bytes: number, files: number, isSure: boolean): void => {
    const total = totals.get(language) ?? { bytes: 0, files: 0, isSure: false };
    totals.set(language, { bytes: total.bytes + bytes, files: total.files + files, isSure: total.isSure || isSure });
  };
  for (const path of paths) {
    const [extension, languages] = candidates(path, names);
    if (languages === undefined || (isForeign(path) ?? documentation.test(path))) continue;
    const bytes = sizeOf(path) ?? 0;
    const language = languages.length === 1 ? languages[0] : usual[extension];
    if (language === notCounted) continue;
    if (language !== undefined) {
      add(language, bytes, 1, true);
      continue;
    }
    const open = undecided.get(extension) ?? { bytes: 0, files: 0, languages };
    undecided.set(extension, { ...open, bytes: open.bytes + bytes, files: open.files + 1 });
  }
  const settled = new Map([...totals].map(([language, { bytes }]) => [language, bytes]));
  for (const [extension, { bytes, files, languages }] of undecided) {
    const language = decide(extension, languages, settled);
    if (language !== undefined) add(language, bytes, files, false);
  }
  return toDetections(totals);
}

/** By whole name first, then by the longest ending. */
function candidates(path: string, { byName, byExtension }: Names): [string, readonly string[] | undefined] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const whole = byName.get(name);
  if (whole !== undefined) return [name, whole];
  const lower = name.toLowerCase();
  for (let dot = lower.indexOf(".", 1); dot >= 0; dot = lower.indexOf(".", dot + 1)) {
    const extension = lower.slice(dot);
    if (uncounted.has(extension)) return [extension, undefined];
    const found = byExtension.get(extension);
    if (found !== undefined) return [extension, found];
  }
  return ["", undefined];
}

/** The one of them that the repository is otherwise written in most. */
function decide(
  extension: string,
  languages: readonly string[],
  settled: ReadonlyMap<string, number>,
): string | undefined {
  const known = languages
    .filter((language) => settled.has(language))
    .sort((a, b) => (settled.get(b) ?? 0) - (settled.get(a) ?? 0));
  // A header without any source beside it is C's.
  return known[0] ?? (extension === ".h" ? "C" : undefined);
}

const leastShare = 0.001;

function toDetections(totals: ReadonlyMap<string, { bytes: number; files: number; isSure: boolean }>): Detection[] {
  const all = [...totals.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  return [...totals]
    .map(([name, { bytes, files, isSure }]): Detection => {
      const share = all === 0 ? 0 : bytes / all;
      const strength = isSure ? "definitive" : "strong";
      return {
        id: `language-${idOf(name)}`,
        name,
        kind: "language",
        confidence: isSure ? 0.95 : 0.75,
        status: "active",
        scope: "",
        evidence: [{ signal: `${bytes} bytes in ${files} file${files === 1 ? "" : "s"}`, family: "file", strength }],
        amount: { bytes, files, share: Math.round(share * 10_000) / 10_000 },
      };
    })
    .filter(({ amount }) => all === 0 || (amount?.share ?? 0) >= leastShare)
    .sort((a, b) => (b.amount?.bytes ?? 0) - (a.amount?.bytes ?? 0) || (a.name < b.name ? -1 : 1));
}

function idOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll("#", "-sharp")
    .replaceAll("+", "p")
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}
