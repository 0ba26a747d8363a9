/** The kinds of secrets: one row each, from which rules, messages and judgement follow. */
import type { RuleDefinition } from "../../model/rule.ts";

/**
 * How sure the mere shape makes us. `distinct`: a vendor's own prefix and length, so it means something wherever it
 * stands. `contextual`: real only where real credentials live (key files, URLs), so tests and documents are left alone.
 */
export type Confidence = "distinct" | "contextual";

export interface SecretKind {
  /** The rule is `secrets/<name>`. */
  readonly name: string;
  /** As the message names it. */
  readonly label: string;
  /** Start of the fixed public prefix, at most four characters of it are shown; empty when there is none. */
  readonly prefix: string;
  readonly confidence: Confidence;
  /** Only when asked for. */
  readonly optIn?: boolean;
  readonly severity?: RuleDefinition["severity"];
  /** Where the owner revokes it. */
  readonly revoke: string;
}

const table: readonly (readonly [
  name: string,
  label: string,
  prefix: string,
  confidence: Confidence,
  revoke: string,
])[] = [
  ["age-secret-key", "age secret key", "AGE-SECRET-KEY-1", "distinct", "re-encrypt with a new identity"],
  ["anthropic-api-key", "Anthropic API key", "sk-ant-", "distinct", "console.anthropic.com, API keys"],
  ["atlassian-api-token", "Atlassian API token", "ATATT3", "distinct", "id.atlassian.com, Security, API tokens"],
  ["aws-access-key-id", "AWS access key id", "AKIA", "distinct", "IAM, Users, Security credentials"],
  ["aws-secret-access-key", "AWS secret access key", "", "distinct", "IAM, Users, Security credentials"],
  [
    "azure-client-secret",
    "Microsoft Entra client secret",
    "",
    "distinct",
    "Entra ID, App registrations, Certificates & secrets",
  ],
  [
    "azure-devops-token",
    "Azure DevOps personal access token",
    "",
    "distinct",
    "Azure DevOps, User settings, Personal access tokens",
  ],
  ["azure-service-key", "Azure service key", "", "distinct", "the resource's Keys page in the Azure portal"],
  ["azure-storage-key", "Azure storage account key", "", "distinct", "the storage account's Access keys page"],
  ["cloudflare-api-token", "Cloudflare API token", "cf", "distinct", "Cloudflare dashboard, My Profile, API Tokens"],
  ["crates-io-token", "crates.io token", "cio", "distinct", "crates.io, Account Settings, API Tokens"],
  ["database-url", "database URL with a password", "", "contextual", "the database's user management"],
  ["databricks-token", "Databricks access token", "dapi", "distinct", "Databricks, User Settings, Developer"],
  ["digitalocean-token", "DigitalOcean token", "do", "distinct", "DigitalOcean, API, Tokens"],
  ["discord-webhook", "Discord webhook URL", "", "distinct", "the channel's Integrations page"],
  [
    "docker-token",
    "Docker personal access token",
    "dckr_pat_",
    "distinct",
    "Docker Hub, Account settings, Personal access tokens",
  ],
  ["doppler-token", "Doppler token", "dp.", "distinct", "Doppler, Tokens"],
  ["figma-token", "Figma personal access token", "figd_", "distinct", "Figma, Settings, Security"],
  ["gcp-service-account-key", "Google Cloud service account key", "", "distinct", "IAM, Service accounts, Keys"],
  ["github-token", "GitHub token", "gh", "distinct", "GitHub, Settings, Developer settings"],
  ["gitlab-token", "GitLab token", "gl", "distinct", "GitLab, Preferences, Access tokens"],
  [
    "google-oauth-client-secret",
    "Google OAuth client secret",
    "GOCSPX-",
    "distinct",
    "Google Cloud console, Credentials",
  ],
  ["grafana-token", "Grafana token", "gl", "distinct", "Grafana, Service accounts"],
  ["groq-api-key", "Groq API key", "gsk_", "distinct", "console.groq.com, API Keys"],
  ["huggingface-token", "Hugging Face access token", "hf_", "distinct", "huggingface.co, Settings, Access Tokens"],
  ["linear-api-key", "Linear API key", "lin_api_", "distinct", "Linear, Settings, API"],
  ["new-relic-key", "New Relic user key", "NRAK-", "distinct", "New Relic, API keys"],
  ["notion-token", "Notion integration token", "ntn_", "distinct", "notion.so/my-integrations"],
  ["npm-token", "npm token", "npm_", "distinct", "npmjs.com, Access Tokens"],
  [
    "onepassword-token",
    "1Password service account token",
    "ops_",
    "distinct",
    "1Password, Developer, Service accounts",
  ],
  ["openai-api-key", "OpenAI API key", "sk-", "distinct", "platform.openai.com, API keys"],
  ["planetscale-token", "PlanetScale token", "pscale_", "distinct", "PlanetScale, Settings"],
  ["postman-api-key", "Postman API key", "PMAK-", "distinct", "Postman, Settings, API keys"],
  ["private-key", "private key", "", "contextual", "replace the key pair wherever its public half is trusted"],
  ["pypi-token", "PyPI token", "pypi-", "distinct", "pypi.org, Account settings, API tokens"],
  ["rubygems-api-key", "RubyGems API key", "rubygems_", "distinct", "rubygems.org, Settings, API keys"],
  ["sendgrid-api-key", "SendGrid API key", "SG.", "distinct", "SendGrid, Settings, API Keys"],
  ["sentry-token", "Sentry auth token", "sntrys_", "distinct", "Sentry, Settings, Auth Tokens"],
  ["shopify-token", "Shopify token", "shp", "distinct", "Shopify admin, Apps"],
  ["slack-token", "Slack token", "xox", "distinct", "api.slack.com/apps, OAuth & Permissions"],
  ["slack-webhook", "Slack incoming webhook URL", "", "distinct", "api.slack.com/apps, Incoming Webhooks"],
  ["stripe-live-key", "Stripe live key", "sk_live_", "distinct", "dashboard.stripe.com, Developers, API keys"],
  ["supabase-token", "Supabase access token", "sbp_", "distinct", "supabase.com, Account, Access Tokens"],
  ["tailscale-key", "Tailscale key", "tskey-", "distinct", "Tailscale admin console, Settings, Keys"],
  ["telegram-bot-token", "Telegram bot token", "", "distinct", "BotFather, /revoke"],
  ["twilio-auth-token", "Twilio auth token", "", "distinct", "Twilio console, Account, API keys & tokens"],
  ["url-credentials", "URL with a password", "", "contextual", "the service that the URL points to"],
  ["vault-token", "HashiCorp Vault token", "hv", "distinct", "`vault token revoke`"],
  ["vercel-token", "Vercel token", "vc", "distinct", "vercel.com, Account Settings, Tokens"],
];

