/** Source text and token findings for the tests of identity, matching and the pipeline. */
import { identify } from "../../../src/findings/identity.ts";
import type { IdentifiedFinding, RawFinding } from "../../../src/model/finding.ts";
import { SourceFile } from "../../../src/model/source-file.ts";

export function sourceOf(path: string, text: string): SourceFile {
  return new SourceFile(path, new TextEncoder().encode(text));
}

/** One finding of the rule for every occurrence of the token, in order. */
export function findTokens(
  path: string,
  text: string,
  token: string,
  extra: Partial<RawFinding> = {},
): IdentifiedFinding[] {
  const file = sourceOf(path, text);
  const found: IdentifiedFinding[] = [];
  for (let at = text.indexOf(token); at !== -1; at = text.indexOf(token, at + token.length)) {
    const location = file.location(at, at + token.length);
    found.push(identify({ rule: "x/token", message: `avoid ${token}`, location, ...extra }, file));
  }
  return found;
}

export function linesOf(findings: readonly { readonly location: { readonly startLine: number } }[]): number[] {
  return findings.map(({ location }) => location.startLine);
}
