/** Finds the same defect reported by two analyzers, so that it is told once. */
import type { Finding } from "../model/finding.ts";

/**
 * Rules that mean one defect though their names differ. The first name that fits a rule is its defect; rules that fit
 * none are compared by their own normalised names.
 */
const defects: readonly (readonly [defect: string, rules: RegExp])[] = [
  [
    "secret",
    /^secrets\/|^(?:gitleaks|trufflehog|detect-secrets)\/|^trivy\/(?:.*secret|.*-key|.*-token)|^hygiene\/private-key$|^(?:ruff\/S|bandit\/B)10[567]$|^patterns\/.*hard-?coded-(?:secret|password|credential)/,
  ],
  ["conflict-marker", /\b(?:merge-)?conflict-markers?$/],
  ["debugger", /^(?:oxlint|eslint)\/no-debugger$|\/noDebugger$|^ruff\/T100$|^debugging\/.*(?:debugger|breakpoint)/],
  ["print", /^(?:oxlint|eslint)\/no-console$|\/noConsole(?:Log)?$|^ruff\/T20[13]$|^debugging\/.*(?:console|print)/],
  ["alert", /^(?:oxlint|eslint)\/no-alert$|\/noAlert$|^debugging\/.*alert/],
  ["focused-test", /\/no-(?:focused|only|exclusive)-tests?$|\/noFocusedTests$|^debugging\/.*(?:focused|only)/],
  ["todo", /^todo\/|^(?:oxlint|eslint)\/no-warning-comments$|^ruff\/(?:FIX|TD)\d+$|^pylint\/(?:W0511|fixme)$/],
  ["syntax-error", /\b(?:syntax|parse)-?error$|\/(?:invalid-syntax|E999|syntax)$|^syntax\//],
  [
    "cyclomatic",
    /^complexity\/cyclomatic|^(?:oxlint|eslint)\/complexity$|^ruff\/C901$|^golangci-lint\/(?:gocyclo|cyclop)$/,
  ],
  ["cognitive", /^complexity\/cognitive|\/noExcessiveCognitiveComplexity$|^golangci-lint\/gocognit$/],
  ["parameters", /^complexity\/.*parameters|\/max-params$|^(?:ruff\/PL|pylint\/)R0913$|^pylint\/too-many-arguments$/],
  ["function-length", /^complexity\/(?:function-)?length|\/max-lines-per-function$|^golangci-lint\/funlen$/],
  ["nesting", /^complexity\/nesting|\/max-depth$|^ruff\/PLR1702$|^golangci-lint\/nestif$/],
  [
    "unused-variable",
    /\/(?:@typescript-eslint\/|typescript\/|unused-imports\/)?no-unused-vars$|\/noUnusedVariables$|^tsc\/TS6133$/,
  ],
  [
    "undefined-name",
    /^(?:oxlint|eslint)\/no-undef$|\/noUndeclaredVariables$|^ruff\/F821$|^pylint\/(?:E0602|undefined-variable)$|^tsc\/TS2304$/,
  ],
  ["eval", /\/no-eval$|\/noGlobalEval$|^(?:ruff\/S|bandit\/B)307$|^patterns\/.*\beval\b/],
  ["unpinned-action", /^zizmor\/unpinned-uses$|\/unpinned-(?:action|uses)/],
  [
    "template-injection",
    /^zizmor\/template-injection$|\/(?:template|script|expression)-injection$|\/untrusted-(?:text|input)/,
  ],
  ["excessive-permissions", /^zizmor\/excessive-permissions$|\/excess(?:ive)?-permissions$/],
];

/** Families whose rule codes differ only in how they are written. */
const codes: readonly (readonly [written: RegExp, name: string])[] = [
  // ruff S is flake8-bandit, PL is pylint; the other codes are those of the flake8 plugins themselves.
  [/^ruff\/S(\d{3})$/, "bandit-$1"],
  [/^bandit\/B(\d{3})$/, "bandit-$1"],
  [/^ruff\/PL([CERW]\d{4})$/, "pylint-$1"],
  [/^pylint\/([CERW]\d{4})$/, "pylint-$1"],
  [/^(?:ruff|flake8|pycodestyle|pyflakes|pydocstyle)\/([A-Z]+\d+)$/, "python-$1"],
];

/**
 * Earlier stays. The bundled ones, which run on every machine, before the repository's own tools, which may be missing
 * on the next one: a finding must not change its identity with the machine.
 */
const order: readonly RegExp[] = [
  /^secrets$/,
  /^(?:syntax|workflows?|docker|markdown|shell)$/,
  /^(?:oxlint|ruff)$/,
  /^(?:hygiene|debugging|todo|complexity|duplication|dependencies)$/,
  /^patterns$/,
];
const toolNames =
  /^(?:eslint|tsc|prettier|biome|stylelint|vue-tsc|knip|mypy|pyright|bandit|flake8|pylint|golangci-lint|go-vet|clippy|rubocop|phpstan|shellcheck|hadolint|semgrep|gitleaks|trivy|osv-scanner|checkstyle|ktlint|swiftlint|cppcheck|sqlfluff|tflint|yamllint|zizmor|codeql|sonarqube)$/;

/** What a rule finds, under one name for all analyzers. */
export function defectOf(rule: string): string {
  let defect = known.get(rule);
  if (defect === undefined) known.set(rule, (defect = computeDefect(rule)));
  return defect;
}

// A rule's defect is a constant of the program; the number of rules is bounded.
const known = new Map<string, string>();

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

function rankOf(analyzer: string): number {
  const rank = order.findIndex((pattern) => pattern.test(analyzer));
  if (rank !== -1) return rank;
  return toolNames.test(analyzer) ? order.length + 1 : order.length;
}

/**
 * Lesser findings, each with the better one that stands for it. What somebody accepted once (inline, in the baseline) is
 * accepted, whichever analyzer said it; except that what a lesser analyzer's ignore file accepts does not hide a secret.
 */
export function findDuplicates<F extends Pick<Finding, "rule" | "analyzer" | "location" | "state" | "suppressed">>(
  findings: readonly F[],
): Map<F, F> {
  const byLine = new Map<string, F[]>();
  for (const finding of findings) {
    const { kind } = finding.suppressed ?? {};
    if (kind !== undefined && kind !== "inline" && kind !== "baseline") continue;
    const key = `${finding.location.path}\0${finding.location.startLine}\0${finding.state === "fixed"}`;
    const group = byLine.get(key);
    if (group === undefined) byLine.set(key, [finding]);
    else group.push(finding);
  }
  const duplicates = new Map<F, F>();
  for (const group of byLine.values()) {
    const first = group[0];
    if (first === undefined || group.every(({ analyzer }) => analyzer === first.analyzer)) continue;
    const byDefect = Map.groupBy(group, ({ rule }) => defectOf(rule));
    for (const [defect, same] of byDefect) markLesser(same, defect === "secret", duplicates);
  }
  return duplicates;
}

function markLesser<F extends Pick<Finding, "rule" | "analyzer" | "location" | "suppressed">>(
  group: readonly F[],
  isSecret: boolean,
  duplicates: Map<F, F>,
): void {
  const acceptance = (finding: F): number => (!isSecret && finding.suppressed !== undefined ? 0 : 1);
  const sorted = group.toSorted(
    (a, b) =>
      acceptance(a) - acceptance(b) ||
      rankOf(a.analyzer) - rankOf(b.analyzer) ||
      (a.analyzer < b.analyzer ? -1 : a.analyzer > b.analyzer ? 1 : 0),
  );
  const best = sorted[0];
  if (best === undefined) return;
  for (const finding of sorted) {
    if (finding.analyzer === best.analyzer || finding.suppressed !== undefined) continue;
    const sameColumn = sorted.find(
      ({ analyzer, location }) => analyzer === best.analyzer && location.startColumn === finding.location.startColumn,
    );
    duplicates.set(finding, sameColumn ?? best);
  }
}
