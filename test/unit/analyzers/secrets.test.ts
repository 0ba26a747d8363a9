/** Secrets: every kind is found from a value made up here (never a literal: scanners of hosts would stop the push). */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { secrets } from "../../../src/analyzers/secrets.ts";
import { kindsByMessage, replacedRules } from "../../../src/analyzers/secrets/engine.ts";
import { isTestOrDocument } from "../../../src/analyzers/paths/role.ts";
import { hasTokenChecksum, isPlaceholder, tokenChecksum } from "../../../src/analyzers/secrets/judge.ts";
import type { RawFinding } from "../../../src/model/finding.ts";
import { SourceFile } from "../../../src/model/source-file.ts";

const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const digits = "0123456789";

/** Characters that look random and are the same in every run. */
function random(length: number, alphabet = lower + upper + digits, seed = "codeflow"): string {
  let text = "";
  for (let block = 0; text.length < length; block++) {
    for (const byte of createHash("sha512").update(`${seed}${block}`).digest())
      text += alphabet[byte % alphabet.length];
  }
  return text.slice(0, length);
}

async function check(path: string, text: string, key = "key"): Promise<readonly RawFinding[]> {
  const analysis = await secrets.load({
    options: {},
    config: [],
    isRuleOn: (rule) => secrets.rules.find(({ id }) => id === rule)?.recommended ?? false,
    secretKey: key,
  });
  return analysis.analyze(new SourceFile(path, Buffer.from(text)));
}

const hex = "0123456789abcdef";
const base64 = `${lower}${upper}${digits}+/`;
const githubBody = random(30);
const values: Record<string, string> = {
  "age-secret-key": `AGE-SECRET-KEY-1${random(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")}`,
  "anthropic-api-key": `sk-ant-api03-${random(93)}AA`,
  "atlassian-api-token": `ATATT3${random(186)}=${random(8, "ABCDEF0123456789")}`,
  "aws-access-key-id": `AKIA${random(16, `${upper}234567`)}`,
  "aws-secret-access-key": random(40, base64),
  "azure-client-secret": `${random(3)}8Q~${random(34)}`,
  "azure-devops-token": `${random(76)}AZDO${random(4)}`,
  "azure-service-key": `${random(33, base64)}+ASb${random(6)}=`,
  "azure-storage-key": `${random(76, base64)}+ASt${random(5)}w==`,
  "cloudflare-api-token": `cfut_${random(40)}${random(8, hex)}`,
  "crates-io-token": `cio${random(32)}`,
  "databricks-token": `dapi${random(32, hex)}`,
  "digitalocean-token": `dop_v1_${random(64, hex)}`,
  "discord-webhook": `https://discord.com/api/webhooks/${random(18, digits)}/${random(68)}`,
  "docker-token": `dckr_pat_${random(27)}`,
  "doppler-token": `dp.pt.${random(43)}`,
  "figma-token": `figd_${random(44)}`,
  "github-token": `ghp_${githubBody}${tokenChecksum(githubBody)}`,
  "gitlab-token": `glpat-${random(20)}`,
  "google-api-key": `AIza${random(35)}`,
  "google-oauth-client-secret": `GOCSPX-${random(28)}`,
  "grafana-token": `glsa_${random(32)}_${random(8, hex)}`,
  "groq-api-key": `gsk_${random(52)}`,
  "huggingface-token": `hf_${random(34, lower + upper)}`,
  "linear-api-key": `lin_api_${random(40)}`,
  "new-relic-key": `NRAK-${random(27, upper + digits)}`,
  "notion-token": `ntn_${random(11, digits)}${random(35)}`,
  "npm-token": `npm_${random(36)}`,
  "onepassword-token": `ops_${Buffer.from(JSON.stringify({ email: random(20), key: random(120) }) + " }").toString("base64")}`,
  "openai-api-key": `sk-${random(20)}T3BlbkFJ${random(20, undefined, "other")}`,
  "planetscale-token": `pscale_tkn_${random(43)}`,
  "postman-api-key": `PMAK-${random(24, hex)}-${random(34, hex)}`,
  "pypi-token": `pypi-AgEIcHlwaS5vcmc${random(150)}`,
  "rubygems-api-key": `rubygems_${random(48, hex)}`,
  "sendgrid-api-key": `SG.${random(22)}.${random(43)}`,
  "sentry-token": `sntrys_ey${random(120)}`,
  "shopify-token": `shpat_${random(32, hex)}`,
  "slack-token": `xoxb-${random(12, digits)}-${random(12, digits)}-${random(24)}`,
  "slack-webhook": `https://hooks.slack.com/services/T${random(8, upper)}/B${random(8, upper)}/${random(24)}`,
  "stripe-live-key": `sk_live_${random(24)}`,
  "supabase-token": `sbp_${random(40, hex)}`,
  "tailscale-key": `tskey-auth-${random(17)}-${random(32)}`,
  "telegram-bot-token": `${random(10, "123456789")}:AA${random(33)}`,
  "twilio-auth-token": random(32, hex),
  "vault-token": `hvs.${random(95)}`,
  "vercel-token": `vcp_${random(40)}`,
};
/** One whose token must parse is made apart. */
values["onepassword-token"] =
  `ops_${Buffer.from(JSON.stringify({ email: random(40), secretKey: random(117) })).toString("base64")}`;

