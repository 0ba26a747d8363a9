/** Finds the configuration file of a checkout. */
import { readFileSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import type { Diagnostic } from "../model/diagnostic.ts";
import { configFileNames } from "./defaults.ts";

export interface FoundConfig {
  /** Relative to the root; undefined when there is none. */
  readonly file: string | undefined;
  readonly text: string;
  /** Errors: more than one file, or one that cannot be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Synchronous: five look-ups on the path to every check. */
export function findConfig(root: string): FoundConfig {
  const diagnostics: Diagnostic[] = [];
  let file: string | undefined;
  let text = "";
  const complain = (name: string, code: string, message: string, hint: string): void => {
    diagnostics.push({ file: name, line: 1, column: 1, severity: "error", code, message, hint });
  };
  for (const name of configFileNames) {
    const path = join(root, name);
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
      // A pull request could point the file at something outside that the frames of diagnostics would then print.
      if (!realpathSync(path).startsWith(realpathSync(root) + sep)) {
        complain(name, "outside-repository", "this is a link out of the repository", "put the file itself there");
        continue;
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ENOTDIR") continue;
      complain(
        name,
        "unreadable",
        `the file cannot be read (${code ?? String(error)})`,
        "make it a readable text file",
      );
      continue;
    }
    if (file !== undefined) {
      complain(name, "second-config", `there is already ${file}`, "keep one of them and delete the other");
      continue;
    }
    file = name;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      complain(name, "not-utf8", "the file is not UTF-8 text", "save it as UTF-8");
    }
  }
  return { file, text, diagnostics };
}
