/** The TypeScript compiler as a type checker, at the repository's version, over each of its projects. */
import type { ToolAnalyzer } from "../model/analyzer.ts";
import { declaresPackage } from "./tool-detection/manifests.ts";
import { compilerCommand, detectCompiler, isCheckedByVueTsc } from "./tool-detection/tsconfig.ts";
import { readCompilerLines } from "./tool-output/compiler-lines.ts";

export const tsc: ToolAnalyzer = {
  id: "tsc",
  summary: "TypeScript's type errors, by the repository's own compiler and tsconfig files.",
  version: "1",
  kind: "tool",
  profile: "smart",
  rules: [],
  openRules: true,
  configFiles: ["tsconfig.json", "package.json"],
  scope: "project",
  effects: { reads: ["**"], writes: [] },
  timeoutSeconds: 600,
  appliesTo: ({ path }) => /(?:\.[cm]?tsx?|(?:^|\/)tsconfig[\w.-]*\.json)$/.test(path),

  detect: (project) =>
    detectCompiler(
      project,
      "tsc",
      async (directory) =>
        (await declaresPackage(project, directory, "typescript")) && !(await isCheckedByVueTsc(project, directory)),
    ),

  command: compilerCommand,
  parse: (output) => readCompilerLines("tsc", output),
};
