/** The root's .gitattributes where it corrects what GitHub counts: the repository knows better than any name. */
import ignore, { type Ignore } from "ignore";

/** Whether a path is what others wrote; undefined where nothing is said of it. */
export type AttributeDecision = (path: string) => boolean | undefined;

const attribute = /^(-?)linguist-(vendored|generated|documentation|detectable)(?:=(\w+))?$/;

export function readLinguistAttributes(text: string): AttributeDecision {
  const lines: { readonly matcher: Ignore; readonly isForeign: boolean }[] = [];
  for (const line of text.split("\n")) {
    const [pattern = "", ...attributes] = line.trim().split(/\s+/);
    // Git has no negative patterns in this file; macros name no paths.
    if (pattern === "" || /^[#!]|^\[attr\]/.test(pattern)) continue;
    for (const one of attributes) {
      const [, minus, name, value] = attribute.exec(one) ?? [];
      if (name === undefined) continue;
      const isSet = minus === "" && value !== "false";
      lines.push({ matcher: ignore().add(pattern), isForeign: name === "detectable" ? !isSet : isSet });
    }
  }
  if (lines.length === 0) return () => undefined;
  // The last line that matches decides.
  return (path) => lines.findLast(({ matcher }) => matcher.ignores(path))?.isForeign;
}
