/** Reading codeflow.yml: what it means, and every mistake at its place with a hint. */
import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../../src/config/defaults.ts";
import { loadConfig, parsedConfigKey } from "../../../src/config/load-config.ts";
import { exampleAnalyzers } from "./example-analyzers.ts";

const load = (text: string) => loadConfig({ text, file: "codeflow.yml", analyzers: exampleAnalyzers });
const mistakes = async (text: string): Promise<string[]> =>
  (await load(text)).diagnostics.map(
    ({ line, column, endLine, endColumn, severity, code, message, hint }) =>
      `${line}:${column}-${endLine}:${endColumn} ${severity} ${code}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
const meaning = async (text: string) => {
  const { config, diagnostics } = await load(text);
  expect(diagnostics).toEqual([]);
  return config;
};

describe("what a configuration means", () => {
  it.each(["", "\n", "# nothing but a comment\n", "---\n", "\uFEFF# with a byte order mark\n"])(
    "%j says nothing: the defaults hold",
    async (text) => {
      expect(await meaning(text)).toEqual(defaultConfig);
    },
  );

  it("the schema's defaults are the defaults", async () => {
    expect(await meaning("{}")).toEqual(defaultConfig);
    expect(await meaning("rules:\nexclude: # all commented out\n")).toEqual(defaultConfig);
  });

  it("takes every key", async () => {
    const config = await meaning(`
profile: comprehensive
exclude: ["dist/**"]
generated: ["*.pb.go"]
vendored: [third_party/**]
rules: { ruff/*: warning, ruff/F401: off, "*": info }
overrides:
  - { files: ["test/**"], rules: { secrets/aws-key: off } }
analyzers:
  complexity: { enabled: true, required: true, timeout: 90s, options: { limit: 20 } }
  ruff: { enabled: false }
ignore:
  - { rule: secrets/*, paths: [docs/**], reason: examples only, until: 2027-01-31 }
gate:
  - { of: all, where: { severity: [error, warning], path: "src/**" }, max: 10 }
  - { metric: duplication.percent, max: 3 }
baseline: quality/baseline.jsonl
reports: [{ format: sarif, path: out/codeflow.sarif }]
timeout: 5m
history: { enabled: false }
issues: { tracker: linear, min-findings: 5, linear: { team: ENG } }
notices:
  slack: { channel: "#builds", routes: [{ channel: "#alerts", severities: [error] }] }
  axolo: { name: "pr_[repository_name]_[pull_request_number]", events: [pull_request] }
  webhooks: { deployments: { url: "https://example.org/in", secret: DEPLOY_SECRET } }
  quiet-hours: { from: "20:00", to: "08:00", timezone: Europe/Berlin, days: [sat, sun], except: [error] }
  allow-code: true
commands: { allow: ["@ann"], deny: [eve, "renovate[bot]"] }
`);
    expect(config).toEqual({
      profile: "comprehensive",
      exclude: ["dist/**"],
      generated: ["*.pb.go"],
      vendored: ["third_party/**"],
      rules: { "ruff/*": "warning", "ruff/F401": "off", "*": "info" },
      overrides: [{ files: ["test/**"], rules: { "secrets/aws-key": "off" } }],
      analyzers: {
        complexity: { enabled: true, required: true, timeoutSeconds: 90, options: { limit: 20, mode: "strict" } },
        ruff: { enabled: false },
      },
      ignore: [{ rule: "secrets/*", paths: ["docs/**"], reason: "examples only", until: "2027-01-31" }],
      gate: [
        { metric: "findings", of: "all", where: { severity: ["error", "warning"], path: "src/**" }, max: 10 },
        { metric: "duplication.percent", max: 3 },
      ],
      baseline: "quality/baseline.jsonl",
      reports: [{ format: "sarif", path: "out/codeflow.sarif" }],
      timeoutSeconds: 300,
      history: { enabled: false },
      issues: { ...defaultConfig.issues, tracker: "linear", minFindings: 5, linear: { team: "ENG" } },
      notices: {
        slack: { channel: "#builds", routes: [{ channel: "#alerts", severities: ["error"] }] },
        axolo: { name: "pr_[repository_name]_[pull_request_number]", events: ["pull_request"] },
        webhooks: { deployments: { url: "https://example.org/in", secret: "DEPLOY_SECRET" } },
        "quiet-hours": {
          from: "20:00",
          to: "08:00",
          timezone: "Europe/Berlin",
          days: ["sat", "sun"],
          except: ["error"],
        },
        "allow-code": true,
      },
      commands: { allow: ["@ann"], deny: ["eve", "renovate[bot]"] },
    });
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });

  it("follows anchors and aliases", async () => {
    const config = await meaning("exclude: &paths [a/**, b/**]\nvendored: *paths\n");
    expect(config?.vendored).toEqual(["a/**", "b/**"]);
  });

  it("off means off, also where a file asks for YAML 1.1", async () => {
    expect((await meaning("%YAML 1.1\n---\nrules: { ruff/F401: off }\n"))?.rules).toEqual({ "ruff/F401": "off" });
  });
});

describe("mistakes", () => {
  it("are all told at once, each at its place", async () => {
    const text = `profil: fast
profile: smrt
exclude: "*.ts"
rules:
  ruff/F401: eror
  no-debugger: warning
  ruff/E501: false
overrides:
  - rules: { ruff/F401: error }
analyzers:
  rufff: { enabled: false }
  ruff: { timeout: 5 minutes }
  secrets: { options: { a: 1 } }
  complexity:
    options:
      limit: -1
      mdoe: lenient
ignore:
  - paths: [./a]
  - { rule: ruff/F401, reason: " ", until: 2026-13-01 }
  - reason: everything
gate:
  - metric: findings
  - { metric: duplication.percent, of: new, max: 3 }
  - where: { severity: [error, warnin] }
    max: "3"
baseline: ../outside
reports:
  - { format: sarfi, path: /etc/passwd }
timeout: -4
`;
    expect(await mistakes(text)).toMatchInlineSnapshot(`
      [
        "1:1-1:7 error unknown-key: unknown key "profil" (did you mean "profile"?)",
        "2:10-2:14 error invalid-value: expected fast, smart, comprehensive or ai, found "smrt" (did you mean "smart"?)",
        "3:10-3:16 error wrong-type: expected a list, found "*.ts"",
        "5:14-5:18 error invalid-value: expected error, warning, info or off, found "eror" (did you mean "error"?)",
        "6:3-6:14 error invalid-key: "no-debugger": a rule is named analyzer/rule-name; * matches within it, as in ruff/*",
        "7:14-7:19 error invalid-value: expected error, warning, info or off, found false (write "off")",
        "9:5-9:32 error missing-key: "files" is missing in overrides[0]",
        "11:3-11:8 error unknown-analyzer: there is no analyzer "rufff" (did you mean "ruff"?)",
        "12:20-12:29 error invalid-value: expected seconds or a duration such as "90s", "5m" or "1h"",
        "13:14-13:21 error no-options: secrets has no options",
        "16:14-16:16 error invalid-value: expected number to be >0",
        "17:7-17:11 error unknown-key: unknown key "mdoe" (did you mean "mode"?)",
        "19:5-19:17 error missing-key: "reason" is missing in ignore[0]",
        "19:13-19:16 error invalid-value: paths are relative to the repository's root: leave out the leading / or ./",
        "20:32-20:35 error invalid-value: a reason must say something",
        "20:44-20:54 error invalid-value: expected a date such as 2026-12-31",
        "21:5-21:23 error invalid-value: an entry needs rule or paths: without both it hides everything",
        "23:5-23:21 error invalid-value: a condition needs max or min",
        "24:40-24:43 error invalid-value: "of" selects findings; duplication.percent has none",
        "25:32-25:38 error invalid-value: expected error, warning or info, found "warnin" (did you mean "warning"?)",
        "26:10-26:13 error wrong-type: expected a number, found "3"",
        "27:11-27:21 error invalid-value: expected a path inside the repository, relative to its root",
        "29:15-29:20 error invalid-value: expected agent, checkstyle, github, gitlab, html, json, jsonl, junit, markdown, pretty, rdjson or sarif, found "sarfi" (did you mean "sarif"?)",
        "29:28-29:39 error invalid-value: expected a path inside the repository, relative to its root",
        "30:10-30:12 error invalid-value: expected more than 0 seconds",
      ]
    `);
    expect((await load(text)).config).toBeUndefined();
  });

  it("syntax errors and duplicate keys are told with their place", async () => {
    expect(await mistakes("profile: fast\nprofile: smart\n")).toMatchInlineSnapshot(`
      [
        "2:1-2:2 error duplicate-key: this key is written twice",
      ]
    `);
    expect(await mistakes("exclude: [a\nrules: {}\n")).toMatchInlineSnapshot(`
      [
        "2:1-2:2 error yaml-syntax: flow sequence in block collection must be sufficiently indented and end with a ]",
      ]
    `);
    expect(await mistakes('baseline: "open\n')).toMatchInlineSnapshot(`
      [
        "2:1-2:2 error yaml-syntax: missing closing "quote",
      ]
    `);
    expect(await mistakes("\trules: {}\n")).toMatchInlineSnapshot(`
      [
        "1:1-1:2 error yaml-syntax: tabs are not allowed as indentation",
      ]
    `);
    expect(await mistakes("exclude: *nowhere\n")).toMatchInlineSnapshot(`
      [
        "1:10-1:18 error yaml-syntax: there is no anchor &nowhere before this",
      ]
    `);
    expect(await mistakes("--- {}\n--- {}\n")).toMatchInlineSnapshot(`
      [
        "2:1-3:1 error yaml-syntax: a second document begins here; the file may hold one",
      ]
    `);
  });

  it("a document of another kind is told", async () => {
    expect(await mistakes("- a\n")).toMatchInlineSnapshot(`
      [
        "1:1-1:4 error wrong-type: expected a map of keys, found a list",
      ]
    `);
    expect(await mistakes("just text\n")).toMatchInlineSnapshot(`
      [
        "1:1-1:10 error wrong-type: expected a map of keys, found "just text"",
      ]
    `);
  });

  it("a rule that is nearly the name of one is a warning, and the configuration holds", async () => {
    const text = "rules: { secrets/aws-kye: off, rufff/F401: off, ruff/E999: off, imported-tool/x: off }\n";
    expect(await mistakes(text)).toMatchInlineSnapshot(`
      [
        "1:10-1:25 warning unknown-rule: no analyzer has a rule "secrets/aws-kye" (did you mean "secrets/aws-key"?)",
        "1:32-1:42 warning unknown-rule: no analyzer has a rule "rufff/F401" (did you mean "ruff/F401"?)",
      ]
    `);
    expect((await load(text)).config?.rules).toMatchObject({ "imported-tool/x": "off" });
  });
});

describe("files that mean harm", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${["b", "c", "d", "e", "f", "g", "h"]
    .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[index]}`).join()}]`)
    .join("\n")}\n`;
  it.each([
    ["aliases of aliases", bomb, "yaml-aliases"],
    ["deep nesting", `exclude: ${"[".repeat(20_000)}`, "yaml-too-deep"],
    ["deep nesting that is closed", `exclude: ${"[".repeat(20_000)}${"]".repeat(20_000)}`, "yaml-too-deep"],
    ["size", `# ${"x".repeat(1_100_000)}`, "file-too-large"],
    ["a prototype", "__proto__: { profile: fast }", "unknown-key"],
    ["a constructor", "constructor: { prototype: 1 }", "unknown-key"],
    ["an alias of itself", "exclude: &x [*x]", "wrong-type"],
  ])("%s", async (_, text, code) => {
    const start = performance.now();
    const { config, diagnostics } = await load(text);
    expect(config).toBeUndefined();
    expect(diagnostics.map((each) => each.code)).toEqual([code]);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

it("the memo key changes with text, version and file", () => {
  const keys = [
    parsedConfigKey("a", "1.0.0"),
    parsedConfigKey("b", "1.0.0"),
    parsedConfigKey("a", "1.0.1"),
    parsedConfigKey("a", "1.0.0", "codeflow.yml"),
  ];
  expect(new Set(keys).size).toBe(4);
  expect(parsedConfigKey("a", "1.0.0")).toBe(keys[0]);
});
