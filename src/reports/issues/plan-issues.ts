/** Findings as a few tracker issues: groups with keys that stay, titles, texts, labels and priorities. Pure. */
import type { IssueGrouping, IssueSettings } from "../../model/config.ts";
import { type Category, type Finding, severityRank } from "../../model/finding.ts";
import type { IssueDraft, Priority } from "../../model/tracker.ts";
import { groupBody, type GroupPlaces, titleOf } from "./group-text.ts";

/** A group of findings that is, or becomes, one issue. */
export interface FindingGroup {
  /** Of the issue's marker and of the ledger; never derived from a count or a line. */
  readonly key: string;
  /** What the findings have in common: a rule, a path, a package; undefined: they are what is left over. */
  readonly name: string | undefined;
  readonly by: IssueGrouping;
  /** Worst first. */
  readonly findings: readonly Finding[];
}

export interface PlannedIssue {
  readonly group: FindingGroup;
  readonly category: Category;
  readonly draft: IssueDraft & { readonly priority: Priority };
}

export interface PlanRequest {
  readonly findings: readonly Finding[];
  readonly settings: IssueSettings;
  /** Keys that have an issue already: they keep it, however few findings are left. */
  readonly known: ReadonlySet<string>;
  /** The folder of the package that a file belongs to; `.` is the root's. */
  readonly packageOf: (path: string) => string;
  readonly places?: GroupPlaces;
}

const keyPrefix = "findings/";
const restName = "rest";

/** Findings that count: neither gone nor accepted, and bad enough. */
export function findingsForIssues(findings: readonly Finding[], settings: IssueSettings): readonly Finding[] {
  const least = severityRank(settings.minSeverity);
  return findings.filter(
    ({ state, suppressed, severity }) =>
      state !== "fixed" && suppressed === undefined && severityRank(severity) <= least,
  );
}

/** Worst group first; what has no issue of its own is together in the last one. */
export function planIssues(request: PlanRequest): readonly PlannedIssue[] {
  const { settings, known, places } = request;
  const groups = groupFindings(findingsForIssues(request.findings, settings), settings.group, request.packageOf);
  // Those with an issue come before equals: else groups would change places with the rest at every run.
  const order = (group: FindingGroup): number => (isSerious(group) ? 0 : known.has(group.key) ? 1 : 2);
  const inOrder = groups.toSorted((a, b) => order(a) - order(b) || byWeight(a, b));
  const isLarge = (group: FindingGroup): boolean =>
    group.findings.length >= settings.minFindings || isSerious(group) || known.has(group.key);
  const candidates = inOrder.filter(isLarge);
  const small = inOrder.filter((group) => !isLarge(group));
  const hasRest = small.length > 0 || candidates.length > settings.maxIssues;
  const own = candidates.slice(0, hasRest ? settings.maxIssues - 1 : settings.maxIssues);
  const rest = restOf([...candidates.slice(own.length), ...small], settings.group);
  return [...own.sort(byWeight), ...(rest === undefined ? [] : [rest])].map(plan);

  function plan(group: FindingGroup): PlannedIssue {
    const category = mainCategory(group.findings);
    const priority = priorityOf(group.findings);
    return {
      group,
      category,
      draft: {
        key: group.key,
        title: titleOf(group),
        body: groupBody(group, priority, places),
        labels: [...new Set([...settings.labels, category])],
        priority,
      },
    };
  }
}

/** Whether a key is of an issue about findings, and how they were grouped. */
export function readGroupKey(key: string): { readonly by: string; readonly name: string } | undefined {
  if (!key.startsWith(keyPrefix)) return undefined;
  const [by = "", ...name] = key.slice(keyPrefix.length).split("/");
  return name.length === 0 ? undefined : { by, name: name.join("/") };
}

/** The key of the issue that a finding has or would have, where its group is large enough for one. */
export function groupKeyOf(finding: Finding, by: IssueGrouping, packageOf: (path: string) => string): string {
  const { rule, location } = finding;
  return `${keyPrefix}${by}/${{ rule, file: location.path, package: packageOf(location.path) }[by]}`;
}

function groupFindings(
  findings: readonly Finding[],
  by: IssueGrouping,
  packageOf: (path: string) => string,
): readonly FindingGroup[] {
  return [...Map.groupBy(findings, (finding) => groupKeyOf(finding, by, packageOf))]
    .map(([key, members]) => ({ key, name: readGroupKey(key)?.name ?? key, by, findings: members.sort(worstFirst) }))
    .sort(byWeight);
}

function restOf(groups: readonly FindingGroup[], by: IssueGrouping): FindingGroup | undefined {
  if (groups.length === 0) return undefined;
  const findings = groups.flatMap((group) => group.findings).sort(worstFirst);
  return { key: `${keyPrefix}${restName}/${by}`, name: undefined, by, findings };
}

/** One of these is enough for an issue. */
function isSerious({ findings }: FindingGroup): boolean {
  return findings.some(({ severity, category }) => severity === "error" || category === "security");
}

function worstFirst(a: Finding, b: Finding): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    compare(a.location.path, b.location.path) ||
    a.location.startLine - b.location.startLine ||
    a.location.startColumn - b.location.startColumn ||
    compare(a.fingerprint, b.fingerprint)
  );
}

function byWeight(a: FindingGroup, b: FindingGroup): number {
  return (
    ranks.indexOf(priorityOf(a.findings)) - ranks.indexOf(priorityOf(b.findings)) ||
    b.findings.length - a.findings.length ||
    compare(a.key, b.key)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const ranks: readonly Priority[] = ["urgent", "high", "medium", "low", "none"];

const priorityOfCategory: Readonly<Record<Category, Priority>> = {
  security: "high",
  correctness: "medium",
  performance: "medium",
  dependency: "medium",
  maintainability: "low",
  test: "low",
  documentation: "low",
  style: "low",
};

/** The highest of its findings' own: by category, an error one step higher. */
export function priorityOf(findings: readonly Pick<Finding, "category" | "severity">[]): Priority {
  const best = findings.map(({ category, severity }) => {
    const rank = ranks.indexOf(priorityOfCategory[category]);
    return severity === "error" ? Math.max(rank - 1, 0) : rank;
  });
  return ranks[Math.min(...best, ranks.length - 1)] ?? "none";
}

/** Of the finding that makes the priority; the most frequent among equals. */
function mainCategory(findings: readonly Finding[]): Category {
  const priority = priorityOf(findings);
  const deciding = findings.filter((finding) => priorityOf([finding]) === priority);
  const counts = [...Map.groupBy(deciding, ({ category }) => category)];
  counts.sort(([a, left], [b, right]) => right.length - left.length || compare(a, b));
  return counts[0]?.[0] ?? "maintainability";
}
