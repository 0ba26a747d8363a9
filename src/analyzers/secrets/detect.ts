/** Finds candidates fast and runs the detectors only around them: most files never reach the engine. */
import type { Engine } from "./engine.ts";
import { hasTokenChecksum, isPlaceholder } from "./judge.ts";
import { findPrivateKeys } from "./pem.ts";
import { judgeUrl } from "./url.ts";

export interface Candidate {
  readonly kind: string;
  /** UTF-16 offsets of the value in the file. */
  readonly start: number;
  readonly end: number;
  readonly value: string;
  /** A checksum proves that the value was issued. */
  readonly verified: boolean;
}

/**
 * One pass over every file of a repository, so it must be cheap: each alternative begins with a literal that is rare in
 * code, or is followed by enough of the secret's shape. Every quantifier is bounded: a 10 MB line stays linear.
 */
const shapes = new RegExp(
  [
    "AKIA[A-Z2-7]{16}",
    "PRIVATE KEY(?: BLOCK)?-----",
    "npm_[A-Za-z0-9]{36}",
    "_authToken=[^$\\s]",
    "x-oauth-basic@github",
    "xox[a-z]-[\\w-]{10}",
    "xapp-\\d",
    "hooks\\.slack\\.com/services/T",
    "sk-(?:proj|svcacct|admin|ant)-[\\w-]{40}",
    "T3BlbkFJ",
    "gsk_[A-Za-z0-9]{50}",
    "hf_[A-Za-z]{34}",
    "lin_api_[\\w]{32}",
    "ntn_\\d{11}",
    "SG\\.[\\w-]{16,64}\\.",
    "shp(?:pa|at|ca|ss)_[A-Za-z0-9]{32}",
    "[sr]k_(?:live|test)_[A-Za-z0-9]{24}",
    "gh[pousr]_[A-Za-z0-9]{20}",
    "github_pat_[A-Za-z0-9]{22}_",
    "gl(?:pat|rt|dt|ptt|ft|agent)-[\\w-]{20}",
    "glc_ey",
    "glsa_[A-Za-z0-9]{32}",
    "ops_ey",
    "hv[sbr]\\.[\\w-]{80}",
    "vc[piark]_[A-Za-z0-9]{20}",
    "dapi[A-Fa-f0-9]{32}",
    "dckr_pat_",
    "figd_[\\w-]{40}",
    "cf(?:k|ut|at)_[A-Za-z0-9]{40}",
    "tskey-[a-z]{2,20}-",
    "://[^\\s/:@'\"`<>]{1,100}:[^\\s/@'\"`<>]{8,200}@",
    "[Aa]ccount[Kk]ey\\s{0,4}[=:]",
    "\\dQ~[\\w.~-]{31}",
    "AZDO[A-Za-z0-9]{4}",
    "A(?:Sb|Eh|Rm|St|IoT|CDb|zFu|zSe|zCa)[A-Za-z0-9+/]{4,12}(?:=|[A-Za-z0-9]{2}==?)",
    "AIza[\\w-]{35}",
    "pypi-AgE",
    "\\d:AA[\\w-]{33}",
    "(?:SECRET|secret|Secret)_?(?:ACCESS|access|Access)_?(?:KEY|key|Key)",
    "[tT][wW][iI][lL][iI][oO][\\w .'\"-]{0,30}(?:TOKEN|[tT]oken)",
    "discord(?:app)?\\.com/api/webhooks/\\d",
    "rubygems_[a-f0-9]{48}",
    "cio[A-Za-z0-9]{32}",
    "do[opr]_v1_[a-f0-9]{64}",
    "GOCSPX-",
    "NRAK-[A-Z0-9]{27}",
    "PMAK-[a-f0-9]{24}-",
    "ATATT3",
    "AGE-SECRET-KEY-1",
    "sntrys_ey",
    "sbp_[a-f0-9]{40}",
    "pscale_(?:tkn|pw|oauth)_",
    "dp\\.(?:pt|st|ct|sa|scim|audit)\\.",
  ].join("|"),
  "g",
);

