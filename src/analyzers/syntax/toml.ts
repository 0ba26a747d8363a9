/** TOML that does not parse. */
import { parse, TomlError } from "smol-toml";
import { SkipFile } from "../../model/failure.ts";
import type { RawFinding } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { isMeantToBreak, isTemplate } from "./leniency.ts";

export function checkToml(file: SourceFile): RawFinding[] {
  if (isMeantToBreak(file.path)) return [];
  try {
    // Numbers beyond 2^53 are fine in TOML; only as JavaScript's numbers they are not.
    parse(file.text, { integersAsBigInt: "asNeeded" });
    return [];
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = (error.message.split("\n", 1)[0] ?? error.message).replace(/^Invalid TOML document: /, "");
    if (/depth|nested/i.test(message)) throw new SkipFile("nested too deeply");
    if (isTemplate(file.text)) return [];
    const start = file.offset(error.line, error.column);
    return [{ rule: "syntax/toml", message, location: file.location(start, start + 1) }];
  }
}
