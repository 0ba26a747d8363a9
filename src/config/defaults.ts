/** What holds where `codeflow.yml` says nothing. Light on purpose: without a config file no schema library is loaded. */
import type { Config } from "../model/config.ts";

/** Where the configuration may be, relative to the repository's root. Exactly one of them. */
export const configFileNames = [
  "codeflow.yml",
  "codeflow.yaml",
  ".codeflow.yml",
  ".codeflow.yaml",
  ".codeflow/config.yml",
] as const;

export const defaultConfig: Config = {
  profile: "smart",
  exclude: [],
  generated: [],
  vendored: [],
  rules: {},
  overrides: [],
  analyzers: {},
  ignore: [],
  // That nothing is incomplete needs no condition: it is part of every verdict.
  gate: [
    { metric: "findings", of: "new", where: { severity: "error" }, max: 0 },
    { metric: "findings", of: "new", where: { analyzer: "secrets" }, max: 0 },
  ],
  baseline: ".codeflow/baseline.jsonl",
  reports: [],
  timeoutSeconds: 600,
  history: { enabled: true },
  issues: {
    tracker: "github",
    group: "rule",
    minSeverity: "warning",
    minFindings: 3,
    maxIssues: 10,
    labels: ["codeflow"],
    assign: ["codeowners", "blame"],
  },
  notices: {
    slack: { routes: [] },
    axolo: { name: "_[draft]_pr_[repository_name]_[pull_request_title]" },
    webhooks: {},
    "allow-code": false,
  },
  commands: { deny: [] },
};

/** Where the published JSON Schema of the configuration is, for editors. */
export const schemaPath = "schemas/codeflow.schema.json";