/** What the preset does not know. Where a group is named `value`, it alone is the secret. */
const detectors: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  // Key ids are base 32: digits 0, 1, 8, 9 never occur, which tells invented ones from issued ones.
  { kind: "aws-access-key-id", pattern: /(?<![A-Za-z0-9])AKIA[A-Z2-7]{16}(?![A-Za-z0-9])/dg },
  { kind: "azure-storage-key", pattern: /[Aa]ccount[Kk]ey['"]?\s{0,4}[=:]\s{0,4}['"]?(?<value>[A-Za-z0-9+/]{86}==)/dg },
  { kind: "azure-storage-key", pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{76}\+ASt[A-Za-z0-9+/]{5}[AQgw]==/dg },
  { kind: "azure-client-secret", pattern: /(?<![\w.~-])[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}(?![\w.~-])/dg },
  { kind: "azure-devops-token", pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])/dg },
  // Service Bus, Event Hubs, Relay, IoT; Cosmos DB; Functions, Search: https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key
  {
    kind: "azure-service-key",
    pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{33}(?:\+A(?:Sb|Eh|Rm)[A-Za-z0-9+/]{6}|AIoT[A-Za-z0-9+/]{6})=(?!=)/dg,
  },
  { kind: "azure-service-key", pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{76}ACDb[A-Za-z0-9+/]{5}[AQgw]==/dg },
  { kind: "azure-service-key", pattern: /(?<![\w+/-])[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{5}[AQgw]==/dg },
  {
    kind: "azure-service-key",
    pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}(?![A-Za-z0-9+/=])/dg,
  },
  { kind: "google-api-key", pattern: /(?<![\w-])AIza[\w-]{35}(?![\w-])/dg },
  { kind: "google-oauth-client-secret", pattern: /(?<![\w-])GOCSPX-[\w-]{28}(?![\w-])/dg },
  // The fixed part is the base64 of a macaroon for pypi.org or test.pypi.org.
  { kind: "pypi-token", pattern: /(?<![\w-])pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[\w-]{50,400}/dg },
  { kind: "telegram-bot-token", pattern: /(?<![\w:-])\d{8,10}:AA[\w-]{33}(?![\w-])/dg },
  {
    kind: "twilio-auth-token",
    pattern: /twilio[\w .'"-]{0,30}token['"]?\)?\s{0,4}(?:=>|[:=,])\s{0,4}['"]?(?<value>[0-9a-f]{32})(?![0-9a-z])/dgi,
  },
  {
    kind: "discord-webhook",
    pattern: /https:\/\/(?:canary\.|ptb\.)?discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,80}/dg,
  },
  { kind: "rubygems-api-key", pattern: /(?<!\w)rubygems_[a-f0-9]{48}(?!\w)/dg },
  { kind: "crates-io-token", pattern: /(?<!\w)cio[A-Za-z0-9]{32}(?!\w)/dg },
  { kind: "digitalocean-token", pattern: /(?<!\w)do[opr]_v1_[a-f0-9]{64}(?!\w)/dg },
  { kind: "new-relic-key", pattern: /(?<!\w)NRAK-[A-Z0-9]{27}(?!\w)/dg },
  { kind: "postman-api-key", pattern: /(?<!\w)PMAK-[a-f0-9]{24}-[a-f0-9]{34}(?!\w)/dg },
  { kind: "atlassian-api-token", pattern: /(?<!\w)ATATT3[\w-]{180,200}=[A-F0-9]{8}(?!\w)/dg },
  { kind: "age-secret-key", pattern: /(?<!\w)AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}(?!\w)/dg },
  { kind: "sentry-token", pattern: /(?<!\w)sntrys_ey[\w+/=-]{60,400}/dg },
  { kind: "supabase-token", pattern: /(?<!\w)sbp_[a-f0-9]{40}(?!\w)/dg },
  { kind: "planetscale-token", pattern: /(?<!\w)pscale_(?:tkn|pw|oauth)_[\w.=-]{32,64}/dg },
  {
    kind: "doppler-token",
    pattern: /(?<![\w.])dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]{1,40}\.)?[A-Za-z0-9]{40,44}(?!\w)/dg,
  },
  // Runner, deploy, trigger, feed and agent tokens; personal ones are the engine's.
  { kind: "gitlab-token", pattern: /(?<![\w-])gl(?:rt|dt|ptt|ft|agent)-[\w-]{20,64}(?![\w-])/dg },
];

