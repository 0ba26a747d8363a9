import { describe, expect, it } from "vitest";
import { defaultGate, evaluateGate } from "../../../src/findings/gate.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { GateCondition } from "../../../src/model/gate.ts";

let count = 0;
function finding(extra: Partial<Finding> = {}): Finding {
  count += 1;
  return {
    rule: "x/y",
    severity: "warning",
    category: "correctness",
    message: "",
    location: { path: "src/a.ts", startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 },
    analyzer: "x",
    analyzerVersion: "1",
    fingerprint: String(count).padStart(32, "0"),
    identity: { text: "0".repeat(16), before: [], after: [] },
    state: "new",
    ...extra,
  };
}

const evaluate = (
  conditions: readonly GateCondition[],
  findings: readonly Finding[],
  metrics = {},
  incomplete: string[] = [],
) => evaluateGate({ conditions, findings, metrics, incomplete });

describe("the default gate", () => {
  it("passes warnings and old errors, and fails a new error or secret", () => {
    expect(evaluate(defaultGate, [finding(), finding({ severity: "error", state: "unchanged" })]).status).toBe(
      "passed",
    );
    expect(evaluate(defaultGate, [finding({ severity: "error" })]).status).toBe("failed");
    expect(evaluate(defaultGate, [finding({ analyzer: "secrets", severity: "info" })]).status).toBe("failed");
  });

  it("names the findings that decided", () => {
    const bad = finding({ severity: "error" });
    expect(evaluate(defaultGate, [finding(), bad]).reasons).toEqual([
      {
        kind: "condition",
        message: "1 new error finding, at most 0 allowed",
        condition: defaultGate[0],
        value: 1,
        findings: [bad.fingerprint],
      },
    ]);
  });

  it("counts neither suppressed nor fixed findings", () => {
    const suppressed = { kind: "inline", reason: "r" } as const;
    expect(
      evaluate(defaultGate, [
        finding({ severity: "error", suppressed }),
        finding({ severity: "error", state: "fixed" }),
      ]).status,
    ).toBe("passed");
  });
});

describe("evaluateGate", () => {
  it("is incomplete when something could not be judged, and failed when a condition failed as well", () => {
    expect(evaluate(defaultGate, [], {}, ["ruff crashed"])).toMatchObject({
      status: "incomplete",
      reasons: [{ kind: "incomplete", message: "ruff crashed" }],
    });
    const both = evaluate(defaultGate, [finding({ severity: "error" })], {}, ["ruff crashed"]);
    expect(both.status).toBe("failed");
    expect(both.reasons.map(({ kind }) => kind)).toEqual(["condition", "incomplete"]);
  });

  it("never passes a metric that nobody measured", () => {
    const condition: GateCondition = { metric: "coverage.change", min: 80 };
    for (const metrics of [{}, { "coverage.change": Number.NaN }]) {
      const verdict = evaluate([condition], [], metrics);
      expect(verdict.status).toBe("incomplete");
      expect(verdict.conditions).toEqual([{ condition, value: undefined, held: false }]);
    }
    expect(evaluate([{ metric: "toString", max: 1 }], []).status).toBe("incomplete");
    expect(evaluate([condition], [], { "coverage.change": 80 }).status).toBe("passed");
    expect(evaluate([condition], [], { "coverage.change": 79.9 }).reasons[0]?.message).toBe(
      "79.9 coverage.change, at least 80 allowed",
    );
  });

  it("counts new, all and changed findings", () => {
    const findings = [
      finding(),
      finding({ state: "unchanged", inChange: true }),
      finding({ state: "unchanged" }),
      finding({ state: "fixed" }),
    ];
    const value = (of?: "new" | "all" | "changed") =>
      evaluate([{ metric: "findings", max: 0, ...(of === undefined ? {} : { of }) }], findings).conditions[0]?.value;
    expect([value(), value("new"), value("all"), value("changed")]).toEqual([1, 1, 3, 1]);
  });

  it("filters by severity, category, analyzer, rule and path", () => {
    const findings = [
      finding({ rule: "ruff/S101", analyzer: "ruff", category: "security" }),
      finding({
        severity: "error",
        location: { path: "test/a.py", startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
      }),
    ];
    const value = (where: GateCondition["where"]) =>
      evaluate([{ metric: "findings", max: 0, ...(where === undefined ? {} : { where }) }], findings).conditions[0]
        ?.value;
    expect(value({ severity: ["error", "warning"] })).toBe(2);
    expect(value({ category: "security" })).toBe(1);
    expect(value({ analyzer: ["ruff", "y"] })).toBe(1);
    expect(value({ rule: "ruff/S*" })).toBe(1);
    expect(value({ path: ["test/**"] })).toBe(1);
    expect(value({ path: "test/**", severity: "warning" })).toBe(0);
  });
});
