/** Names that two file systems would not agree on. */
import type { RawFinding } from "../../model/finding.ts";

export function checkNames(paths: ReadonlySet<string>): RawFinding[] {
  const findings: RawFinding[] = [];
  const byFolded = new Map<string, string[]>();
  for (const path of paths) {
    const why = notPortable(path);
    if (why !== undefined) findings.push(at(path, "paths/not-portable", `cannot be checked out on Windows: ${why}`));
    const folded = path.normalize("NFC").toLowerCase();
    const known = byFolded.get(folded);
    if (known === undefined) byFolded.set(folded, [path]);
    else known.push(path);
  }
  for (const same of byFolded.values()) {
    if (same.length < 2) continue;
    const [first = "", ...others] = same.sort();
    for (const path of others) {
      findings.push(
        at(
          path,
          "paths/case-clash",
          `macOS and Windows cannot hold this beside ${JSON.stringify(first)}: the names differ only in case or accents`,
        ),
      );
    }
  }
  return findings;
}

function at(path: string, rule: string, message: string): RawFinding {
  return { rule, message, location: { path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 }, anchor: "name" };
}

const device = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(?:\.|$)/i;

function notPortable(path: string): string | undefined {
  for (const name of path.split("/")) {
    // The characters themselves could garble a terminal: JSON spells them out.
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    const character = /[<>:"|?*\\\u0000-\u001f]/.exec(name)?.[0];
    if (character !== undefined) return `${JSON.stringify(character)} in ${JSON.stringify(name)}`;
    if (/[. ]$/.test(name)) return `${JSON.stringify(name)} ends in a ${name.endsWith(".") ? "dot" : "space"}`;
    if (device.test(name)) return `${JSON.stringify(name)} is the name of a device`;
  }
  return undefined;
}
