/** Secretlint as an engine: runs its recommended rules over one stretch of text and names what they found our way. */

export interface EngineHit {
  readonly kind: string;
  /** UTF-16 offsets of the value in the text that was given. */
  readonly start: number;
  readonly end: number;
}

/** Our kind for each of the engine's messages; a unit test compares this with the messages that the preset has. */
export const kindsByMessage: Readonly<Record<string, string>> = {
  AWSSecretAccessKey: "aws-secret-access-key",
  PackageJSON_xOauthToken: "github-token",
  Npmrc_authToken: "npm-token",
  NPM_ACCESS_TOKEN: "npm-token",
  SLACK_TOKEN: "slack-token",
  IncomingWebhook: "slack-webhook",
  OPENAI_TOKEN: "openai-api-key",
  ANTHROPIC_API_KEY: "anthropic-api-key",
  GROQ_API_KEY: "groq-api-key",
  HUGGINGFACE_USER_ACCESS_TOKEN: "huggingface-token",
  LINEAR_API_TOKEN: "linear-api-key",
  NOTION_INTEGRATION_TOKEN: "notion-token",
  SENDGRID_KEY: "sendgrid-api-key",
  SHOPIFY_KEY: "shopify-token",
  STRIPE_SECRET_KEY_LIVE: "stripe-live-key",
  STRIPE_SECRET_KEY_TEST: "stripe-test-key",
  STRIPE_RESTRICTED_KEY_LIVE: "stripe-live-key",
  STRIPE_RESTRICTED_KEY_TEST: "stripe-test-key",
  GITHUB_TOKEN: "github-token",
  GITLAB_PERSONAL_ACCESS_TOKEN: "gitlab-token",
  GRAFANA_CLOUD_API_TOKEN: "grafana-token",
  GRAFANA_SERVICE_ACCOUNT_TOKEN: "grafana-token",
  OPS_TOKEN: "onepassword-token",
  HASHICORP_VAULT_SERVICE_TOKEN: "vault-token",
  HASHICORP_VAULT_BATCH_TOKEN: "vault-token",
  HASHICORP_VAULT_RECOVERY_TOKEN: "vault-token",
  VERCEL_PERSONAL_ACCESS_TOKEN: "vercel-token",
  VERCEL_INTEGRATION_TOKEN: "vercel-token",
  VERCEL_APP_ACCESS_TOKEN: "vercel-token",
  VERCEL_APP_REFRESH_TOKEN: "vercel-token",
  VERCEL_AI_GATEWAY_API_KEY: "vercel-token",
  DATABRICKS_PERSONAL_ACCESS_TOKEN: "databricks-token",
  DOCKER_PERSONAL_ACCESS_TOKEN: "docker-token",
  FIGMA_PERSONAL_ACCESS_TOKEN: "figma-token",
  CLOUDFLARE_GLOBAL_API_KEY: "cloudflare-api-token",
  CLOUDFLARE_USER_API_TOKEN: "cloudflare-api-token",
  CLOUDFLARE_ACCOUNT_API_TOKEN: "cloudflare-api-token",
  TAILSCALE_API_KEY: "tailscale-key",
  TAILSCALE_AUTH_KEY: "tailscale-key",
  TAILSCALE_CLIENT_KEY: "tailscale-key",
  TAILSCALE_SCIM_KEY: "tailscale-key",
  TAILSCALE_WEBHOOK_KEY: "tailscale-key",
  TAILSCALE_KEY: "tailscale-key",
};

/** Rules of the preset that we do better ourselves, with the reason. */
export const replacedRules: Readonly<Record<string, string>> = {
  "@secretlint/secretlint-rule-basicauth": "our URL detector also judges host and password",
  "@secretlint/secretlint-rule-database-connection-string": "our URL detector also judges host and password",
  "@secretlint/secretlint-rule-privatekey": "misses keys in string literals with `\\r\\n` or joined by `+`",
  "@secretlint/secretlint-rule-gcp": "wants a whole JSON file or reads the disk",
  "@secretlint/secretlint-rule-filter-comments": "needs the whole file; we read the comments ourselves",
};

/** How far a hit's reported start lies before its value: the engine gives the start of the whole match here. */
const leads: Readonly<Record<string, string>> = { Npmrc_authToken: "_authToken=", PackageJSON_xOauthToken: "https://" };

export type Engine = (path: string, text: string) => Promise<readonly EngineHit[]>;

export async function loadEngine(): Promise<Engine> {
  const [{ lintSource }, { rules }] = await Promise.all([
    import("@secretlint/core"),
    import("@secretlint/secretlint-rule-preset-recommend"),
  ]);
  const config: Parameters<typeof lintSource>[0]["options"]["config"] = {
    rules: rules.filter((rule) => !(rule.meta.id in replacedRules)).map((rule) => ({ id: rule.meta.id, rule })),
  };
  return async (path, text) => {
    const result = await lintSource({
      source: { filePath: path, content: text, contentType: "text" },
      // No path on disk: the engine must judge what it is given, not what it could open.
      options: { config, noPhysicFilePath: true },
    });
    const hits: EngineHit[] = [];
    for (const message of result.messages) {
      const kind = kindsByMessage[message.messageId];
      if (kind === undefined) throw new Error(`unknown message of the engine: ${message.messageId}`);
      let [start, end] = message.range;
      const lead = leads[message.messageId];
      if (lead !== undefined && text.startsWith(lead, start)) {
        start += lead.length;
        end += lead.length;
      } else if (kind === "aws-secret-access-key") {
        // The engine's range is as long as the value but begins at the name before it.
        const value = /[A-Za-z0-9/+=]{40}/.exec(
          text.slice(start, start + 200).replace(/^[^:=]*/, (name) => " ".repeat(name.length)),
        );
        if (value === null) continue;
        start += value.index;
        end = start + 40;
      }
      hits.push({ kind, start, end });
    }
    return hits;
  };
}
