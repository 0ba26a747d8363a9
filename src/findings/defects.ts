/** Which rules of different analyzers mean the same defect, and which analyzer is believed first: data for deduplication. */

/**
 * Rules that mean one defect though their names differ. The first entry that fits a rule is its defect; rules that fit
 * none are compared by their own normalised names.
 */
const defects: readonly (readonly [defect: string, rules: RegExp])[] = [
  [
    "secret",
    /^(?:secrets|gitleaks|trufflehog|detect-secrets)\/|^trivy\/.*(?:secret|-key|-token)$|^workflows\/hardcoded-credentials$|^(?:ruff(?:-cli)?\/S|bandit\/B)10[567]$|\/(?:hygiene-)?private-key$/,
  ],
  ["conflict-marker", /\/(?:merge-)?conflict-markers?$/],
  [
    "syntax-error",
    /\/(?:syntax|parse|parser)-?(?:error)?$|\/(?:invalid-syntax|E999)$|^syntax\/(?!.*duplicate)|^workflows\/invalid$|^tsc\/TS1\d{3}$/,
  ],
  [
    "debugger",
    /^(?:oxlint|eslint)\/no-debugger$|\/noDebugger$|^ruff(?:-cli)?\/T100$|^debugging\/.*(?:debugger|breakpoint)/,
  ],
  [
    "print",
    /^(?:oxlint|eslint)\/no-console$|\/noConsole(?:Log)?$|^ruff(?:-cli)?\/T20[13]$|^debugging\/.*(?:console|print)/,
  ],
  ["focused-test", /\/no-(?:focused|only|exclusive)-tests?$|\/noFocusedTests$|^debugging\/.*(?:focused|only)/],
  ["todo", /^todo\/|^(?:oxlint|eslint)\/no-warning-comments$|^ruff(?:-cli)?\/(?:FIX|TD)\d+$|^pylint\/(?:W0511|fixme)$/],
  [
    "cyclomatic",
    /^complexity\/cyclomatic$|^(?:oxlint|eslint)\/complexity$|^ruff(?:-cli)?\/C901$|^golangci-lint\/(?:gocyclo|cyclop)$|^rubocop\/Metrics\/CyclomaticComplexity$/,
  ],
  [
    "cognitive",
    /^complexity\/cognitive$|\/noExcessiveCognitiveComplexity$|^golangci-lint\/gocognit$|^clippy\/cognitive_complexity$/,
  ],
  [
    "parameters",
    /^complexity\/parameters$|\/max-params$|^(?:ruff(?:-cli)?\/PL|pylint\/)R0913$|^pylint\/too-many-arguments$|^clippy\/too_many_arguments$|^rubocop\/Metrics\/ParameterLists$/,
  ],
  [
    "function-length",
    /^complexity\/function-length$|\/max-lines-per-function$|^golangci-lint\/funlen$|^clippy\/too_many_lines$|^rubocop\/Metrics\/MethodLength$/,
  ],
  [
    "nesting",
    /^complexity\/nesting$|\/max-depth$|^ruff(?:-cli)?\/PLR1702$|^golangci-lint\/nestif$|^rubocop\/Metrics\/BlockNesting$/,
  ],
  [
    "unused-variable",
    /\/(?:no-unused-vars|noUnusedVariables|noUnusedImports)$|^(?:vue-)?tsc\/TS(?:6133|6196|6198|6192)$|^ruff(?:-cli)?\/F(?:401|841)$|^pylint\/(?:W0611|W0612|unused-import|unused-variable)$/,
  ],
  [
    "undefined-name",
    /^(?:oxlint|eslint)\/no-undef$|\/noUndeclaredVariables$|^(?:vue-)?tsc\/TS(?:2304|2552)$|^ruff(?:-cli)?\/F821$|^pylint\/(?:E0602|undefined-variable)$|^pyright\/reportUndefinedVariable$|^mypy\/name-defined$/,
  ],
  ["unused-export", /^knip\/(?:exports|types|nsExports|nsTypes|enumMembers)$|\/unused-(?:export|type)$/],
  ["unused-file", /^knip\/files$|\/unused-file$/],
  ["unlisted-dependency", /^knip\/unlisted$|\/(?:unlisted|undeclared)-dependency$/],
  // GitHub workflows: zizmor has rules of nearly the same subjects.
  ["unpinned-action", /^zizmor\/unpinned-uses$|^workflows\/unpinned-(?:action|tag)$/],
  ["template-injection", /\/template-injection$/],
  ["workflow-permissions", /^(?:zizmor\/excessive-permissions|workflows\/(?:excessive|missing)-permissions)$/],
  ["dangerous-trigger", /^(?:zizmor\/dangerous-triggers|workflows\/pull-request-target-checkout)$/],
  ["inherited-secrets", /^(?:zizmor|workflows)\/secrets-inherit$/],
  ["bot-check", /^(?:zizmor\/bot-conditions|workflows\/bot-actor-check)$/],
  ["unsound-contains", /\/unsound-contains$/],
  ["insecure-commands", /\/insecure-commands$/],
  ["secrets-as-json", /^(?:zizmor\/overprovisioned-secrets|workflows\/secrets-as-json)$/],
  ["artifact-credentials", /^(?:zizmor\/artipacked|workflows\/credentials-in-artifact)$/],
  // Docker.
  ["docker-root", /^(?:dockerfile\/root-user|hadolint\/DL3002|trivy\/(?:AVD-)?DS-?0*2)$/],
  ["docker-latest", /^(?:dockerfile\/latest-tag|hadolint\/DL300[67]|trivy\/(?:AVD-)?DS-?0*1)$/],
  ["docker-update-alone", /^(?:dockerfile\/apt-get-update-alone|trivy\/(?:AVD-)?DS-?0*17)$/],
  ["docker-apt-asks", /^(?:dockerfile\/apt-get-asks|hadolint\/DL3014|trivy\/(?:AVD-)?DS-?0*21)$/],
  ["docker-duplicate", /^(?:dockerfile\/duplicate-instruction|hadolint\/DL(?:3012|4003|4004))$/],
  ["docker-json", /^(?:dockerfile\/json-in-single-quotes|hadolint\/DL3025)$/],
  ["docker-unknown-stage", /^(?:dockerfile\/unknown-stage|hadolint\/DL3022)$/],
  // Shell.
  ["download-to-shell", /^patterns\/sh-(?:http-pipe-shell|download-unverified)$|\/insecure-download$/],
  ["sudo-redirection", /^(?:patterns\/sh-sudo-redirect|shell\/sudo-redirection|shellcheck\/SC2024)$/],
  ["number-comparison", /^(?:patterns\/sh-redirect-comparison|shell\/number-comparison|shellcheck\/SC2071)$/],
  ["remove-variable", /^(?:patterns\/sh-rm-empty-variable|shell\/remove-(?:variable|root)|shellcheck\/SC2115)$/],
  ["quoted-tilde", /^(?:shell\/quoted-tilde|shellcheck\/SC2088)$/],
  ["constant-test", /^(?:shell\/constant-test|shellcheck\/SC(?:2050|2078|2157|2158))$/],
  ["redirection-order", /^(?:shell\/redirection-order|shellcheck\/SC2069)$/],
  ["shell-assignment", /^(?:shell\/assignment|shellcheck\/SC(?:1068|2276))$/],
  ["shell-crlf", /^(?:shell\/crlf|hygiene\/crlf-shebang|shellcheck\/SC1017)$/],
  ["bashism", /^shell\/bashism$|^shellcheck\/SC3\d{3}$/],
  // Python: ruff's S rules are bandit's; ours on top where the subject is the same.
  ["py-eval", /^(?:patterns\/py-eval-request|(?:ruff(?:-cli)?\/S|bandit\/B)(?:307|102))$/],
  ["py-shell", /^(?:patterns\/py-shell-interpolation|(?:ruff(?:-cli)?\/S|bandit\/B)60[2457])$/],
  ["py-sql", /^(?:patterns\/py-sql-injection|(?:ruff(?:-cli)?\/S|bandit\/B)608)$/],
  ["py-tls", /^(?:patterns\/py-tls-verify-off|(?:ruff(?:-cli)?\/S|bandit\/B)(?:501|323))$/],
  ["py-unpickle", /^(?:patterns\/py-unpickle-request|(?:ruff(?:-cli)?\/S|bandit\/B)301)$/],
  ["py-yaml", /^(?:patterns\/py-yaml-load|(?:ruff(?:-cli)?\/S|bandit\/B)506)$/],
  ["py-mktemp", /^(?:patterns\/py-mktemp|(?:ruff(?:-cli)?\/S|bandit\/B)306)$/],
  ["py-mark-safe", /^(?:patterns\/py-mark-safe|(?:ruff(?:-cli)?\/S|bandit\/B)(?:308|703))$/],
  ["py-random", /^(?:patterns\/py-random-secret|(?:ruff(?:-cli)?\/S|bandit\/B)311)$/],
  ["py-hash", /^(?:patterns\/py-password-fast-hash|(?:ruff(?:-cli)?\/S|bandit\/B)(?:303|324))$/],
  ["py-ssh", /^(?:patterns\/py-ssh-accept-any|(?:ruff(?:-cli)?\/S|bandit\/B)507)$/],
  ["py-xml", /^(?:patterns\/py-xml-entities|(?:ruff(?:-cli)?\/S|bandit\/B)(?:31[3-9]|320))$/],
  ["py-flask-debug", /^(?:patterns\/py-flask-debug-public|(?:ruff(?:-cli)?\/S|bandit\/B)201)$/],
  ["py-default", /^(?:patterns\/py-default-evaluated-once|ruff(?:-cli)?\/(?:B008|B006))$/],
  ["py-finally", /^(?:patterns\/py-return-in-finally|ruff(?:-cli)?\/(?:B012|SIM107|PLW0150))$/],
  ["py-strip", /^(?:patterns\/py-strip-word|ruff(?:-cli)?\/(?:B005|PLE1310))$/],
  ["py-task", /^(?:patterns\/py-dropped-task|ruff(?:-cli)?\/RUF006)$/],
  ["py-async", /^patterns\/py-blocking-in-async$|^ruff(?:-cli)?\/ASYNC2\d\d$/],
  // JavaScript.
  ["js-eval", /\/no-(?:implied-)?eval$|\/noGlobalEval$|^patterns\/js-eval-request$/],
  ["js-new-buffer", /^patterns\/js-new-buffer$|\/no-(?:new-buffer|buffer-constructor)$/],
  ["js-finally", /\/(?:no-unsafe-finally|noUnsafeFinally)$/],
];

