/** Gemfile and Gemfile.lock. */
import type { SourceFile } from "../../model/source-file.ts";
import type { Drift, LockedPackage, Lockfile, Manifest, Requirement } from "./facts.ts";

/** A Gemfile is Ruby: only plain `gem "name", "range"…` calls outside of conditions are read. */
export function readGemfile(file: SourceFile): Manifest {
  const requirements: Requirement[] = [];
  let conditions = 0;
  const blocks: boolean[] = [];
  for (let line = 1; line <= file.lineCount; line++) {
    const text = file.line(line);
    if (text.length > 2_000) continue;
    const code = text.replace(/\s#.*$|^#.*$/, "").trimEnd();
    const isCondition = /^\s*(?:if|unless|case|while|begin|def)\b|=\s*(?:if|case|begin)\b/.test(code);
    if (isCondition || /\bdo(?:\s*\|[^|]*\|)?$/.test(code)) {
      // `install_if`, `gemspec`-like helpers and loops decide at run time; groups, platforms and sources do not.
      const decides = isCondition || !/^\s*(?:group|platforms?|source|path|git|github)\b/.test(code);
      blocks.push(decides);
      if (decides) conditions++;
      continue;
    }
    if (/^\s*end\b/.test(code)) {
      if (blocks.pop() === true) conditions--;
      continue;
    }
    const call = /^(\s*)gem[\s(]\s*["']([\w.-]+)["']\s*(.*)$/.exec(code);
    if (call?.[2] === undefined || conditions > 0 || /\s(?:if|unless)\s/.test(code)) continue;
    const ranges = [...(call[3] ?? "").matchAll(/(?:^|,|\[)\s*["']([^"']*)["'](?!\s*=>)/g)].map(
      (match) => match[1] ?? "",
    );
    const start = (call[1] ?? "").length + 1;
    // A call that goes on below may say more than this line; a variable says something that only Ruby knows.
    if (code.endsWith(",") || /^,\s*\*?[a-zA-Z_]\w*\s*(?:,|\)|$)/.test(call[3] ?? "")) continue;
    requirements.push({
      name: call[2],
      range: ranges.filter((range) => /^(?:[<>=~!]+\s*)?\d/.test(range)).join(", "),
      group: /\b(?:path|git|github|branch|ref)\s*(?::|=>)|:(?:path|git|github)\s*=>/.test(code) ? "source" : "gem",
      at: { startLine: line, startColumn: start, endLine: line, endColumn: code.length + 1 },
    });
  }
  return { kind: "manifest", ecosystem: "ruby", requirements };
}

export function readGemfileLock(file: SourceFile): Lockfile {
  const packages: LockedPackage[] = [];
  const wanted: Record<string, string> = {};
  let section = "";
  for (const line of file.text.split(/\r?\n/)) {
    if (/^[A-Z]/.test(line)) section = line.trim();
    else if (section === "DEPENDENCIES") {
      const match = /^ {2}([\w.-]+)(!)?(?: \(([^)]*)\))?(!)?$/.exec(line);
      if (match?.[1] !== undefined) wanted[match[1]] = match[3] ?? "";
    } else {
      const match = /^ {4}([\w.-]+) \(([^)]*)\)$/.exec(line);
      if (match?.[1] !== undefined && match[2] !== undefined) {
        // Once for each platform: `1.2.3`, `1.2.3-x86_64-linux`.
        packages.push({ name: match[1], version: match[2].replace(/-.*$/, "") });
      }
    }
  }
  return { kind: "lockfile", ecosystem: "ruby", manager: "bundler", packages, importers: { ".": wanted } };
}

export function compareWithBundler(manifest: Manifest, lock: Lockfile): Drift[] {
  const wanted = lock.importers?.["."] ?? {};
  return manifest.requirements.flatMap((requirement): Drift[] => {
    const { name, range, group } = requirement;
    const locked = Object.hasOwn(wanted, name) ? wanted[name] : undefined;
    if (locked === undefined) return [{ requirement, message: "is not in the lockfile" }];
    if (group === "source" || canonical(range) === canonical(locked)) return [];
    return [{ requirement, message: `is locked for ${locked === "" ? "any version" : locked}` }];
  });
}

function canonical(range: string): string {
  return range
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "" && one !== ">= 0")
    .map((one) => (/^\d/.test(one) ? `= ${one}` : one.replace(/^([<>=~!]+)\s*/, "$1 ")))
    .sort()
    .join(", ");
}
