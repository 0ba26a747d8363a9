/** Licences of dependencies against a policy, from lockfiles and from what is installed. */
import type { ProjectAnalyzer } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";
import { isDependencyFile, readDependencyFile } from "./dependencies.ts";
import type { DependencyFacts, Requirement } from "./dependencies/facts.ts";

export interface LicenseOptions {
  /** SPDX identifiers of which each dependency must offer one. Empty: any. */
  readonly allow: readonly string[];
  /** SPDX identifiers that no dependency may insist on. */
  readonly deny: readonly string[];
  /** Names of packages that were judged by a person. */
  readonly ignore: readonly string[];
}

const rules: readonly RuleDefinition[] = [
  {
    id: "licenses/denied",
    summary: "A dependency can only be used under a denied licence.",
    category: "dependency",
    severity: "error",
    recommended: true,
    rationale:
      "Speaks only when the option `deny` names licences. An expression such as `GPL-3.0 OR MIT` leaves a way out and is accepted.",
  },
  {
    id: "licenses/not-allowed",
    summary: "A dependency offers none of the allowed licences.",
    category: "dependency",
    severity: "error",
    recommended: true,
    rationale:
      "Speaks only when the option `allow` names licences. Packages without any declared licence are `licenses/unlicensed`.",
  },
  {
    id: "licenses/unlicensed",
    summary: "A dependency declares no licence.",
    category: "dependency",
    severity: "warning",
    recommended: false,
    rationale:
      "Without a licence nobody but its author may use it; often the file is there and only the field is missing.",
  },
];

export const licenses: ProjectAnalyzer<LicenseOptions, DependencyFacts> = {
  kind: "project",
  id: "licenses",
  summary: "Licences of dependencies, judged by a policy of allowed and denied SPDX identifiers.",
  version: "1+spdx-satisfies-6.0.0",
  profile: "smart",
  rules,
  options: {
    defaults: { allow: [], deny: [], ignore: [] },
    schema: async () => {
      const [{ z }, { isLicense }] = await Promise.all([import("zod"), import("./licenses/policy.ts")]);
      const license = z.string().refine(isLicense, { error: "not an SPDX licence identifier" });
      return z.strictObject({
        allow: z.array(license).default([]),
        deny: z.array(license).default([]),
        ignore: z.array(z.string()).default([]),
      });
    },
  },
  // Reads installed packages, which are not part of the tree.
  volatile: true,
  appliesTo: ({ path, mode }) => mode.startsWith("100") && isDependencyFile(path),
  load: async ({ options, isRuleOn }) => {
    const isAsked = options.allow.length > 0 || options.deny.length > 0 || isRuleOn("licenses/unlicensed");
    return { extract: (file) => (isAsked ? readDependencyFile(file) : undefined) };
  },
  combine: async ({ facts, options, isRuleOn, root }) => {
    if (facts.size === 0) return { findings: [] };
    const [{ judge }, { installedLicenses }] = await Promise.all([
      import("./licenses/policy.ts"),
      import("./licenses/installed.ts"),
    ]);
    const declared = new Map<string, Declared>();
    const locked = new Set<string>();
    const requirements = new Map<string, { path: string; requirement: Requirement }>();
    for (const [path, fact] of facts) {
      if (fact.kind === "manifest") {
        for (const requirement of fact.requirements) {
          const key = `${fact.ecosystem} ${requirement.name}`;
          if (!requirements.has(key)) requirements.set(key, { path, requirement });
        }
        continue;
      }
      for (const { name, version, license } of fact.packages) {
        const key = `${fact.ecosystem} ${name}@${version}`;
        locked.add(key);
        if (license !== undefined) declared.set(key, { ecosystem: fact.ecosystem, name, version, license, path });
      }
    }
    if (root !== undefined) {
      for (const [path, fact] of facts) {
        if (fact.kind !== "manifest") continue;
        for (const one of await installedLicenses(root, path, fact.ecosystem)) {
          const key = `${fact.ecosystem} ${one.name}@${one.version}`;
          // What is installed counts more than what a lockfile copied from the registry.
          declared.set(key, { ...one, ecosystem: fact.ecosystem, path: declared.get(key)?.path ?? path });
        }
      }
    }
    const ignored = new Set(options.ignore);
    const findings: RawFinding[] = [];
    // Neither the lockfile nor what is installed says: such a package was not judged.
    let unknown = [...locked].filter((key) => !declared.has(key)).length;
    for (const { ecosystem, name, version, license, path } of declared.values()) {
      if (ignored.has(name)) continue;
      const verdict = judge(license, options);
      if (license === "") unknown++;
      if (verdict === undefined || (verdict === "unlicensed" && !isRuleOn("licenses/unlicensed"))) continue;
      const direct = requirements.get(`${ecosystem} ${name}`);
      const top = { path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };
      findings.push({
        rule: `licenses/${verdict}`,
        message:
          verdict === "unlicensed"
            ? `${name} ${version} declares no licence`
            : `${name} ${version} is licensed under ${shown(license)}, which is ${verdict === "denied" ? "denied" : "not allowed"}`,
        location: direct === undefined ? top : { path: direct.path, ...direct.requirement.at },
        // A newer version under the same licence is the same finding.
        anchor: `${ecosystem} ${name} ${license.slice(0, 200)}`,
      });
    }
    const violations = findings.filter(({ rule }) => rule !== "licenses/unlicensed").length;
    return {
      findings,
      metrics: {
        "licenses.known": [...declared.values()].filter(({ license }) => license !== "").length,
        "licenses.unknown": unknown,
        "licenses.violations": violations,
      },
    };
  },
};

interface Declared {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  /** Empty when none is declared. */
  readonly license: string;
  readonly path: string;
}

function shown(license: string): string {
  return license.length > 80 ? `${license.slice(0, 80)}…` : license;
}
