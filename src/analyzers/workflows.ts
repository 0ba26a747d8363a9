/** GitHub workflow and action files: GitHub's own language service, and security rules of ours. */
import type { FileAnalyzer, FileEntry } from "../model/analyzer.ts";
import { SkipFile } from "../model/failure.ts";
import type { SourceFile } from "../model/source-file.ts";
import { workflowRules } from "./workflows/rules.ts";

/** The language service takes time in the square of a file's length; the longest hand-written ones have 80 kB. */
const maxBytes = 192 * 1024;
/** Deeper nesting is no workflow, and ends the parser's stack. */
const maxDepth = 100;

export const workflows: FileAnalyzer = {
  kind: "file",
  id: "workflows",
  summary: "GitHub workflow and action files: syntax, schema, expressions, and security.",
  version: "languageservice-0.3.61+3",
  profile: "fast",
  rules: workflowRules,
  appliesTo: (file: FileEntry) => file.mode.startsWith("100") && kindOf(file.path) !== undefined,
  async load({ isRuleOn }) {
    const [{ loadLanguageService }, { parseWorkflow }, untrusted, security, correctness] = await Promise.all([
      import("./workflows/language-service.ts"),
      import("./workflows/model.ts"),
      import("./workflows/untrusted.ts"),
      import("./workflows/security.ts"),
      import("./workflows/correctness.ts"),
    ]);
    const service = await loadLanguageService();
    return {
      async analyze(source: SourceFile) {
        const kind = kindOf(source.path);
        if (kind === undefined) return [];
        refuse(source);
        const workflow = parseWorkflow(source, kind);
        if (kind === "action" && !workflow?.root.entries.some(({ key }) => key.value === "runs")) {
          throw new SkipFile("no GitHub action");
        }
        const findings = await service.validate(source, kind);
        if (workflow === undefined) return findings;
        return [
          ...findings,
          ...untrusted.findTemplateInjection(source, workflow),
          ...security.findSecurityProblems(source, workflow),
          ...correctness.findCorrectnessProblems(source, workflow),
        ].filter(({ rule }) => isRuleOn(rule));
      },
    };
  },
};

function kindOf(path: string): "workflow" | "action" | undefined {
  if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) return "workflow";
  if (/(?:^|\/)action\.ya?ml$/.test(path) && !/(?:^|\/)(?:fixtures?|testdata|node_modules)\//.test(path))
    return "action";
  return undefined;
}

/** What the parsers would hang or crash on. */
function refuse(source: SourceFile): void {
  if (source.bytes.length > maxBytes) throw new SkipFile(`larger than ${maxBytes / 1024} KiB`);
  if (!source.isUtf8) throw new SkipFile("not UTF-8");
  if (source.text.includes("\0")) throw new SkipFile("binary");
  let depth = 0;
  for (const character of source.text) {
    if (character === "[" || character === "{" || character === "(") depth++;
    else if (character === "]" || character === "}" || character === ")") depth = Math.max(0, depth - 1);
    if (depth > maxDepth) throw new SkipFile(`nested more than ${maxDepth} deep`);
  }
  for (let line = 1; line <= source.lineCount; line++) {
    const text = source.line(line);
    const indent = text.length - text.trimStart().length;
    if (indent > 2 * maxDepth || /^\s*(?:- ){50}/.test(text)) throw new SkipFile(`nested more than ${maxDepth} deep`);
  }
}
