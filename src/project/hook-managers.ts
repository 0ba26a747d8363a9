/** Lefthook and the pre-commit framework: codeflow becomes an entry of their YAML file, every other byte stays. */
import type { Node } from "yaml";
import { findBlock, withoutBlock, yamlBlock } from "./hook-block.ts";

export type ManagerName = "lefthook" | "pre-commit";

/** The file's content with our entry, or why it has to be put in by hand. */
export type ManagerEdit =
  | { readonly status: "added"; readonly content: Uint8Array }
  /** It runs codeflow already, as we or somebody else wrote. */
  | { readonly status: "present" }
  | { readonly status: "impossible"; readonly reason: string };

/** What a person can paste. */
export function managerSnippet(manager: ManagerName, command: string): string {
  return manager === "lefthook"
    ? ["pre-commit:", "  commands:", ...indent(lefthookCommand(command), 4), ""].join("\n")
    : ["repos:", ...indent(preCommitRepository(command), 2), ""].join("\n");
}

export async function addToManager(manager: ManagerName, content: Uint8Array, command: string): Promise<ManagerEdit> {
  const { parseDocument, isMap, isSeq, isScalar } = await import("yaml");
  const text = Buffer.from(content).toString("utf8");
  if (Buffer.compare(Buffer.from(text), content) !== 0) return { status: "impossible", reason: "it is not UTF-8" };
  const document = parseDocument(text);
  if (document.errors.length > 0) return { status: "impossible", reason: "it is not valid YAML" };
  if (findBlock(content) !== undefined || runsCodeflow(document.toJS())) return { status: "present" };

  const root = document.contents;
  const before: unknown = document.toJS() ?? {};
  if (root !== null && !(isMap(root) && !root.flow)) {
    const isEmpty = isScalar(root) && root.value === null;
    if (!isEmpty) return { status: "impossible", reason: "its top level is not a block of keys" };
  }
  const steps = manager === "lefthook" ? lefthookSteps(before) : [{ key: "repos", kind: "list" as const }];

  // As deep as the file goes; what is missing below is written by us.
  let parent: Node | null = root;
  let depth = 0;
  for (const step of steps) {
    if (!isMap(parent) || parent.flow) break;
    const child: unknown = parent.get(step.key, true);
    if (child === undefined || child === null) break;
    const next = step.kind === "list" ? (isSeq(child) ? child : undefined) : isMap(child) ? child : undefined;
    if (next === undefined || next.flow) {
      return { status: "impossible", reason: `"${step.key}" is not written as a block ${step.kind}` };
    }
    parent = next;
    depth++;
  }
  const missing = steps.slice(depth);
  const entry = manager === "lefthook" ? lefthookEntry(steps, command) : preCommitRepository(command);
  let lines = entry;
  for (const step of missing.toReversed()) lines = [`${step.key}:`, ...indent(lines, 2)];

  const range = (isMap(parent) || isSeq(parent)) && parent.items.length > 0 ? parent.range : undefined;
  const column = range ? range[0] - (text.lastIndexOf("\n", range[0] - 1) + 1) : 0;
  let at = range ? range[1] : text.length;
  if (at > 0 && text[at - 1] !== "\n") {
    const lineEnd = text.indexOf("\n", at);
    at = lineEnd === -1 ? text.length : lineEnd + 1;
  }
  const lacksLineEnd = at > 0 && text[at - 1] !== "\n";
  const block = yamlBlock(lacksLineEnd ? "newline" : "block", lines, column);
  const result = `${text.slice(0, at)}${lacksLineEnd ? "\n" : ""}${block}${text.slice(at)}`;

  // The proof of the pudding: it must read as before plus ours, and give back the old bytes when ours is taken out.
  const again = parseDocument(result);
  const bytes = Buffer.from(result);
  const found = findBlock(bytes);
  if (
    again.errors.length > 0 ||
    found === undefined ||
    Buffer.compare(withoutBlock(bytes, found), content) !== 0 ||
    !runsCodeflow(again.toJS()) ||
    JSON.stringify(withoutOurs(again.toJS())) !== JSON.stringify(withoutOurs(before))
  ) {
    return { status: "impossible", reason: "its layout leaves no sure place for another entry" };
  }
  return { status: "added", content: bytes };
}

interface Step {
  readonly key: string;
  readonly kind: "map" | "list";
}

/** `jobs` is lefthook's newer spelling; a file that uses it gets a job, every other one a command. */
function lefthookSteps(root: unknown): Step[] {
  const preCommit = isRecord(root) ? root["pre-commit"] : undefined;
  const hasJobs = isRecord(preCommit) && Array.isArray(preCommit["jobs"]);
  return [
    { key: "pre-commit", kind: "map" },
    hasJobs ? { key: "jobs", kind: "list" } : { key: "commands", kind: "map" },
  ];
}

function lefthookEntry(steps: readonly Step[], command: string): string[] {
  return steps.at(-1)?.kind === "list" ? [`- name: codeflow`, `  run: ${command}`] : lefthookCommand(command);
}

function lefthookCommand(command: string): string[] {
  return ["codeflow:", `  run: ${command}`];
}

function preCommitRepository(command: string): string[] {
  return [
    "- repo: local",
    "  hooks:",
    "    - id: codeflow",
    "      name: codeflow",
    `      entry: ${command}`,
    "      language: system",
    "      pass_filenames: false",
    "      always_run: true",
  ];
}

function indent(lines: readonly string[], width: number): string[] {
  return lines.map((line) => " ".repeat(width) + line);
}

function runsCodeflow(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(runsCodeflow);
  if (!isRecord(value)) return false;
  return Object.entries(value).some(
    ([key, child]) =>
      ((key === "run" || key === "entry") && typeof child === "string" && /(?:^|[\s/])codeflow check\b/.test(child)) ||
      runsCodeflow(child),
  );
}

/** Everything but entries that run codeflow, and what is empty without them. */
function withoutOurs(value: unknown): unknown {
  if (Array.isArray(value)) {
    const kept = value.filter((child) => !(isRecord(child) && runsCodeflow(child))).map(withoutOurs);
    return kept.length === 0 ? null : kept;
  }
  if (!isRecord(value)) return value;
  const kept: [string, unknown][] = [];
  for (const [key, child] of Object.entries(value)) {
    if (key === "codeflow" && runsCodeflow(child)) continue;
    const rest = withoutOurs(child);
    if (rest !== null) kept.push([key, rest]);
  }
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
