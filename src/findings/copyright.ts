/** Recognises files copied in from another project: their head names an owner and a licence that are not the repository's. */

/** What a file's head says about who owns it, or what the repository's licence says about itself. */
export interface Ownership {
  /** Of a file that names its owner and its licence. */
  readonly owner?: string;
  /** Families of licences that the head names. */
  readonly licences?: readonly string[];
  /** Of the licence at the root: the owners it names, empty where it is a text for everybody (GPL, Apache). */
  readonly licensors?: readonly string[];
}

/** Files of one's own name many owners in C, Go and Java, so only what is commonly copied in is asked. */
const copiedKinds = /\.(?:[cm]?[jt]sx?|css|scss|less|php|py|rb)$/i;
const licenceFile = /^(?:LICEN[CS]E|COPYING|COPYRIGHT|NOTICE|AUTHORS|MIT-LICENSE)(?:[.-][\w.-]+)?$/i;
const headLength = 2_500;
const licenceLength = 20_000;
const holders =
  /copyright\s*(?:\(c\)|©|&copy;)?[\s:]*(?:\(c\)\s*)?((?:\d{4}(?:\s*[-–,/]\s*(?:\d{4}|present|now))*[,.]?\s*)*)(?:by\s+)?([^\n]{2,100})/gi;

const licenceNames: readonly (readonly [family: string, pattern: RegExp])[] = [
  ["mit", /\bMIT\b/],
  ["bsd", /\bBSD\b/],
  ["apache", /\bApache\b/i],
  ["gpl", /\b[AL]?GPL|GNU (?:Affero |Lesser |Library )?General Public/i],
  ["mpl", /\bMPL\b|Mozilla Public/i],
];

export function ownershipOf(path: string, text: string | undefined): Ownership {
  if (text === undefined) return {};
  if (licenceFile.test(path)) {
    const named = namesIn(text.slice(0, licenceLength));
    return { licensors: named, licences: familiesIn(text.slice(0, licenceLength)) };
  }
  if (!copiedKinds.test(path)) return {};
  const head = text.slice(0, headLength);
  if (!/copyright/i.test(head)) return {};
  const licences = familiesIn(head);
  if (licences.length === 0 && !/licen[sc]e/i.test(head)) return {};
  const [owner] = namesIn(commentsOf(head));
  return owner === undefined ? {} : { owner, licences };
}

/** Whose heads do not fit the licence at the root; without one nothing is said. By path, with the owner. */
export function copiedFiles(ownership: ReadonlyMap<string, Ownership>): ReadonlyMap<string, string> {
  const copied = new Map<string, string>();
  const roots = [...ownership.values()].filter(({ licensors }) => licensors !== undefined);
  if (roots.length === 0) return copied;
  const own = roots.flatMap(({ licensors = [] }) => licensors.flatMap(wordsOf));
  const licences = new Set(roots.flatMap(({ licences: families = [] }) => families));
  for (const [path, { owner, licences: claimed = [] }] of ownership) {
    if (owner === undefined) continue;
    const words = wordsOf(owner);
    if (words.length === 0 || words.some((word) => own.includes(word))) continue;
    // A licence that names nobody tells only another licence from its own.
    const isForeign = own.length > 0 || (claimed.length > 0 && !claimed.some((family) => licences.has(family)));
    if (isForeign) copied.set(path, owner);
  }
  return copied;
}

function namesIn(text: string): string[] {
  const names: string[] = [];
  for (const [, years = "", rest = ""] of text.matchAll(holders)) {
    // "copyright notice", "copyright holders": the licence's own words.
    if (years === "" && !/^[A-Z]/.test(rest)) continue;
    const name = rest.replace(/[,.;]?\s*(?:All rights reserved|Licensed|Released|under|https?:|\*\/|<).*$/i, "").trim();
    if (/^Free Software Foundation|^\[|^\{|^(?:holders?|notice|owner|law|license|statement)\b/i.test(name)) continue;
    if (name.length > 1) names.push(name);
  }
  return names;
}

function familiesIn(text: string): string[] {
  const families = licenceNames.filter(([, pattern]) => pattern.test(text)).map(([family]) => family);
  // The texts themselves seldom say their names.
  if (/Permission is hereby granted, free of charge/.test(text) && !families.includes("mit")) families.push("mit");
  if (/Redistribution and use in source and binary forms/.test(text) && !families.includes("bsd")) families.push("bsd");
  return families;
}

/** The head up to its first line of code: a copyright in a string is none. */
function commentsOf(head: string): string {
  const lines = head.split("\n");
  const code = lines.findIndex((line) =>
    /^\s*(?:import|export|const|let|var|function|class|def|from|require|return)\b/.test(line),
  );
  return (code < 0 ? lines : lines.slice(0, code)).join("\n");
}

const common = new Set(
  "inc ltd llc gmbh corp the and contributors contributor authors author all rights reserved team project foundation copyright corporation company affiliates others com org net www http https mail gmail its from present github development community software group licensed under license".split(
    " ",
  ),
);

function wordsOf(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2 && !/^\d+$/.test(word) && !common.has(word));
}