/** Families whose rule codes differ only in how they are written. */
const codes: readonly (readonly [written: RegExp, name: string])[] = [
  // ruff's S is flake8-bandit, its PL is pylint; the other codes are those of the flake8 plugins themselves.
  [/^ruff(?:-cli)?\/S(\d{3})$/, "bandit-$1"],
  [/^bandit\/B(\d{3})$/, "bandit-$1"],
  [/^ruff(?:-cli)?\/PL([CERW]\d{4})$/, "pylint-$1"],
  [/^pylint\/([CERW]\d{4})$/, "pylint-$1"],
  [/^(?:ruff|ruff-cli|flake8|pycodestyle|pyflakes|pydocstyle)\/([A-Z]+\d+)$/, "python-$1"],
];

// A rule's defect is a constant of the program, and the number of rules is bounded.
const known = new Map<string, string>();

/** What a rule finds, under one name for all analyzers. */
export function defectOf(rule: string): string {
  let defect = known.get(rule);
  if (defect === undefined) known.set(rule, (defect = computeDefect(rule)));
  return defect;
}

function computeDefect(rule: string): string {
  const listed = defects.find(([, rules]) => rules.test(rule));
  if (listed !== undefined) return listed[0];
  for (const [written, name] of codes) if (written.test(rule)) return rule.replace(written, name);
  const name = rule.slice(rule.lastIndexOf("/") + 1);
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll("_", "-");
}

/**
 * Earlier is believed first. The bundled ones, which run on every machine, come before the repository's own tools, which
 * may be missing on the next one: a finding must not change its identity with the machine.
 */
const bundled: readonly (readonly string[])[] = [
  ["secrets"],
  ["syntax", "workflows", "dockerfile", "shell", "markdown"],
  ["oxlint", "ruff"],
  ["hygiene", "paths", "debugging", "todo", "complexity", "duplication", "dependencies"],
  ["patterns"],
];

/** Analyzers that are named in neither list are bundled or imported ones without a rival, or a person's own rules. */
const tools = new Set(
  [
    "eslint tsc prettier biome stylelint vue-tsc knip ruff-cli mypy pyright bandit flake8 pylint golangci-lint go-vet clippy",
    "rubocop phpstan shellcheck hadolint semgrep gitleaks trivy osv-scanner checkstyle ktlint swiftlint cppcheck sqlfluff",
    "tflint yamllint zizmor codeql sonarqube",
  ].flatMap((names) => names.split(" ")),
);

export function analyzerRank(analyzer: string): number {
  const rank = bundled.findIndex((names) => names.includes(analyzer));
  if (rank !== -1) return rank;
  return tools.has(analyzer) ? bundled.length + 1 : bundled.length;
}
