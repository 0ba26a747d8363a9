/** Whether a content is what its language allows: asked after a fix, so that none leaves broken code behind. */
import { SkipFile } from "../model/failure.ts";
import { SourceFile } from "../model/source-file.ts";
import { type Language, languageOf } from "./trees/languages.ts";

const scripts = new Set(["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"]);

/** True for a language without a parser here. */
export async function parses(path: string, bytes: Uint8Array): Promise<boolean> {
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  const { text } = new SourceFile(path, bytes);
  if (scripts.has(extension)) {
    const [{ parseSync }, { unfitness }] = await Promise.all([import("oxc-parser"), import("./trees/tree.ts")]);
    // Thousands of open brackets end the process inside the native parser: nothing is known against such a text.
    if (unfitness(text) !== undefined) return true;
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
  const language = languageOf(path);
  return (
    language === undefined ||
    language === "css" ||
    language === "html" ||
    !(await hasSyntaxError(path, bytes, language))
  );
}

async function hasSyntaxError(path: string, bytes: Uint8Array, language: Language): Promise<boolean> {
  const { loadSyntax } = await import("./trees/tree.ts");
  const syntax = await loadSyntax();
  try {
    const root = syntax.parse(new SourceFile(path, bytes), language);
    return root !== undefined && root.find({ rule: { kind: "ERROR" } }) !== null;
  } catch (error) {
    // Not a text that the engine can take: nothing is known against it.
    if (error instanceof SkipFile) return false;
    throw error;
  }
}