/** Rows that differ from the others in more than their words. */
const exceptions: readonly SecretKind[] = [
  {
    // Such keys are restricted by referrer or app in many web sites and published on purpose: a question, not an alarm.
    name: "google-api-key",
    label: "Google API key",
    prefix: "AIza",
    confidence: "contextual",
    severity: "warning",
    optIn: true,
    revoke: "Google Cloud console, Credentials; or restrict it there",
  },
  {
    name: "generic-password",
    label: "password in an assignment",
    prefix: "",
    confidence: "contextual",
    optIn: true,
    severity: "warning",
    revoke: "the service that it opens",
  },
  {
    name: "stripe-test-key",
    label: "Stripe test key",
    prefix: "sk_test_",
    confidence: "contextual",
    optIn: true,
    severity: "info",
    revoke: "dashboard.stripe.com, Developers, API keys",
  },
];

const kinds: readonly SecretKind[] = [
  ...table.map(([name, label, prefix, confidence, revoke]) => ({ name, label, prefix, confidence, revoke })),
  ...exceptions,
].sort((a, b) => (a.name < b.name ? -1 : 1));

const byName = new Map(kinds.map((kind) => [kind.name, kind]));

export function secretKind(name: string): SecretKind {
  const kind = byName.get(name);
  if (kind === undefined) throw new Error(`no kind of secret is named ${name}`);
  return kind;
}

export const secretRules: readonly RuleDefinition[] = kinds.map((kind) => ({
  id: `secrets/${kind.name}`,
  summary: `A ${kind.label} is written in a file.`,
  category: "security",
  severity: kind.severity ?? "error",
  recommended: kind.optIn !== true,
  rationale:
    `Whoever can read the repository, its clones or its history can use it; deleting the line does not take it back. ` +
    `Revoke it (${kind.revoke}), then read the new one from the environment or a secret store. ` +
    `Placeholders, documented example values and tokens whose checksum is wrong are not reported` +
    (kind.confidence === "distinct"
      ? "; in tests and documents the finding is an `info` unless a checksum proves the token genuine."
      : "; tests, fixtures, examples and documents are not searched for it."),
}));