const names: Record<string, string> = {
  "aws-secret-access-key": "AWS_SECRET_ACCESS_KEY",
  "twilio-auth-token": "TWILIO_AUTH_TOKEN",
  "azure-storage-key": "AccountKey",
};

describe("secrets", () => {
  for (const [kind, value] of Object.entries(values)) {
    it(`finds ${kind} and keeps it to itself`, async () => {
      const line = `${names[kind] ?? "value"} = "${value}"`;
      const findings = await check("src/config.py", `first\n${line}\n`);
      expect(findings.map(({ rule }) => rule)).toEqual([`secrets/${kind}`]);
      const column = line.indexOf(value) + 1;
      expect(findings[0]?.location).toEqual({
        path: "src/config.py",
        startLine: 2,
        startColumn: column,
        endLine: 2,
        endColumn: column + value.length,
      });
      // Any six characters of the value beyond its public prefix would be a leak.
      const printed = JSON.stringify(findings);
      for (let i = kind.endsWith("webhook") ? 40 : 12; i + 6 <= value.length; i++)
        expect(printed).not.toContain(value.slice(i, i + 6));
    });
  }

  it("every other rule that is on has a case among the golden ones", () => {
    const golden = ["database-url", "url-credentials", "private-key", "gcp-service-account-key"];
    const on = secrets.rules.filter(({ recommended }) => recommended).map(({ id }) => id.slice("secrets/".length));
    expect(on.filter((kind) => !(kind in values) && !golden.includes(kind))).toEqual([]);
  });

  it("knows every message of the engine's rules that it uses", async () => {
    const { rules } = await import("@secretlint/secretlint-rule-preset-recommend");
    const known = rules
      .filter(({ meta }) => !(meta.id in replacedRules))
      .flatMap(({ messages }) => Object.keys(messages))
      // Off in the preset: account numbers are no secret, key ids are ours.
      .filter((id) => id !== "AWSAccountID" && id !== "AWSAccessKeyID");
    expect(Object.keys(kindsByMessage).sort()).toEqual([...new Set(known)].sort());
    const presetIds = new Set(rules.map(({ meta }) => meta.id));
    expect(Object.keys(replacedRules).filter((id) => !presetIds.has(id))).toEqual([]);
  });

  it("identity follows the value and the key, not the place", async () => {
    const value = values["stripe-live-key"] ?? "";
    const [first] = await check("a.py", `x = "${value}"`);
    const [moved] = await check("b.py", `\n\n  y = '${value}'`);
    const [otherValue] = await check("a.py", `x = "sk_live_${random(24, undefined, "another")}"`);
    const [otherKey] = await check("a.py", `x = "${value}"`, "another key");
    expect(moved?.anchor).toBe(first?.anchor);
    expect(otherValue?.anchor).not.toBe(first?.anchor);
    expect(otherKey?.anchor).not.toBe(first?.anchor);
  });

  it("a wrong checksum is no GitHub token, a right one counts even in tests", async () => {
    const right = values["github-token"] ?? "";
    const wrong = right.slice(0, -1) + (right.endsWith("a") ? "b" : "a");
    expect(await check("src/a.ts", `t("${wrong}")`)).toEqual([]);
    const [shown] = await check("test/a.test.ts", `t("${right}")`);
    expect(shown?.severity).toBeUndefined();
    expect(hasTokenChecksum(right.slice(4))).toBe(true);
  });

  it("a service account's key is named as such", async () => {
    const body = random(1600, base64);
    const json = JSON.stringify({
      type: "service_account",
      private_key_id: random(40, hex),
      private_key: `-----BEGIN PRIVATE KEY-----\nMII${body}\n-----END PRIVATE KEY-----\n`,
    });
    const findings = await check("deploy/account.json", json.replaceAll('":"', '": "'));
    expect(findings.map(({ rule }) => rule)).toEqual(["secrets/gcp-service-account-key"]);
  });

  it("an id beside its secret key is said once", async () => {
    const text = `aws_access_key_id = ${values["aws-access-key-id"]}\naws_secret_access_key = ${values["aws-secret-access-key"]}\n`;
    const findings = await check("deploy/credentials", text);
    expect(findings.map(({ rule }) => rule)).toEqual(["secrets/aws-secret-access-key"]);
  });

  it("honours secretlint's ranges and rule names", async () => {
    const line = `k = "${values["stripe-live-key"]}"`;
    const [accepted] = await check("a.py", `# secretlint-disable\n${line}\n`);
    expect(accepted?.allowedBy).toMatchObject({ text: "secretlint-disable", location: { startLine: 1 } });
    expect(await check("a.py", `# secretlint-disable\n# secretlint-enable\n${line}\n`)).toHaveLength(1);
    const [stripe] = await check("a.py", `${line} # secretlint-disable-line @secretlint/secretlint-rule-stripe -- ok`);
    expect(stripe?.allowedBy).toBeDefined();
    const [slack] = await check("a.py", `${line} # secretlint-disable-line @secretlint/secretlint-rule-slack`);
    expect(slack).toBeDefined();
    expect(slack?.allowedBy).toBeUndefined();
  });

  it("tells placeholders from values", () => {
    for (const value of [
      "your-token-here",
      "XXXXXXXXXXXXXXXX",
      "abcdefgh12345678",
      "q1w2q1w2q1w2q1w2",
      "<token>",
      "${TOKEN}",
    ]) {
      expect(isPlaceholder(value), value).toBe(true);
    }
    for (const seed of ["a", "b", "c", "d", "e"]) expect(isPlaceholder(random(32, undefined, seed)), seed).toBe(false);
  });

  it("tells shown from used by path", () => {
    for (const path of [
      "test/a.js",
      "pkg/a_test.go",
      "docs/x.txt",
      "README.md",
      ".env.example",
      "src/testdata/k.pem",
    ]) {
      expect(isTestOrDocument(path), path).toBe(true);
    }
    for (const path of ["src/contest.js", "latest/a.js", "lib/attest/a.go", ".env", "src/config.ts"]) {
      expect(isTestOrDocument(path), path).toBe(false);
    }
  });

  it("stays linear on hostile lines of 10 MB", async () => {
    const size = 10_000_000;
    const units = [
      "://aaaa:bbbbbbbb",
      "-----BEGIN PRIVATE KEY-----",
      "SG.aaaaaaaaaaaaaaaa",
      "xoxb-1-",
      "A",
      "twilio ",
      "_authToken=",
      "AccountKey=",
      "secretAccessKey ",
    ];
    for (const unit of units) {
      const started = performance.now();
      await check("src/a.js", unit.repeat(Math.ceil(size / unit.length)));
      expect(performance.now() - started, unit).toBeLessThan(30_000);
    }
  });

  it("leaves binary content alone", async () => {
    expect(await check("data", `\0\0${values["stripe-live-key"]}`)).toEqual([]);
  });
});
