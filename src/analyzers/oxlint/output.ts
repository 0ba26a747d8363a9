/** Turns oxlint's JSON into findings, and leaves out what is no fault of the file. */
import type { Category, Location, RawFinding, Severity } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { oxlintRules, syntaxRule } from "./rules.ts";

export interface OxlintDiagnostic {
  readonly message: string;
  readonly code?: string;
  readonly severity?: string;
  readonly url?: string;
  readonly help?: string;
  readonly filename?: string;
  readonly labels?: readonly OxlintLabel[];
}

interface OxlintLabel {
  readonly label?: string;
  /** Bytes from the file's start, a BOM included. */
  readonly span?: { readonly offset: number; readonly length: number };
}

/** Undefined when it is not what oxlint prints. */
export function parseOutput(stdout: string): readonly OxlintDiagnostic[] | undefined {
  let data: unknown;
  try {
    data = JSON.parse(stdout);
  } catch {
    // Text such as "Failed to parse oxlint configuration file": the caller reports it.
    return undefined;
  }
  const diagnostics = (data as { diagnostics?: unknown } | null)?.diagnostics;
  return Array.isArray(diagnostics) ? (diagnostics as OxlintDiagnostic[]) : undefined;
}

const byId = new Map(oxlintRules.map((rule) => [rule.id, rule]));
/** These name the declaration first; the fault lies where it is overwritten. */
const reportsLastLabel = new Set(
  [
    "no-const-assign",
    "no-class-assign",
    "no-func-assign",
    "no-import-assign",
    "no-self-assign",
    "no-dupe-class-members",
  ].map((rule) => `oxlint/${rule}`),
);

/** `eslint(no-debugger)` is `oxlint/no-debugger`, `typescript(no-this-alias)` is `oxlint/typescript/no-this-alias`. */
export function ruleId(code: string): string {
  const match = /^([\w-]+)\(([\w/-]+)\)$/.exec(code);
  if (match === null) return `oxlint/${code}`;
  const scope = match[1] === "react-hooks" || match[1] === "react-hooks-js" ? "react" : match[1];
  return scope === "eslint" ? `oxlint/${match[2]}` : `oxlint/${scope}/${match[2]}`;
}

/** `configured`: the repository chose the rules and their severities, so nothing is left out. */
export function toFinding(
  diagnostic: OxlintDiagnostic,
  source: SourceFile,
  configured: boolean,
): RawFinding | undefined {
  const rule = diagnostic.code === undefined ? syntaxRule : ruleId(diagnostic.code);
  if (!configured && isExpected(rule, diagnostic, source)) return undefined;
  const spans = (diagnostic.labels ?? []).filter((label) => label.span !== undefined);
  const main = reportsLastLabel.has(rule) ? spans.at(-1) : spans[0];
  const definition = byId.get(rule);
  return {
    rule,
    message: messageOf(diagnostic, rule),
    location: locationOf(main, source),
    severity: configured ? severityOf(diagnostic) : (definition?.severity ?? severityOf(diagnostic)),
    ...(definition === undefined ? { category: categoryOf(rule) } : {}),
    ...(diagnostic.url === undefined ? {} : { helpUrl: diagnostic.url }),
    ...(spans.length > 1
      ? {
          related: spans
            .filter((label) => label !== main)
            .map((label) => ({ location: locationOf(label, source), message: label.label ?? "see here" })),
        }
      : {}),
  };
}

function messageOf(diagnostic: OxlintDiagnostic, rule: string): string {
  let message = diagnostic.message.trim();
  if (rule === "oxlint/no-unused-vars") message = message.replace(/ Unused \w+ should (match|start with) .*$/s, "");
  if (!/[.!?]$/.test(message)) message += ".";
  const help = diagnostic.help?.trim();
  return help === undefined || help === "" ? message : `${message} ${/[.!?]$/.test(help) ? help : `${help}.`}`;
}

function locationOf(label: OxlintLabel | undefined, source: SourceFile): Location {
  const span = label?.span;
  if (span === undefined) return source.lineLocation(1);
  return source.location(source.offsetOfByte(span.offset), source.offsetOfByte(span.offset + span.length));
}

function severityOf(diagnostic: OxlintDiagnostic): Severity {
  return diagnostic.severity === "error" ? "error" : diagnostic.severity === "advice" ? "info" : "warning";
}

