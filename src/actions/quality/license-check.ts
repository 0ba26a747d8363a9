/** `quality.license-check`: licences of dependencies against a policy. */
import { z } from "zod";
import { licenses } from "../../analyzers/licenses.ts";
import { isLicense } from "../../analyzers/licenses/policy.ts";
import { defineAction, StepFailed } from "../../model/action.ts";
import { code, counted, markdownTable, plain } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { runProjectAnalyzer } from "./project-facts.ts";

export const licenseCheck = defineAction({
  id: "quality.license-check",
  summary: "Judge the licences of dependencies by a policy of allowed and denied SPDX identifiers.",
  description: `Licences come from lockfiles that state them and from what is installed; of packages that neither knows, \`unknown\` counts; where none at all is known, the step fails. An expression such as
\`GPL-3.0-only OR MIT\` leaves a way out and is accepted. Without \`allow\` and \`deny\` there is no policy, and the step says so by failing. A repository without
dependency files has nothing to judge.

\`\`\`yaml
- uses: quality.license-check
  with:
    allow: [MIT, Apache-2.0, BSD-3-Clause, ISC]
    fail-on-unknown: true
\`\`\``,
  inputs: z.strictObject({
    allow: textList.optional().describe("SPDX identifiers of which each dependency must offer one."),
    deny: textList.optional().describe("SPDX identifiers that no dependency may insist on."),
    ignore: textList.optional().describe("Packages that a person has judged."),
    "fail-on-violations": z.boolean().default(true).describe("Fail the step when a licence breaks the policy."),
    "fail-on-unknown": z.boolean().default(false).describe("Fail the step when a package's licence is not known."),
  }),
  outputs: z.object({
    violations: z
      .array(
        z.object({
          message: z.string(),
          verdict: z.enum(["denied", "not-allowed"]),
          path: z.string(),
          line: z.number(),
        }),
      )
      .describe("Dependencies that break the policy, with the manifest's line."),
    known: z.number().describe("Packages whose licence is known."),
    unknown: z.number().describe("Packages of which no licence is known: they were not judged."),
  }),
  needs: ["repo"],
  effects: "none",
  async run(context, inputs) {
    const allow = listOf(inputs.allow);
    const deny = listOf(inputs.deny);
    if (allow.length + deny.length === 0)
      throw new StepFailed("there is no policy: name licences in `allow` or `deny`");
    const wrong = [...allow, ...deny].filter((one) => !isLicense(one));
    if (wrong.length > 0)
      throw new StepFailed(`${wrong.join(", ")}: not an SPDX licence identifier (https://spdx.org/licenses)`);
    const { findings, metrics } = await runProjectAnalyzer(
      context,
      licenses,
      { allow, deny, ignore: listOf(inputs.ignore) },
      () => true,
      true,
    );
    const violations = findings
      .filter(({ rule }) => rule !== "licenses/unlicensed")
      .map(({ message, rule, location }) => ({
        message,
        verdict: rule === "licenses/denied" ? ("denied" as const) : ("not-allowed" as const),
        path: location.path,
        line: location.startLine,
      }));
    const known = metrics?.["licenses.known"] ?? 0;
    const unknown = metrics?.["licenses.unknown"] ?? 0;
    const outputs = { violations, known, unknown };
    const rows = violations.slice(0, 50).map(({ message, path, line }) => [plain(message), code(`${path}:${line}`)]);
    context.summarize(
      `**Licences**: ${counted(violations.length, "violation")}, ${known} known, ${unknown} not known${rows.length === 0 ? "" : `\n\n${markdownTable(["Dependency", "Where"], rows)}`}`,
    );
    if (inputs["fail-on-violations"] && violations.length > 0) {
      throw new StepFailed(
        `${counted(violations.length, "licence")} against the policy: ${violations
          .slice(0, 3)
          .map(({ message }) => message)
          .join("; ")}`,
        outputs,
      );
    }
    // Nothing judged is not nothing found.
    if (unknown > 0 && (inputs["fail-on-unknown"] || known === 0)) {
      throw new StepFailed(
        `the licences of ${counted(unknown, "package")} are not known; install the dependencies first, so that what they declare can be read`,
        outputs,
      );
    }
    return outputs;
  },
});
