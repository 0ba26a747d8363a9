/** Findings as a few issues: how they are grouped, named, told and ranked. */
import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../../../src/config/defaults.ts";
import type { IssueSettings } from "../../../../src/model/config.ts";
import type { Category, Finding, Severity } from "../../../../src/model/finding.ts";
import { withoutSightings } from "../../../../src/model/tracker.ts";
import { findingsForIssues, groupKeyOf, planIssues, priorityOf } from "../../../../src/reports/issues/plan-issues.ts";
import { exampleFinding } from "../../../contract/example-run.ts";

const settings: IssueSettings = { ...defaultConfig.issues, minFindings: 1 };

function many(rule: string, number: number, change: Partial<Finding> = {}): Finding[] {
  return Array.from({ length: number }, (_, at) => ({
    ...exampleFinding(`${rule}-${at}`, { path: `src/${rule.replace("/", "-")}/f${at % 7}.py`, line: at + 1 }),
    rule,
    ...change,
  }));
}

function plan(findings: readonly Finding[], change: Partial<IssueSettings> = {}, known: readonly string[] = []) {
  return planIssues({
    findings,
    settings: { ...settings, ...change },
    known: new Set(known),
    packageOf: (path) => path.split("/").slice(0, 2).join("/"),
  });
}

describe("planIssues", () => {
  it("makes few issues of 500 findings, and loses none", () => {
    const findings = Array.from({ length: 50 }, (_, at) => many(`ruff/R${at}`, 10)).flat();
    const planned = plan(findings);
    expect(findings).toHaveLength(500);
    expect(planned).toHaveLength(10);
    expect(planned.flatMap(({ group }) => group.findings)).toHaveLength(500);
    expect(planned.at(-1)?.draft.key).toBe("findings/rest/rule");
  });

  it("gathers small groups, but never an error or security", () => {
    const planned = plan(
      [
        ...many("ruff/A", 2),
        ...many("ruff/B", 1),
        ...many("ruff/C", 3),
        ...many("ruff/D", 1, { severity: "error" }),
        ...many("ruff/E", 1, { category: "security" }),
      ],
      { minFindings: 3 },
    );
    expect(planned.map(({ draft }) => draft.key).sort()).toEqual([
      "findings/rest/rule",
      "findings/rule/ruff/C",
      "findings/rule/ruff/D",
      "findings/rule/ruff/E",
    ]);
  });

  it("leaves a group its issue when others outgrow it or it shrinks", () => {
    const findings = [...many("ruff/A", 1), ...many("ruff/B", 9), ...many("ruff/C", 8)];
    const keys = plan(findings, { maxIssues: 2, minFindings: 3 }, ["findings/rule/ruff/A"]).map(
      ({ draft }) => draft.key,
    );
    expect(keys).toEqual(["findings/rule/ruff/A", "findings/rest/rule"]);
  });

  it("gives what is serious its own issue even where all places are taken", () => {
    const findings = [...many("ruff/A", 9), ...many("ruff/B", 1, { category: "security" })];
    const keys = plan(findings, { maxIssues: 2 }, ["findings/rule/ruff/A"]).map(({ draft }) => draft.key);
    expect(keys).toEqual(["findings/rule/ruff/B", "findings/rule/ruff/A"]);
  });

  it.each([
    ["rule", "findings/rule/ruff/A", "ruff/A"],
    ["file", "findings/file/src/ruff-A/f0.py", "src/ruff-A/f0.py"],
    ["package", "findings/package/src/ruff-A", "src/ruff-A/"],
  ] as const)("groups by %s", (group, key, name) => {
    const [first] = plan(many("ruff/A", 1), { group });
    expect(first?.draft.key).toBe(key);
    expect(first?.draft.title).toContain(name);
  });

  it("has the same keys and texts whatever the order of the findings", () => {
    const findings = [...many("ruff/A", 4), ...many("ruff/B", 4, { severity: "error" })];
    const draft = ({ draft: one }: ReturnType<typeof plan>[number]) => one;
    expect(plan([...findings].reverse()).map(draft)).toEqual(plan(findings).map(draft));
  });

  it("leaves out what is accepted, gone or too little", () => {
    const [finding] = many("ruff/A", 1);
    if (finding === undefined) throw new Error("no finding");
    const other: Finding[] = [
      { ...finding, state: "fixed" },
      { ...finding, suppressed: { kind: "baseline", reason: "accepted" } },
      { ...finding, severity: "info" },
    ];
    expect(findingsForIssues([finding, ...other], settings)).toEqual([finding]);
    expect(plan(other)).toEqual([]);
  });

  it("says what it hides", () => {
    const [issue] = plan(many("ruff/A", 70));
    expect(issue?.draft.body.match(/^\| warning/gm)).toHaveLength(50);
    expect(issue?.draft.body).toContain("20 more in 2 files are not shown here");
    expect(issue?.draft.body).toContain("70 findings in 7 files (70 warnings)");
  });

  it("keeps a message from breaking out of the table or naming people", () => {
    const [issue] = plan(many("ruff/A", 1, { message: "a | b\n| <img src=x> `c` @octocat" }));
    const row = issue?.draft.body.split("\n").find((line) => line.startsWith("| warning"));
    expect(row?.match(/(?<!\\)\|/g)).toHaveLength(4);
    expect(row).not.toContain("<img");
    expect(row).not.toMatch(/(^|\s)@octocat/);
  });

  it.each<[Category, Severity, string]>([
    ["security", "warning", "high"],
    ["security", "error", "urgent"],
    ["performance", "warning", "medium"],
    ["performance", "error", "high"],
    ["style", "warning", "low"],
    ["style", "error", "medium"],
    ["style", "info", "low"],
  ])("%s of severity %s is %s", (category, severity, priority) => {
    expect(priorityOf([{ category, severity }])).toBe(priority);
  });
});

it("says where its findings are, and that alone is no news", () => {
  const body = (commit: string): string => {
    const [planned] = planIssues({
      findings: many("ruff/A", 2),
      settings,
      known: new Set(),
      packageOf: () => ".",
      places: {
        linkOf: ({ location }) => `https://github.com/o/d/blob/${commit.repeat(40)}/${location.path}#L1`,
        seenAt: [
          { title: `commit ${commit}`, url: `https://github.com/o/d/commit/${commit}` },
          { title: "pull request #7", url: "https://github.com/o/d/pull/7" },
          { title: "run", url: "javascript:alert(1)" },
        ],
      },
    });
    return planned?.draft.body ?? "";
  };
  expect(body("a")).toContain(
    "\nLast seen: [commit a](<https://github.com/o/d/commit/a>), [pull request \\#\u200b7](<https://github.com/o/d/pull/7>), run\n",
  );
  expect(body("a")).not.toBe(body("b"));
  expect(withoutSightings(body("a"))).toBe(withoutSightings(body("b")));
});

it.each(["rule", "file", "package"] as const)("knows the issue of a finding when they are grouped by %s", (group) => {
  const findings = many("ruff/A", 3);
  const planned = plan(findings, { group });
  const packageOf = (path: string): string => path.split("/").slice(0, 2).join("/");
  for (const { group: own, draft } of planned) {
    for (const finding of own.findings) expect(groupKeyOf(finding, group, packageOf)).toBe(draft.key);
  }
  expect(planned.length).toBeGreaterThan(0);
});
