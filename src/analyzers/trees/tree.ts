/** Parses source files with ast-grep's grammars; every analyzer that wants a syntax tree comes here. */
import type { DynamicLangRegistrations, SgNode } from "@ast-grep/napi";
import { SkipFile } from "../../model/failure.ts";
import type { SourceFile } from "../../model/source-file.ts";
import type { Language } from "./languages.ts";

/** Raise when a grammar's or the engine's version changes: it is part of the analyzers' versions. */
export const syntaxVersion = "ast-grep-0.51.2";

type Napi = typeof import("@ast-grep/napi");

export interface Syntax {
  readonly napi: Napi;
  /** The engine's name of a language; undefined when its grammar has no binary for this platform. */
  engineName(language: Language): string | undefined;
  /**
   * The root of the file's tree; undefined when the grammar is missing on this platform.
   * Throws SkipFile for a file that the engine cannot take without harm.
   */
  parse(source: SourceFile, language: Language): SgNode | undefined;
}

const builtIn: Partial<Record<Language, string>> = {
  javascript: "JavaScript",
  typescript: "TypeScript",
  tsx: "Tsx",
  css: "Css",
  html: "Html",
};

const grammars: Partial<Record<Language, () => Promise<unknown>>> = {
  bash: () => import("@ast-grep/lang-bash"),
  c: () => import("@ast-grep/lang-c"),
  cpp: () => import("@ast-grep/lang-cpp"),
  csharp: () => import("@ast-grep/lang-csharp"),
  go: () => import("@ast-grep/lang-go"),
  java: () => import("@ast-grep/lang-java"),
  kotlin: () => import("@ast-grep/lang-kotlin"),
  php: () => import("@ast-grep/lang-php"),
  python: () => import("@ast-grep/lang-python"),
  ruby: () => import("@ast-grep/lang-ruby"),
  rust: () => import("@ast-grep/lang-rust"),
};

/** A minified bundle of this size is the largest that is worth a parse; nobody edits more by hand. */
const maxCharacters = 1_500_000;

let loading: Promise<Syntax> | undefined;

/** Loads the engine once a thread. */
export function loadSyntax(): Promise<Syntax> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Syntax> {
  const napi = await import("@ast-grep/napi");
  const names = new Map<Language, string>(Object.entries(builtIn) as [Language, string][]);
  const registrations: DynamicLangRegistrations = {};
  await Promise.all(
    Object.entries(grammars).map(async ([language, importGrammar]) => {
      const registration = await registrationOf(importGrammar);
      if (registration === undefined) return;
      registrations[language] = registration;
      names.set(language as Language, language);
    }),
  );
  // The first registration in a process wins and later ones, from other threads, are ignored by the engine: so all
  // languages are registered at once, here and nowhere else, in a fixed order.
  napi.registerDynamicLanguage(Object.fromEntries(Object.entries(registrations).sort(([a], [b]) => (a < b ? -1 : 1))));
  // One tree is kept, so that analyzers that look at the same file one after the other parse it once; more would hold
  // native memory that the garbage collector does not see.
  let last: { source: SourceFile; language: Language; root: SgNode } | undefined;
  return {
    napi,
    engineName: (language) => names.get(language),
    parse(source, language) {
      const name = names.get(language);
      if (name === undefined) return undefined;
      if (last !== undefined && last.source === source && last.language === language) return last.root;
      last = undefined;
      const reason = unfitness(source.text);
      if (reason !== undefined) throw new SkipFile(reason);
      const root = napi.parse(name, source.text).root();
      last = { source, language, root };
      return root;
    },
  };
}

async function registrationOf(
  importGrammar: () => Promise<unknown>,
): Promise<DynamicLangRegistrations[string] | undefined> {
  try {
    const module = (await importGrammar()) as { default: DynamicLangRegistrations[string] };
    const { extensions, languageSymbol, expandoChar } = module.default;
    return {
      // A getter that throws when the package brought no binary for this platform.
      libraryPath: module.default.libraryPath,
      extensions,
      ...(languageSymbol === undefined ? {} : { languageSymbol }),
      ...(expandoChar === undefined ? {} : { expandoChar }),
    };
  } catch {
    // No binary for this platform: the language's files are left alone, the other languages still work.
    return undefined;
  }
}

/** Bracket depth beyond which the engine's recursive comparison of subtrees could exhaust a thread's stack. */
const maxDepth = 500;
/** Links of one expression (`a.b().c()`, `a + b + c`) beyond which ancestor walks, quadratic in the depth, take long. */
const maxChain = 1_500;

/** Lines as no person writes them, all through the file. */
function isMinified(text: string): boolean {
  if (text.length < 5_000) return false;
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
  return text.length / lines > 250;
}

/** Why a text must not be handed to the engine; undefined when it may. */
export function unfitness(text: string): string | undefined {
  if (isMinified(text)) return "minified";
  if (text.length > maxCharacters) return `larger than ${maxCharacters / 1_000_000} million characters`;
  let depth = 0;
  let chain = 0;
  const outer: number[] = [];
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x28: // (
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > maxDepth) return `nested deeper than ${maxDepth} brackets`;
        outer.push(chain);
        chain = 0;
        break;
      case 0x29: // )
      case 0x5d: // ]
      case 0x7d: // }
        if (depth > 0) depth--;
        chain = outer.pop() ?? 0;
        break;
      case 0x2c: // ,
      case 0x3b: // ;
        chain = 0;
        break;
      case 0x22: // "
      case 0x27: // '
      case 0x60: {
        // A string on one line is jumped over; an apostrophe in a comment finds no partner and is nothing.
        const quote = text[i] as string;
        const close = text.indexOf(quote, i + 1);
        if (close !== -1 && !text.slice(i + 1, close).includes("\n")) i = close;
        break;
      }
      case 0x2e: // .
      case 0x2b: // +
      case 0x2d: // -
      case 0x2a: // *
      case 0x3c: // <
      case 0x3d: // =
      case 0x26: // &
      case 0x7c: // |
      case 0x3f: // ?
      case 0x21: // !
      case 0x5e: // ^
      case 0x7e: // ~
        // Rulers in comments are long runs of one sign; only prefix operators nest that way.
        if (text[i] === text[i - 1] && !"!~&*".includes(text[i] as string)) break;
        if (++chain > maxChain) return `an expression of more than ${maxChain} links`;
        break;
      case 0x0a:
        // A blank line ends what no separator has ended (prose, ASCII art, statements without semicolons).
        if (text.charCodeAt(i + 1) === 0x0a) chain = 0;
        break;
      default:
    }
  }
  return undefined;
}
