/** What `codeflow init` writes into a repository: planned from facts, and nothing that exists is overwritten. */
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HookManager } from "./hook.ts";

export interface InitFacts {
  /** Most files first. */
  readonly languages: readonly { readonly name: string; readonly files: number }[];
  /** The repository's own tools, by analyzer id. */
  readonly tools: readonly { readonly id: string; readonly status: "found" | "missing" }[];
  /** The configuration file that exists, in whatever of its places; relative. */
  readonly configFile: string | undefined;
  /** Content of `.gitattributes`. */
  readonly gitAttributes: string | undefined;
  readonly isGit: boolean;
  /** Path or URL of the configuration's JSON Schema, for editors. */
  readonly schema: string;
  /** Where accepted findings are kept. */
  readonly baseline: string;
  /** Where a hook would go, and whether ours is there. */
  readonly hook: { readonly manager: HookManager; readonly path: string; readonly isInstalled: boolean } | undefined;
}

export interface InitFile {
  readonly path: string;
  /** `append`: `content` goes behind what is there. `keep`: it exists, and stays as it is. */
  readonly action: "create" | "append" | "keep";
  readonly content: string;
  /** Why it is there, in one sentence. */
  readonly reason: string;
}

export interface InitPlan {
  readonly files: readonly InitFile[];
  /** What to do about the hook; undefined outside git. */
  readonly hook:
    | { readonly action: "install" | "keep"; readonly manager: HookManager; readonly path: string }
    | undefined;
  /** Settings of this clone (`git config KEY VALUE`): git does not take them from files of the repository. */
  readonly gitConfig: readonly { readonly key: string; readonly value: string }[];
}

/** Name under which `.gitattributes` and the git configuration know our merge. */
export const mergeDriverName = "codeflow-baseline";

/** Run by a shell at the top of the working tree: the repository's own codeflow comes first. */
const mergeDriverCommand = 'PATH="$PWD/node_modules/.bin:$PATH" codeflow baseline merge-driver %O %A %B %P';

export function planInit(facts: InitFacts): InitPlan {
  const files: InitFile[] = [];
  if (facts.configFile === undefined) {
    files.push({
      path: "codeflow.yml",
      action: "create",
      content: configText(facts),
      reason: "settings of the check; every line of it is optional",
    });
  } else {
    files.push({ path: facts.configFile, action: "keep", content: "", reason: "the configuration exists" });
  }
  if (facts.isGit) files.push(attributesFile(facts));
  return {
    files,
    hook:
      facts.isGit && facts.hook !== undefined
        ? { action: facts.hook.isInstalled ? "keep" : "install", manager: facts.hook.manager, path: facts.hook.path }
        : undefined,
    gitConfig: facts.isGit
      ? [
          { key: `merge.${mergeDriverName}.name`, value: "findings accepted on either side" },
          { key: `merge.${mergeDriverName}.driver`, value: mergeDriverCommand },
        ]
      : [],
  };
}

/** Fails, with nothing else written, on a file that appeared since the plan was made. */
export async function writeInitFiles(root: string, plan: InitPlan): Promise<readonly string[]> {
  const written: string[] = [];
  for (const { path, action, content } of plan.files) {
    if (action === "keep") continue;
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    if (action === "create") await writeFile(file, content, { flag: "wx" });
    else await appendFile(file, content);
    written.push(path);
  }
  return written;
}

function attributesFile({ gitAttributes, baseline }: InitFacts): InitFile {
  const pattern = attributePattern(baseline);
  const line = `${pattern} merge=${mergeDriverName}`;
  const reason = "lets git merge accepted findings of two branches without conflicts";
  if (gitAttributes === undefined) return { path: ".gitattributes", action: "create", content: `${line}\n`, reason };
  const isThere = gitAttributes.split(/\r?\n/).some((each) => {
    const trimmed = each.trim();
    return !trimmed.startsWith("#") && trimmed.startsWith(pattern) && /\s-?merge\b/.test(trimmed);
  });
  if (isThere) {
    return { path: ".gitattributes", action: "keep", content: "", reason: "it says how the baseline is merged" };
  }
  const lineEnd = gitAttributes.includes("\r\n") ? "\r\n" : "\n";
  const gap = gitAttributes === "" || gitAttributes.endsWith("\n") ? "" : lineEnd;
  return { path: ".gitattributes", action: "append", content: `${gap}${line}${lineEnd}`, reason };
}

/** From the root on, and only this file: characters that mean something in a pattern are taken literally. */
function attributePattern(path: string): string {
  const literal = `/${path.replace(/[\\*?[]/g, "\\$&")}`;
  return /[\s"]/.test(literal) ? `"${literal.replace(/[\\"]/g, "\\$&")}"` : literal;
}

/** Settings that can be switched on lose their "#" and nothing else; prose has one space behind it. */
function configText({ schema, languages, tools }: InitFacts): string {
  const found = tools.filter(({ status }) => status === "found").map(({ id }) => id);
  const missing = tools.filter(({ status }) => status === "missing").map(({ id }) => id);
  const lines = [
    `# yaml-language-server: $schema=${schema}`,
    "",
    "# Settings of `codeflow check`. All of them are optional: without this file the same things are found.",
  ];
  if (languages.length > 0) {
    const named = languages.slice(0, 5).map(({ name, files }) => `${name} (${files})`);
    const rest = languages.length - named.length;
    lines.push(`# Files here: ${named.join(", ")}${rest > 0 ? ` and ${rest} more languages` : ""}.`);
  }
  if (found.length > 0) lines.push(`# This repository's own tools run at its own versions: ${found.join(", ")}.`);
  if (missing.length > 0) lines.push(`# Configured, but not installed on this machine: ${missing.join(", ")}.`);
  lines.push(
    "",
    "# fast: bundled analyzers, file by file. smart: also whole-project ones and quick tools. comprehensive: all that applies.",
    "profile: smart",
    "",
    "# Paths that are not looked at. Generated and vendored files are recognised without this.",
    '#exclude: ["test/fixtures/**"]',
    "",
    "# Severity by rule (error, warning, info, off); * matches within a name.",
    "#rules:",
    "#  markdown/*: off",
    "",
    "# A required tool makes the verdict incomplete where it is missing, instead of being left out.",
    "#analyzers:",
    ...(tools.length > 0 ? tools.map(({ id }) => id) : ["eslint"]).map((id) => `#  ${id}: { required: true }`),
    "",
    "# What must hold to pass. These two conditions are the default.",
    "#gate:",
    "#  - { metric: findings, of: new, where: { severity: error }, max: 0 }",
    "#  - { metric: findings, of: new, where: { analyzer: secrets }, max: 0 }",
    "",
  );
  return lines.join("\n");
}