const genericPassword =
  /(?:password|passwd|pwd|secret|token|api_?key)["']?\s{0,8}(?:=>|[:=])\s{0,8}["'](?<value>[^"'\s]{8,100})["']/dgi;

/** Documented by their vendors, so they open nothing. */
const documentedValues = new Set([
  "AKIAIOSFODNN7EXAMPLE",
  "AKIAI44QH8DHBEXAMPLE",
  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
  // The Azure storage emulator and the Cosmos DB emulator.
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
  "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
]);

/** Stretches of text around candidates: far enough back for what leads to a value, on to the end of a long one. */
function windowsAround(text: string): { start: number; end: number }[] {
  const windows: { start: number; end: number }[] = [];
  for (const match of text.matchAll(shapes)) {
    const isKey = match[0].startsWith("PRIVATE KEY");
    const start = Math.max(0, match.index - (isKey ? 600 : 300));
    const end = Math.min(text.length, match.index + match[0].length + (isKey ? 20_000 : 4_000));
    const last = windows.at(-1);
    // A merged window may grow as long as the file; the detectors are linear.
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else windows.push({ start, end });
  }
  return windows;
}

const pieceLength = 32_768;
/** Longer than any token of the engine's. */
const pieceOverlap = 4_096;

export function hasCandidates(text: string): boolean {
  return text.search(shapes) !== -1;
}

export async function detect(
  path: string,
  text: string,
  engine: () => Promise<Engine>,
  withGenericPasswords: boolean,
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const add = (kind: string, start: number, end: number, value = text.slice(start, end)): void => {
    const candidate = judge(kind, start, end, value, text);
    if (candidate !== undefined) found.push(candidate);
  };
  for (const window of windowsAround(text)) {
    const part = text.slice(window.start, window.end);
    for (const { kind, pattern } of detectors) {
      for (const match of part.matchAll(pattern)) {
        const [start, end] = match.indices?.groups?.["value"] ?? [match.index, match.index + match[0].length];
        add(kind, window.start + start, window.start + end);
      }
    }
    for (const key of findPrivateKeys(part)) {
      add("private-key", window.start + key.start, window.start + key.end, key.material);
    }
    for (const hit of judgeUrl(part)) add(hit.kind, window.start + hit.start, window.start + hit.end);
    const run = await engine();
    // In pieces: some of the engine's patterns recurse with the length of what they match and overflow the stack.
    for (let from = 0; from < part.length; from += pieceLength - pieceOverlap) {
      const piece = part.slice(from, from + pieceLength);
      for (const hit of await run(path, piece))
        add(hit.kind, window.start + from + hit.start, window.start + from + hit.end);
      if (from + pieceLength >= part.length) break;
    }
  }
  if (withGenericPasswords) {
    for (const match of text.matchAll(genericPassword)) {
      const [start, end] = match.indices?.groups?.["value"] ?? [match.index, match.index];
      if (varieties(text.slice(start, end)) >= 3) add("generic-password", start, end);
    }
  }
  return withoutOverlaps(found);
}

function judge(kind: string, start: number, end: number, value: string, text: string): Candidate | undefined {
  if (kind === "private-key") {
    const before = text.slice(Math.max(0, start - 600), start);
    // A service account's file says what the key opens; the plain kind would not.
    const isServiceAccount = /"private_key_id"\s*:\s*"[0-9a-f]{40}"/.test(before);
    return { kind: isServiceAccount ? "gcp-service-account-key" : kind, start, end, value, verified: false };
  }
  if (documentedValues.has(value)) return undefined;
  const classic = /^(?:gh[pousr]|npm)_([A-Za-z0-9]{36})$/.exec(value);
  if (classic?.[1] !== undefined) {
    if (hasTokenChecksum(classic[1])) return { kind, start, end, value, verified: true };
    // GitHub issues no such token without its checksum; for npm that is not documented for every kind of token.
    if (kind === "github-token") return undefined;
  }
  if (kind === "google-api-key" && isPublishedOnPurpose(start, text)) return undefined;
  // The shortest that Slack ever issued are longer; tutorials cut them short.
  if (kind === "slack-token" && value.length < 40) return undefined;
  const body = kind.endsWith("webhook") ? value.slice(value.lastIndexOf("/") + 1) : value;
  return isPlaceholder(body) ? undefined : { kind, start, end, value, verified: false };
}

/** Firebase's web configuration holds the key for every visitor to read; access is decided by its security rules. */
function isPublishedOnPurpose(start: number, text: string): boolean {
  const around = text.slice(Math.max(0, start - 600), start + 600);
  return /firebase|authDomain|messagingSenderId|mobilesdk_app_id|GCM_SENDER_ID|maps\.googleapis/i.test(around);
}

/** How many of lower case, upper case, digits and signs a value uses. */
function varieties(value: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((pattern) => pattern.test(value)).length;
}

/** Of candidates that overlap the best one stays. Linear: a file may hold a hundred thousand of them. */
function withoutOverlaps(found: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of [...found].sort((a, b) => a.start - b.start || rank(a) - rank(b))) {
    const last = kept.at(-1);
    if (last === undefined || candidate.start >= last.end) kept.push(candidate);
    else if (rank(candidate) < rank(last)) kept[kept.length - 1] = candidate;
  }
  // The id alone opens nothing: beside its secret key it would say the same thing twice.
  const nearSecretKeys = new Set<number>();
  for (const { kind, start } of kept) {
    const block = Math.floor(start / 500);
    if (kind === "aws-secret-access-key") for (const near of [block - 1, block, block + 1]) nearSecretKeys.add(near);
  }
  return kept.filter(({ kind, start }) => kind !== "aws-access-key-id" || !nearSecretKeys.has(Math.floor(start / 500)));
}

/** A vendor's own format says more than a URL or an assignment around it. */
function rank({ kind, verified }: Candidate): number {
  if (verified) return -1;
  if (kind === "generic-password") return 2;
  return kind === "database-url" || kind === "url-credentials" ? 1 : 0;
}
