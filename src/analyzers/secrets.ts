/** Credentials written in files. The value itself never leaves this analyzer: findings carry its kind and a keyed hash. */
import { createHmac } from "node:crypto";
import type { FileAnalyzer, FileEntry } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import type { SourceFile } from "../model/source-file.ts";
import type { Candidate } from "./secrets/detect.ts";
import type { Engine } from "./secrets/engine.ts";
import { secretKind, secretRules } from "./secrets/rules.ts";

/** Content that is not text, or whose long hashes look like keys and are none. */
const notSearched =
  /\.(?:png|jpe?g|gif|bmp|ico|icns|webp|avif|tiff?|psd|mp[34]|m4[av]|mov|avi|webm|ogg|wav|flac|woff2?|ttf|otf|eot|pdf|zip|gz|tgz|bz2|xz|zst|7z|rar|jar|war|class|so|dll|dylib|exe|o|a|wasm|pyc|node)$|(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.lock|poetry\.lock|uv\.lock|go\.sum|Gemfile\.lock|composer\.lock|flake\.lock)$/i;

export const secrets: FileAnalyzer = {
  kind: "file",
  id: "secrets",
  summary: "Credentials written in files: keys, tokens, passwords in URLs, private keys.",
  version: "4+secretlint-13.0.7",
  profile: "fast",
  seesVendored: true,
  rules: secretRules,
  appliesTo: (file: FileEntry) => file.mode.startsWith("100") && !notSearched.test(file.path),
  load: async ({ isRuleOn, secretKey }) => {
    const { detect, hasCandidates } = await import("./secrets/detect.ts");
    let engine: Promise<Engine> | undefined;
    // Loaded with the first candidate: a repository without any never pays for it.
    const loadEngine = (): Promise<Engine> =>
      (engine ??= import("./secrets/engine.ts").then((room) => room.loadEngine()));
    const withGenericPasswords = isRuleOn("secrets/generic-password");
    return {
      analyze: async (file) => {
        if (file.bytes.subarray(0, 8000).includes(0)) return [];
        if (!withGenericPasswords && !hasCandidates(file.text)) return [];
        const candidates = await detect(file.path, file.text, loadEngine, withGenericPasswords);
        return candidates.length === 0 ? [] : report(file, candidates, secretKey);
      },
    };
  },
};

async function report(file: SourceFile, candidates: readonly Candidate[], secretKey: string): Promise<RawFinding[]> {
  const [{ isTestOrDocument }, { readAllowances }] = await Promise.all([
    import("./paths/role.ts"),
    import("./secrets/allow.ts"),
  ]);
  const allowances = readAllowances(file.text, (offset) => file.position(offset).line);
  const isShown = isTestOrDocument(file.path);
  const told: Candidate[] = [];
  const accepted: RawFinding[] = [];
  for (const candidate of candidates) {
    const { kind, start, verified } = candidate;
    if (kind !== "private-key" && isExample(file, file.position(start).line, candidate.value)) continue;
    // A whole key file beside tests was made for them, or copied from the vendor's manual.
    if (isShown && !verified && (secretKind(kind).confidence === "contextual" || madeForTests.has(kind))) continue;
    const allowance = allowances.find(kind, start, file.position(start).line);
    if (allowance === undefined) {
      told.push(candidate);
      continue;
    }
    // Marked, not dropped: whose comment it is decides whether it counts.
    const text = file.text.slice(allowance.start, allowance.end).slice(0, 100);
    const allowedBy = { text, location: file.location(allowance.start, allowance.end) };
    for (const finding of grouped(file, [candidate], isShown, secretKey)) accepted.push({ ...finding, allowedBy });
  }
  return [...grouped(file, told, isShown, secretKey), ...accepted.slice(0, separateUpTo)];
}

function grouped(
  file: SourceFile,
  candidates: readonly Candidate[],
  isShown: boolean,
  secretKey: string,
): RawFinding[] {
  const byKind = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const known = byKind.get(candidate.kind);
    if (known === undefined) byKind.set(candidate.kind, [candidate]);
    // One value is one secret, however often the file repeats it.
    else if (!known.some(({ value }) => value === candidate.value)) known.push(candidate);
  }
  // A dozen key pairs in one file are a table of them, for a test or a client that tries them.
  if ((byKind.get("private-key")?.length ?? 0) > separateUpTo) byKind.delete("private-key");
  return [...byKind.values()].flatMap((same) => {
    const severity = isShown && !same.some(({ verified }) => verified) ? ("info" as const) : undefined;
    const groups = same.length > separateUpTo ? [same] : same.map((candidate) => [candidate]);
    return groups.map((group) => describe(file, group, severity, secretKey));
  });
}

/** Beside the regular expression that finds such values it is its example: a scanner's table, or a redactor's. */
function isExample(file: SourceFile, line: number, value: string): boolean {
  const start = value.slice(0, 2);
  for (let near = Math.max(1, line - 2); near <= Math.min(file.lineCount, line + 2); near++) {
    const text = file.line(near);
    if (text.length >= 500) continue;
    // `npm_[A-Za-z0-9]{36}` beside `npm_…`: any other expression says nothing of this value.
    for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1)) {
      if (
        /^\w{2}[\w.\\-]{0,12}(?:\[[\w-]{1,12}\][\w.\\-]{0,12})?\[[^\]\n]*(?:a-z|A-Z|0-9|\\[dw])[^\]\n]*\](?:\{\d|[+*])/.test(
          text.slice(at),
        )
      )
        return true;
    }
  }
  return false;
}

const madeForTests = new Set(["aws-secret-access-key", "gcp-service-account-key", "github-token", "npm-token"]);

/** More values of one kind in one file are a table of generated data: one finding that counts them. */
const separateUpTo = 10;

function describe(
  file: SourceFile,
  group: readonly Candidate[],
  severity: "info" | undefined,
  secretKey: string,
): RawFinding {
  const [first] = group;
  if (first === undefined) throw new Error("a group of secrets has at least one");
  const kind = secretKind(first.kind);
  const rule = `secrets/${kind.name}`;
  const hint = kind.prefix === "" ? "" : ` (${kind.prefix.slice(0, 4)}…)`;
  const count = group.length === 1 ? "" : `, and ${group.length - 1} more like it,`;
  const hash = createHmac("sha256", secretKey).update(rule);
  for (const value of group.map((candidate) => candidate.value).sort()) hash.update(`\0${value}`);
  return {
    rule,
    message: `${kind.label}${hint}${count} in the file; revoke it and read it from the environment or a secret store`,
    location: file.location(first.start, first.end),
    ...(severity === undefined ? {} : { severity }),
    anchor: hash.digest("hex").slice(0, 32),
    ...(group.length === 1 ? {} : { data: { count: group.length } }),
  };
}
