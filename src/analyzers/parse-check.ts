/** Whether a content is what its language allows: asked after a fix, so that none leaves broken code behind. */
import { createRequire } from "node:module";
import { SourceFile } from "../model/source-file.ts";

/** ast-grep's names of the languages whose grammars ship with us. */
const grammars: Readonly<Record<string, string>> = {
  py: "python",
  pyi: "python",
  go: "go",
  java: "java",
  rs: "rust",
  rb: "ruby",
  php: "php",
  cs: "csharp",
  c: "c",
  h: "cpp",
  cc: "cpp",
  cpp: "cpp",
  hpp: "cpp",
  kt: "kotlin",
  sh: "bash",
  bash: "bash",
};

const scripts = new Set(["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"]);

/** True for a language without a parser here. */
export async function parses(path: string, bytes: Uint8Array): Promise<boolean> {
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  const { text } = new SourceFile(path, bytes);
  if (scripts.has(extension)) {
    const { parseSync } = await import("oxc-parser");
    return parseSync(path, text).errors.every(({ severity }) => severity !== "Error");
  }
  if (extension === "json") {
    const { parseTree } = await import("jsonc-parser");
    const errors: import("jsonc-parser").ParseError[] = [];
    parseTree(text, errors, { allowTrailingComma: true });
    return errors.length === 0;
  }
  if (extension === "yml" || extension === "yaml") {
    const { parseAllDocuments } = await import("yaml");
    const documents = parseAllDocuments(text);
    return !Array.isArray(documents) || documents.every(({ errors }) => errors.length === 0);
  }
  if (extension === "toml") {
    const { parse, TomlError } = await import("smol-toml");
    try {
      parse(text);
      return true;
    } catch (error) {
      if (error instanceof TomlError) return false;
      throw error;
    }
  }
  const grammar = grammars[extension];
  return grammar === undefined || !(await hasSyntaxError(grammar, text));
}

const registered = new Set<string>();

async function hasSyntaxError(grammar: string, text: string): Promise<boolean> {
  const { parse, registerDynamicLanguage } = await import("@ast-grep/napi");
  if (!registered.has(grammar)) {
    const require = createRequire(import.meta.url);
    registerDynamicLanguage({ [grammar]: require(`@ast-grep/lang-${grammar}`) as never });
    registered.add(grammar);
  }
  return (
    parse(grammar, text)
      .root()
      .find({ rule: { kind: "ERROR" } }) !== null
  );
}
