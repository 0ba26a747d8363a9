/** A report must not spread the secrets that it warns of. */
import { describe, expect, it } from "vitest";
import type { CheckRun } from "../../../src/model/check-run.ts";
import type { Finding, Location } from "../../../src/model/finding.ts";
import { renderReport } from "../../../src/reports/index.ts";
import { redactSecrets } from "../../../src/reports/redacted-lines.ts";
import { context, run } from "../../reports/run.ts";

const lines = ["token = 'hunter2-hunter2'; print(token)", "-----BEGIN KEY-----", "c2VjcmV0", "-----END KEY-----"];
const source = (_: string, line: number): string | undefined => lines[line - 1];

function finding(location: Omit<Location, "path">, more: Partial<Finding> = {}): Finding {
  return {
    rule: "secrets/password",
    severity: "error",
    category: "security",
    message: "A password",
    location: { path: "a.py", ...location },
    analyzer: "secrets",
    analyzerVersion: "1",
    fingerprint: "0",
    identity: { text: "", before: [], after: [] },
    state: "new",
    ...more,
  };
}

const onLineOne = { startLine: 1, startColumn: 10, endLine: 1, endColumn: 25 };
const redacted = (findings: readonly Finding[], line: number, path = "a.py"): string | undefined =>
  redactSecrets({ ...run, findings }, source)(path, line);

describe("secrets in code", () => {
  it("are dots of the same length, and only they", () => {
    expect(redacted([finding(onLineOne)], 1)).toBe("token = '•••••••••••••••'; print(token)");
    expect(redacted([finding(onLineOne)], 1, "b.py")).toBe(lines[0]);
    expect(redacted([finding(onLineOne)], 2)).toBe(lines[1]);
  });

  it("are hidden over several lines, and wholly where no extent is known", () => {
    const key = finding({ startLine: 2, startColumn: 1, endLine: 4, endColumn: 18 });
    expect([2, 3, 4].map((line) => redacted([key], line))).toEqual(
      [2, 3, 4].map((n) => "•".repeat(lines[n - 1]?.length ?? 0)),
    );
    const place = finding({ startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 });
    expect(redacted([place], 1)).toBe("•".repeat(lines[0]?.length ?? 0));
  });

  it("stay hidden when suppressed, and when another tool found them", () => {
    const suppressed = finding(onLineOne, { suppressed: { kind: "baseline", reason: "accepted" } });
    const foreign = finding(onLineOne, { analyzer: "semgrep", rule: "semgrep/generic.secrets.hardcoded-password" });
    for (const each of [suppressed, foreign]) expect(redacted([each], 1)).toContain("•••");
    expect(redacted([finding(onLineOne, { analyzer: "ruff", rule: "ruff/E501" })], 1)).toBe(lines[0]);
  });

  it("are in no format, also where another finding shows the same line", async () => {
    const other = finding(onLineOne, {
      analyzer: "ruff",
      rule: "ruff/T201",
      message: "print found",
      category: "style",
    });
    const both: CheckRun = { ...run, findings: [finding(onLineOne), other] };
    for (const format of ["pretty", "html", "sarif", "json", "markdown", "rdjson"] as const) {
      const text = await renderReport(format, both, { ...context, line: source, fileText: () => lines.join("\n") });
      expect(text).not.toContain("hunter2");
    }
  });
});
