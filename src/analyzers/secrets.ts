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
  version: "1+secretlint-13.0.7",
  profile: "fast",
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
    import("./secrets/judge.ts"),
    import("./secrets/allow.ts"),
  ]);
  const allowances = readAllowances(file.text, (offset) => file.position(offset).line);
  const isShown = isTestOrDocument(file.path);
  const findings: RawFinding[] = [];
  for (const { kind: name, start, end, value, verified } of candidates) {
    const kind = secretKind(name);
    const location = file.location(start, end);
    if (allowances.isAllowed(name, start, location.startLine)) continue;
    if (isShown && !verified && kind.confidence === "contextual") continue;
    const rule = `secrets/${name}`;
    const hint = kind.prefix === "" ? "" : ` (${kind.prefix.slice(0, 4)}…)`;
    findings.push({
      rule,
      message: `${kind.label}${hint} in the file; revoke it and read it from the environment or a secret store`,
      location,
      ...(isShown && !verified ? { severity: "info" as const } : {}),
      anchor: createHmac("sha256", secretKey).update(`${rule}\0${value}`).digest("hex").slice(0, 32),
    });
  }
  return findings;
}
