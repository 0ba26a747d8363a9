/** Knip: files, exports and dependencies that nothing uses, as the repository's own configuration sees it. */
import type { ToolAnalyzer } from "../model/analyzer.ts";
import type { Category, RawFinding, Severity } from "../model/finding.ts";
import { detectPlaces, type Place } from "./tool-detection/detect.ts";
import { npmLookup, packageManifest, scriptUse } from "./tool-detection/manifests.ts";
import { directoryOf, outermost, trackedFiles } from "./tool-detection/tracked-files.ts";
import { readJson, type JsonOutput } from "./tool-output/json-output.ts";
import { locate } from "./tool-output/positions.ts";

const configs = [
  "knip.json",
  "knip.jsonc",
  ".knip.json",
  ".knip.jsonc",
  "knip.ts",
  "knip.js",
  "knip.config.ts",
  "knip.config.js",
];

interface Kind {
  readonly says: (name: string) => string;
  readonly category: Category;
  readonly severity: Severity;
}

/** The kinds of https://knip.dev/reference/issue-types by their names in the JSON report. */
const kinds: Readonly<Record<string, Kind>> = {
  files: { says: () => "nothing uses this file", category: "maintainability", severity: "warning" },
  dependencies: { says: (name) => `nothing uses the dependency ${name}`, category: "dependency", severity: "warning" },
  devDependencies: {
    says: (name) => `nothing uses the development dependency ${name}`,
    category: "dependency",
    severity: "warning",
  },
  optionalPeerDependencies: {
    says: (name) => `the optional peer dependency ${name} is used`,
    category: "dependency",
    severity: "warning",
  },
  unlisted: {
    says: (name) => `${name} is used and no package.json lists it`,
    category: "dependency",
    severity: "error",
  },
  binaries: {
    says: (name) => `the binary ${name} comes from no listed dependency`,
    category: "dependency",
    severity: "warning",
  },
  unresolved: { says: (name) => `${name} cannot be resolved`, category: "correctness", severity: "error" },
  exports: { says: (name) => `nothing imports ${name}`, category: "maintainability", severity: "warning" },
  nsExports: {
    says: (name) => `nothing uses ${name} of the namespace`,
    category: "maintainability",
    severity: "warning",
  },
  types: { says: (name) => `nothing imports the type ${name}`, category: "maintainability", severity: "warning" },
  nsTypes: {
    says: (name) => `nothing uses the type ${name} of the namespace`,
    category: "maintainability",
    severity: "warning",
  },
  enumMembers: {
    says: (name) => `nothing uses the enum member ${name}`,
    category: "maintainability",
    severity: "warning",
  },
  namespaceMembers: {
    says: (name) => `nothing uses the namespace member ${name}`,
    category: "maintainability",
    severity: "warning",
  },
  classMembers: {
    says: (name) => `nothing uses the class member ${name}`,
    category: "maintainability",
    severity: "warning",
  },
  duplicates: {
    says: (name) => `${name} are exports of the same thing`,
    category: "maintainability",
    severity: "warning",
  },
  catalog: { says: (name) => `nothing uses the catalog entry ${name}`, category: "dependency", severity: "warning" },
  catalogReferences: { says: (name) => `the catalog has no entry ${name}`, category: "dependency", severity: "error" },
};

export const knip: ToolAnalyzer = {
  id: "knip",
  summary: "Unused files, exports and dependencies, by the repository's own Knip.",
  version: "1",
  kind: "tool",
  profile: "comprehensive",
  rules: Object.entries(kinds).map(([name, { says, category, severity }]) => ({
    id: `knip/${name}`,
    summary: `Knip: ${says("…")}.`,
    category,
    severity,
    recommended: true,
    helpUrl: "https://knip.dev/reference/issue-types",
  })),
  configFiles: [...configs, "package.json", "tsconfig.json"],
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 300,
  appliesTo: ({ path }) => /(?:\.(?:[cm]?[jt]sx?|vue|svelte|astro|mdx)|(?:^|\/)package\.json)$/.test(path),

  async detect(project) {
    const evidence = new Map<string, string>();
    for (const path of trackedFiles(project, configs)) evidence.set(directoryOf(path), path);
    for (const path of trackedFiles(project, ["package.json"])) {
      const directory = directoryOf(path);
      const manifest = await packageManifest(project, directory);
      if (manifest === undefined || evidence.has(directory)) continue;
      // It works without configuration, so a dependency that a script calls is enough.
      const isCalled = manifest.dependencies.has("knip") && scriptUse(manifest, "knip", []) !== undefined;
      if ("knip" in manifest.value || isCalled) evidence.set(directory, path);
    }
    const places: Place[] = outermost(evidence.keys()).map((directory) => ({
      directory,
      evidence: [evidence.get(directory) ?? directory],
    }));
    return detectPlaces(project, places, async ({ directory }) => ({
      ...(await npmLookup(project, directory, "knip")),
      // It loads the configurations of all the tools of the repository.
      from: "repository",
    }));
  },

  command: ({ directory }) => ({
    args: ["--reporter", "json", "--no-progress", "--no-config-hints"],
    // https://knip.dev/reference/cli#exit-code: 0 nothing found, 1 something found, 2 could not run.
    acceptedExitCodes: [0, 1],
    ...(directory === undefined ? {} : { cwd: directory }),
  }),

  parse(output) {
    const findings: RawFinding[] = [];
    const root = readJson("knip", output.stdout, output.stderr);
    const add = (kind: string, file: string, item: JsonOutput | undefined, name: string, anchor: string): void => {
      const known = kinds[kind];
      const line = item?.member("line").numberOr(undefined);
      const location = locate(
        output,
        file,
        // Columns are offsets of TypeScript's source, counted from 1.
        {
          line: line ?? 1,
          column: line === undefined ? 1 : item?.member("col").numberOr(undefined),
          ...(line === undefined ? { endLine: 1, endColumn: 1 } : {}),
        },
        "utf16",
      );
      if (known === undefined || location === undefined) return;
      findings.push({ rule: `knip/${kind}`, message: known.says(name), location, anchor });
    };
    // Knip 5 lists unused files apart, as names; later versions with the rest.
    const files = root.member("files");
    for (const file of files.listOrEmpty()) add("files", file.text(), undefined, file.text(), "file");
    for (const issue of root.member("issues").list()) {
      const file = issue.member("file").text();
      for (const [kind, value] of issue.entries()) {
        if (!(kind in kinds)) continue;
        for (const item of itemsOf(value)) {
          const members = Array.isArray(item.value) ? item.list() : [item];
          const name = members.map((member) => member.member("name").text()).join(", ");
          add(kind, file, members[0], name, kind === "files" ? "file" : name);
        }
      }
    }
    return findings;
  },
};

/** Lists, or for members of enums and classes an object of lists by the owner's name. */
function itemsOf(value: JsonOutput): JsonOutput[] {
  if (value.isAbsent || typeof value.value === "boolean") return [];
  return Array.isArray(value.value) ? value.list() : value.entries().flatMap(([, list]) => list.listOrEmpty());
}
