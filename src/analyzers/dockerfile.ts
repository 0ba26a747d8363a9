/** Dockerfiles: what the builder refuses, what has no effect, and secrets that end up in the image. */
import type { FileAnalyzer, FileEntry } from "../model/analyzer.ts";
import { SkipFile } from "../model/failure.ts";
import type { SourceFile } from "../model/source-file.ts";
import { dockerfileRules } from "./dockerfile/rules.ts";

const maxBytes = 128 * 1024;
/** Endings of what makes a Dockerfile, or speaks of one. */
const notDockerfiles =
  /\.(?:dockerignore|j2|jinja2?|erb|template|tmpl|tpl|in|mustache|hbs|ejs|md|txt|rst|sh|py|js|ts|rb|go|ya?ml|json|toml|bak|orig|snap)$/i;

export const dockerfile: FileAnalyzer = {
  kind: "file",
  id: "dockerfile",
  summary: "Dockerfiles: syntax, instructions without effect, secrets in the image.",
  version: "dockerfile-utils-0.16.3+1",
  profile: "fast",
  rules: dockerfileRules,
  appliesTo: (file: FileEntry) => file.mode.startsWith("100") && isDockerfile(file.path),
  async load({ isRuleOn }) {
    const { checkDockerfile } = await import("./dockerfile/engine.ts");
    return {
      analyze(source) {
        refuse(source);
        return checkDockerfile(source).filter(({ rule }) => isRuleOn(rule));
      },
    };
  },
};

function isDockerfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    /^(?:Dockerfile|Containerfile)(?:[.-][\w.-]+)?$|\.(?:dockerfile|containerfile)$/i.test(name) &&
    !notDockerfiles.test(name)
  );
}

function refuse(source: SourceFile): void {
  if (source.bytes.length > maxBytes) throw new SkipFile(`larger than ${maxBytes / 1024} KiB`);
  if (!source.isUtf8) throw new SkipFile("not UTF-8");
  if (source.text.includes("\0")) throw new SkipFile("binary");
  if (
    /^[ \t]*(?:\{[{%#]|<%|##?\s*(?:if|for)\b.*\{)|^[ \t]*FROM\b.*(?:\{\{|<%|%%\w|@\w+@)|^[ \t]*%%\w+%%|^include\(|^#include\b/m.test(
      source.text,
    )
  ) {
    throw new SkipFile("a template");
  }
}
