/** The gate: conditions over findings and metrics, and the verdict with its reasons. */
import type { Finding } from "../model/finding.ts";
import type { GateCondition, Verdict, VerdictReason } from "../model/gate.ts";
import { createPathMatcher, createRuleMatcher } from "./globs.ts";

export interface GateInput {
  readonly conditions: readonly GateCondition[];
  readonly findings: readonly Finding[];
  readonly metrics: Readonly<Record<string, number>>;
  /** One sentence for each thing that could not be judged. */
  readonly incomplete: readonly string[];
}

/** No new error and no new secret; that nothing is incomplete is never optional. */
export const defaultGate: readonly GateCondition[] = [
  { metric: "findings", of: "new", where: { severity: "error" }, max: 0 },
  { metric: "findings", of: "new", where: { analyzer: "secrets" }, max: 0 },
];

/**
 * Failed when a condition fails, else incomplete when anything is, else passed; the reasons list both. A metric that
 * nobody measured makes the verdict incomplete: passing it would be green without having looked.
 */
export function evaluateGate(input: GateInput): Verdict {
  const failed: VerdictReason[] = [];
  const incomplete: VerdictReason[] = input.incomplete.map((message) => ({ kind: "incomplete", message }));
  const conditions: { condition: GateCondition; value: number | undefined; held: boolean }[] = [];
  for (const condition of input.conditions) {
    const counted = condition.metric === "findings" ? countedBy(condition, input.findings) : undefined;
    const measured =
      counted?.length ?? (Object.hasOwn(input.metrics, condition.metric) ? input.metrics[condition.metric] : undefined);
    const value = measured === undefined || Number.isNaN(measured) ? undefined : measured;
    if (value === undefined) {
      conditions.push({ condition, value, held: false });
      const message = `${condition.metric} was not measured, so its condition (${boundsOf(condition)}) could not be judged`;
      incomplete.push({ kind: "incomplete", message, condition });
      continue;
    }
    const held =
      (condition.max === undefined || value <= condition.max) &&
      (condition.min === undefined || value >= condition.min);
    conditions.push({ condition, value, held });
    if (held) continue;
    failed.push({
      kind: "condition",
      message: `${value} ${describe(condition, value)}, ${boundsOf(condition)}`,
      condition,
      value,
      ...(counted === undefined ? {} : { findings: counted.map(({ fingerprint }) => fingerprint) }),
    });
  }
  const status = failed.length > 0 ? "failed" : incomplete.length > 0 ? "incomplete" : "passed";
  return { status, reasons: [...failed, ...incomplete], conditions };
}

function countedBy(condition: GateCondition, findings: readonly Finding[]): Finding[] {
  const isMeant = createFilter(condition.where ?? {});
  const of = condition.of ?? "new";
  return findings.filter((finding) => {
    if (finding.suppressed !== undefined || finding.state === "fixed") return false;
    if (of === "new" && finding.state !== "new") return false;
    if (of === "changed" && finding.inChange !== true) return false;
    return isMeant(finding);
  });
}

function createFilter(where: NonNullable<GateCondition["where"]>): (finding: Finding) => boolean {
  const tests: ((finding: Finding) => boolean)[] = [];
  const severities = listOf(where.severity);
  if (severities !== undefined) tests.push(({ severity }) => severities.includes(severity));
  const categories = listOf(where.category);
  if (categories !== undefined) tests.push(({ category }) => categories.includes(category));
  const analyzers = listOf(where.analyzer);
  if (analyzers !== undefined) tests.push(({ analyzer }) => analyzers.includes(analyzer));
  const rules = listOf(where.rule);
  if (rules !== undefined) {
    const isRule = createRuleMatcher(rules);
    tests.push(({ rule }) => isRule(rule));
  }
  const paths = listOf(where.path);
  if (paths !== undefined) {
    const isPath = createPathMatcher(paths);
    tests.push(({ location }) => isPath(location.path));
  }
  return (finding) => tests.every((test) => test(finding));
}

function listOf<T extends string>(value: T | readonly T[] | undefined): readonly T[] | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string" ? [value] : value;
}

function describe(condition: GateCondition, value: number): string {
  if (condition.metric !== "findings") return condition.metric;
  const { where = {}, of = "new" } = condition;
  const kinds = [listOf(where.severity), listOf(where.category)].flatMap((list) =>
    list === undefined ? [] : [list.join(" or ")],
  );
  const adjectives = [...(of === "new" ? ["new"] : []), ...kinds].map((word) => `${word} `).join("");
  const places = [
    ...(where.analyzer === undefined ? [] : [`from ${listOf(where.analyzer)?.join(" or ")}`]),
    ...(where.rule === undefined ? [] : [`of ${listOf(where.rule)?.join(" or ")}`]),
    ...(where.path === undefined ? [] : [`in ${listOf(where.path)?.join(" or ")}`]),
    ...(of === "changed" ? ["in the change"] : []),
  ];
  return [`${adjectives}${value === 1 ? "finding" : "findings"}`, ...places].join(" ");
}

function boundsOf({ max, min }: GateCondition): string {
  const bounds = [...(max === undefined ? [] : [`at most ${max}`]), ...(min === undefined ? [] : [`at least ${min}`])];
  return bounds.length === 0 ? "no bound" : `${bounds.join(" and ")} allowed`;
}