/** Rules that only a repository's own configuration turns on. */
function categoryOf(rule: string): Category {
  if (/^oxlint\/(jest|vitest)\//.test(rule)) return "test";
  if (rule.startsWith("oxlint/jsdoc/")) return "documentation";
  if (rule.startsWith("oxlint/react-perf/")) return "performance";
  if (/no-eval|no-implied-eval|script-url|no-danger$|no-new-func/.test(rule)) return "security";
  return "maintainability";
}

/** What a maintainer would wave away: the code is meant to be so, or the rule cannot know. */
function isExpected(rule: string, diagnostic: OxlintDiagnostic, source: SourceFile): boolean {
  if (rule === "oxlint/no-unused-vars") {
    if (isDemonstration(source.path)) return true;
    const isImport = diagnostic.message.startsWith("Identifier ");
    // In a script that is no module, a top-level name is there for other scripts and for HTML.
    if (!isImport && !isModule(source.text) && isTopLevel(diagnostic, source)) return true;
    // Type tests and test set-up declare values for their types or their effect.
    if (!isImport && isTest(source.path)) return true;
    // The other half of `h`: `<>…</>` is compiled to it.
    if (diagnostic.message.includes("'Fragment'") && source.text.includes("<>")) return true;
    const span = diagnostic.labels?.[0]?.span;
    // `T extends [...infer Head, infer Last]`: a conditional type must name what it does not use.
    if (span !== undefined) {
      const start = source.offsetOfByte(span.offset);
      if (source.text.slice(Math.max(0, start - 6), start) === "infer ") return true;
      // `for (const [name, watcher] of watchers)`: the first of a pair has to be named.
      if (/^\s*(?:for\s*\()?(?:const|let|var)\s*\[/.test(source.line(source.position(start).line))) return true;
      // `var list = new List(element)` and `const table = $("#list").DataTable()` are called for their effect.
      if (
        /^\w+\s*=\s*(?:await\s|new\s|(?:jQuery|\$)\(|[\w.$]*\b(?:init|create|set|start|open|add|register|render|mount|bind|attach)\w*\()/i.test(
          source.text.slice(start, start + 200),
        )
      )
        return true;
    }
  }
  const line = lineOf(diagnostic, source);
  // Svelte sees only assignments: `list.push(x); list = list;` is how its page learns of the change.
  if (rule === "oxlint/no-self-assign" && source.path.endsWith(".svelte")) return true;
  // JScript of Windows' hosts sets properties that take arguments: `record.StringData(1) = text`.
  if (rule === syntaxRule && /\)\s*=[^=]/.test(line) && /\b(?:Session\.|WScript\b|ActiveXObject\b)/.test(source.text))
    return true;
  // Solid assigns it: `<div ref={element}>`.
  if (rule === "oxlint/no-unassigned-vars") {
    const name = /'(\w+)'/.exec(diagnostic.message)?.[1];
    if (name !== undefined && new RegExp(String.raw`\b(?:ref|bind:this)=\{${name}\}`).test(source.text)) return true;
  }
  // Without an `await` outside `try` nothing is thrown that the promise would not tell.
  if (rule === "oxlint/no-async-promise-executor" && !awaitsUnguarded(textAfter(diagnostic, source, 20_000)))
    return true;
  // `(list || [])?.map(…)` always has something to ask.
  if (rule === "oxlint/no-unsafe-optional-chaining" && /(?:\|\||\?\?)\s*(?:\[\]|\{\})\s*\)\?\./.test(line)) return true;
  // The condition around it has asked already.
  if (rule === "oxlint/no-unsafe-optional-chaining" && isAskedBefore(diagnostic, source, line)) return true;
  // Flow, or TypeScript that Babel takes out of a `.js` file.
  if ((rule === syntaxRule || rule.startsWith("oxlint/TS/")) && hasTypes(source, line)) return true;
  // `x !== x` is how NaN is recognised.
  if (rule === "oxlint/no-self-compare" && line.includes("!=")) return true;
  if (rule === "oxlint/no-cond-assign") return !looksLikeComparison(diagnostic, source);
  // `if (false && …)` switches code off, `true ||` on: no oversight.
  if (rule === "oxlint/no-constant-binary-expression" && /\bfalse\s*&&|\btrue\s*\|\|/.test(line)) return true;
  // Said to the linter that was there before.
  if (/\bjshint\s+ignore:line\b/.test(line)) return true;
  // `alert = window.alert = …` replaces it and knows.
  if (rule === "oxlint/no-global-assign" && /=\s*window\./.test(line)) return true;
  // `name && name` is more than needed, and right.
  if (rule === "oxlint/oxc/const-comparisons" && diagnostic.message.startsWith("Both sides")) return true;
  // Pages of a documentation bring scripts along; what an example cannot parse it shows.
  if (rule === syntaxRule && isDemonstration(source.path)) return true;
  if (
    rule !== syntaxRule &&
    /(?:^|\/)(?:docs?|documentation)\/.*legacy|legacy[-_]?(?:docs?|documentation)\//.test(source.path)
  )
    return true;
  if (expectedInTests.has(rule) && isTest(source.path)) return true;
  // `a === b !== !!c`: one of two, and said with booleans.
  if (rule === "oxlint/oxc/bad-comparison-sequence" && /[!=]==?\s*!/.test(line)) return true;
  // `import * as bootstrap from "bootstrap"` runs the module, and bundlers keep it.
  if (rule === "oxlint/no-unused-vars" && /^\s*import\s+\*\s+as\s/.test(line) && !/from\s*["'][./]/.test(line))
    return true;
  // `!a !== !b` compares what is there with what is there.
  if (
    rule === "oxlint/unicorn/no-negation-in-equality-check" &&
    /![\w.$[\]()]+\s*[!=]==?\s*(?:!|true\b|false\b)/.test(line)
  )
    return true;
  // oxlint does not see a call inside `try` or a branch: `map = super(options)`.
  if (rule === "oxlint/constructor-super" && /\bsuper\s*\(/.test(textAfter(diagnostic, source, 1_500))) return true;
  // By its name alone nothing is a hook, and not every component begins with a capital.
  if (rule === "oxlint/react/rules-of-hooks" && !/conditionally|more than once|loop/.test(diagnostic.message))
    return true;
  if (rule === "oxlint/no-unassigned-vars" && source.path.endsWith(".d.ts")) return true;
  // `match ?? [, "default"]`: the whole match is left out.
  if (rule === "oxlint/no-sparse-arrays" && /\[\s*,/.test(line)) return true;
  // `return;` at the top switches a function off.
  if (rule === "oxlint/no-unreachable" && isSwitchedOff(diagnostic, source)) return true;
  // Meteor's compiler takes imports inside blocks.
  if (rule === syntaxRule && diagnostic.message.startsWith("'import statement'") && source.text.includes("Meteor"))
    return true;
  // `return x; break;` is a habit in switches, and without effect.
  if (rule === "oxlint/no-unreachable" && /^\s*break;?\s*(?:\/\/.*)?$/.test(line)) return true;
  // The elements of a literal do not move; a component that takes them as a property often gives the keys itself.
  if (rule === "oxlint/react/jsx-key" && diagnostic.message.includes("in array")) return true;
  // A library's frame, put together with its body by the build: `banner.start.js`, `wrapper.end.js`, `intro.js`.
  if (rule === syntaxRule && frame.test(source.path)) return true;
  if (rule.startsWith("oxlint/react/") && reactOnly.has(rule)) return !usesReact(source.text);
  return false;
}

/** A test that throws there has failed, as it should; and tests do on purpose what must be refused. */
const expectedInTests = new Set(
  [
    "no-unsafe-optional-chaining",
    "no-unreachable",
    "no-global-assign",
    "no-import-assign",
    "unicorn/no-invalid-fetch-options",
  ].map((rule) => `oxlint/${rule}`),
);

/** `text` begins at the executor; its braces are counted without looking into strings, which rarely hold a lone one. */
function awaitsUnguarded(text: string): boolean {
  let depth = 0;
  const guarded: number[] = [];
  for (const match of text.matchAll(/\btry\s*\{|[{}]|\bawait\b/g)) {
    if (match[0] === "await") {
      if (depth > 0 && guarded.length === 0) return true;
    } else if (match[0] === "}") {
      if (guarded.at(-1) === depth) guarded.pop();
      if (--depth <= 0) return false;
    } else {
      depth++;
      if (match[0].startsWith("try")) guarded.push(depth);
    }
  }
  return false;
}

function isAskedBefore(diagnostic: OxlintDiagnostic, source: SourceFile, line: string): boolean {
  const span = diagnostic.labels?.[0]?.span;
  const chain = /[\w$]+(?:\?\.[\w$]+)+/.exec(line.slice(line.indexOf("?.") < 0 ? 0 : line.search(/[\w$.]+\?\./)))?.[0];
  if (span === undefined || chain === undefined) return false;
  const start = source.offsetOfByte(span.offset);
  const before = source.text.slice(Math.max(0, start - 300), start);
  return (
    before.includes(`if (${chain})`) ||
    before.includes(`if (!${chain})`) ||
    // `typeof a?.b === "object" && a?.b !== null && "id" in a?.b`
    before.includes(`${chain} !== null`) ||
    before.includes(`typeof ${chain} ===`) ||
    before.includes(`${chain.slice(0, chain.indexOf("?."))} instanceof `)
  );
}

function hasTypes(source: SourceFile, line: string): boolean {
  if (!/\.[cm]?jsx?$/.test(source.path)) return false;
  return (
    /^\s*(?:\/\*+|\*|\/\/)\s*@flow\b/m.test(source.text.slice(0, 2_000)) ||
    /[\w)\]}?]\s*:\s*(?:any|string|number|boolean|unknown|void|never|mixed|null|undefined|[A-Z]\w*(?:<|\[|\s*[,)={|&])|\{|\()|\bas\s+\w|\w<[\w\s,]+>\(|^\s*(?:import|export)\s+type\b|^\s*(?:interface|type|enum|declare)\s+\w/.test(
      line,
    )
  );
}

const frame =
  /(?:^|[/._-])(?:banner|wrapper|intro|outro|prefix|suffix|prologue|epilogue|header|footer|start|end)(?:[._-](?:start|end|before|after))?\.[cm]?js$/;

/** `while (match = next())` and `if (found = find())` are idioms; `if (state = 1)` is not. */
function looksLikeComparison(diagnostic: OxlintDiagnostic, source: SourceFile): boolean {
  const span = diagnostic.labels?.[0]?.span;
  if (span === undefined) return true;
  // The span is the operator.
  const start = source.offsetOfByte(span.offset);
  const before = source.text.slice(Math.max(0, start - 200), start);
  const after = source.text.slice(start, start + 200);
  return (
    !/\b(?:while|for)\s*\([^{}]*$/.test(before) && /^=\s*(?:["'`][^"'`\n]*["'`]|[\w.]+)\s*(?:\)|&&|\|\|)/.test(after)
  );
}

function isSwitchedOff(diagnostic: OxlintDiagnostic, source: SourceFile): boolean {
  const span = diagnostic.labels?.[0]?.span;
  if (span === undefined) return false;
  const start = source.offsetOfByte(span.offset);
  // What throws that it is disabled keeps the rest for the day when it is not.
  if (
    /\bthrow\s[^;{}]*(?:\{[^{}]*\})?[^;{}]*(?:disabled|not (?:yet )?(?:implemented|supported|available)|deprecated)[^;]*;\s*(?:[^;{}]*;\s*)?$/i.test(
      source.text.slice(Math.max(0, start - 300), start),
    )
  )
    return true;
  return /\breturn;(?:\s|\/\/[^\n]*\n|let [^\n]*\n|const [^\n]*\n)*$/.test(
    source.text.slice(Math.max(0, start - 300), start),
  );
}

function textAfter(diagnostic: OxlintDiagnostic, source: SourceFile, length: number): string {
  const span = diagnostic.labels?.[0]?.span;
  if (span === undefined) return "";
  const start = source.offsetOfByte(span.offset);
  return source.text.slice(start, start + length);
}

function lineOf(diagnostic: OxlintDiagnostic, source: SourceFile): string {
  const span = diagnostic.labels?.[0]?.span;
  return span === undefined ? "" : source.line(source.position(source.offsetOfByte(span.offset)).line);
}

function isTopLevel(diagnostic: OxlintDiagnostic, source: SourceFile): boolean {
  return /^(?:async\s+)?(?:function|var|let|const|class)\b/.test(lineOf(diagnostic, source));
}

function isModule(text: string): boolean {
  return /^[ \t]*(?:import|export)\b|\brequire\(|\bmodule\.exports\b|\bexports\./m.test(text);
}

const reactOnly = new Set(
  ["jsx-key", "rules-of-hooks", "no-direct-mutation-state", "no-danger-with-children"].map((r) => `oxlint/react/${r}`),
);

/** Solid, Vue and others share JSX and the names of hooks, not React's rules. */
function usesReact(text: string): boolean {
  return /(?:from|require\()\s*["'](?:react|preact|next|@types\/react)(?:["'/-])/.test(text);
}

function isDemonstration(path: string): boolean {
  return /(?:^|\/)(?:examples?|playgrounds?|demos?|samples?|benchmarks?|bench|sandbox)\//i.test(path);
}

function isTest(path: string): boolean {
  return (
    /(?:^|\/)(?:tests?|__tests__|specs?|integration|typings|dts-test|type-tests?|e2e|cypress)\//i.test(path) ||
    /\.(?:test|spec|test-d|cy|stories)\.[cm]?[jt]sx?$/.test(path)
  );
}
