/** Options that came, went or were renamed: each version is asked in its own words, by the tools' own sources. */
import { expect, it } from "vitest";
import { gitleaks } from "../../../../src/analyzers/gitleaks.ts";
import { osvScanner } from "../../../../src/analyzers/osv-scanner.ts";
import { tflint } from "../../../../src/analyzers/tflint.ts";
import { trivy } from "../../../../src/analyzers/trivy.ts";
import { zizmor } from "../../../../src/analyzers/zizmor.ts";
import type { ToolAnalyzer } from "../../../../src/model/analyzer.ts";

const cases: readonly (readonly [tool: ToolAnalyzer, version: string, option: string, isThere: boolean])[] = [
  [gitleaks, "8.26.0", "dir", true],
  [gitleaks, "8.16.0", "detect", true],
  [gitleaks, "unknown", "detect", true],
  [osvScanner, "2.5.0", "source", true],
  [osvScanner, "1.9.0", "source", false],
  [tflint, "0.64.0", "--recursive", true],
  [tflint, "0.43.0", "--recursive", false],
  [trivy, "0.74.0", "--skip-check-update", true],
  [trivy, "0.51.0", "--skip-check-update", true],
  [trivy, "0.50.0", "--skip-check-update", false],
  [trivy, "0.50.0", "--skip-policy-update", true],
  [zizmor, "1.30.0", "--no-progress", true],
  [zizmor, "1.4.1", "--no-progress", false],
];

it.each(cases.map(([tool, ...more]) => [tool.id, ...more, tool] as const))("%s %s with %s: %s", (...given) => {
  const [, version, option, isThere, tool] = given;
  const { args } = tool.command({
    executable: tool.id,
    version,
    evidence: [],
    root: "/repository",
    files: [],
    options: {},
    tempDirectory: "/tmp/out",
  });
  expect(args.includes(option), `${tool.id} ${version} ${args.join(" ")}`).toBe(isThere);
});
