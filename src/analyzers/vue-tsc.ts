/** vue-tsc: TypeScript's type errors in Vue components and the modules beside them. */
import type { ToolAnalyzer } from "../model/analyzer.ts";
import { compilerCommand, detectCompiler, isCheckedByVueTsc } from "./tool-detection/tsconfig.ts";
import { readCompilerLines } from "./tool-output/compiler-lines.ts";

export const vueTsc: ToolAnalyzer = {
  id: "vue-tsc",
  summary: "Type errors in Vue components, by the repository's own vue-tsc.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: ["tsconfig.json", "package.json"],
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 600,
  appliesTo: ({ path }) => /(?:\.vue|\.[cm]?tsx?|(?:^|\/)tsconfig[\w.-]*\.json)$/.test(path),

  // `vue-tsc --version` answers with TypeScript's version, on which its findings depend as much as on its own.
  detect: (project) => detectCompiler(project, "vue-tsc", (directory) => isCheckedByVueTsc(project, directory)),

  command: compilerCommand,
  parse: (output) => readCompilerLines("vue-tsc", output),
};
