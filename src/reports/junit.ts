/** JUnit's XML: each analyzer is a suite, each finding a failed test; the gate's conditions are a suite of their own. */
import type { AnalyzerRun, CheckRun } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import { activeFindings } from "./active-findings.ts";
import { describeCondition, describeThreshold, formatNumber } from "./wording.ts";
import { escapeXml, xmlAttributes } from "./xml-text.ts";

interface Suite {
  name: string;
  seconds: number;
  cases: { xml: string; outcome: "passed" | "failure" | "error" | "skipped" }[];
}

export function render(run: CheckRun, _context: ReportContext): string {
  const byAnalyzer = new Map<string, Finding[]>();
  for (const finding of activeFindings(run)) {
    const group = byAnalyzer.get(finding.analyzer);
    if (group === undefined) byAnalyzer.set(finding.analyzer, [finding]);
    else group.push(finding);
  }
  const suites = [gateSuite(run)];
  for (const analyzer of run.analyzers) {
    suites.push(analyzerSuite(analyzer, byAnalyzer.get(analyzer.id) ?? []));
    byAnalyzer.delete(analyzer.id);
  }
  // Findings about the check itself (an unused suppression) belong to no analyzer that ran.
  for (const [name, findings] of byAnalyzer) suites.push({ name, seconds: 0, cases: findings.map(findingCase) });

  const total = counts(suites.flatMap(({ cases }) => cases));
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${xmlAttributes({ name: "codeflow", ...total, time: seconds(run.durationMs) })}>`,
  ];
  for (const { name, seconds: time, cases } of suites) {
    const timestamp = run.startedAt.replace(/(?:\.\d+)?Z$/, "");
    lines.push(`  <testsuite${xmlAttributes({ name, ...counts(cases), time: time.toFixed(3), timestamp })}>`);
    for (const { xml } of cases) lines.push(xml);
    lines.push("  </testsuite>");
  }
  lines.push("</testsuites>");
  return `${lines.join("\n")}\n`;
}

function gateSuite({ verdict }: CheckRun): Suite {
  const cases: Suite["cases"] = verdict.conditions.map(({ condition, value, held }) => {
    const name = `${describeCondition(condition)}: ${describeThreshold(condition)}`;
    const measured = value === undefined ? "could not be measured" : `is ${formatNumber(value)}`;
    if (held) return { xml: testCase({ name, classname: "gate" }), outcome: "passed" };
    const message = `${describeCondition(condition)} ${measured}, ${describeThreshold(condition)} is allowed`;
    return { xml: testCase({ name, classname: "gate" }, "failure", { message, type: "gate" }), outcome: "failure" };
  });
  for (const { kind, message } of verdict.reasons) {
    if (kind !== "incomplete") continue;
    const xml = testCase({ name: message, classname: "gate" }, "error", { message, type: "incomplete" });
    cases.push({ xml, outcome: "error" });
  }
  if (cases.length === 0)
    cases.push({ xml: testCase({ name: "no conditions", classname: "gate" }), outcome: "passed" });
  return { name: "gate", seconds: 0, cases };
}

function analyzerSuite({ id, status, reason, durationMs }: AnalyzerRun, findings: readonly Finding[]): Suite {
  const cases: Suite["cases"] = findings.map(findingCase);
  const names = { name: id, classname: id };
  if (status === "failed") {
    cases.push({
      xml: testCase(names, "error", { message: reason ?? "failed", type: "incomplete" }),
      outcome: "error",
    });
  } else if (status === "skipped") {
    cases.push({ xml: testCase(names, "skipped", { message: reason ?? "skipped" }), outcome: "skipped" });
  } else if (cases.length === 0) {
    // An empty suite is dropped by many readers, and "ran and found nothing" is worth seeing.
    cases.push({ xml: testCase({ name: "no findings", classname: id }), outcome: "passed" });
  }
  return { name: id, seconds: durationMs / 1000, cases };
}

function findingCase({ rule, severity, message, location }: Finding): Suite["cases"][number] {
  const { path, startLine, startColumn } = location;
  const place = `${path}:${startLine}:${startColumn}`;
  const attributes = { name: `${rule} at ${place}`, classname: path, file: path, line: startLine };
  // Information is not a reason to turn a build red.
  if (severity === "info") {
    return { xml: testCase(attributes, "system-out", {}, `${place}: ${message} (${rule})`), outcome: "passed" };
  }
  const text = `${place}: ${severity}: ${message} (${rule})`;
  return { xml: testCase(attributes, "failure", { message, type: severity }, text), outcome: "failure" };
}

function testCase(
  attributes: Readonly<Record<string, string | number>>,
  element?: string,
  elementAttributes: Readonly<Record<string, string>> = {},
  text?: string,
): string {
  const open = `    <testcase${xmlAttributes({ ...attributes, time: "0" })}`;
  if (element === undefined) return `${open}/>`;
  const inner = `<${element}${xmlAttributes(elementAttributes)}`;
  return `${open}>\n      ${text === undefined ? `${inner}/>` : `${inner}>${escapeXml(text)}</${element}>`}\n    </testcase>`;
}

function counts(cases: Suite["cases"]): Record<string, number> {
  const number = (outcome: string): number => cases.filter((item) => item.outcome === outcome).length;
  return { tests: cases.length, failures: number("failure"), errors: number("error"), skipped: number("skipped") };
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
