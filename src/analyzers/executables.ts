/** Scripts and the executable bit: what cannot be started as it is meant to be. */
import type { FileEntry, ProjectAnalyzer } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";

const rules: readonly RuleDefinition[] = [
  {
    id: "executables/not-executable",
    summary: "A script begins with `#!` and is not executable, unlike all others beside it.",
    category: "correctness",
    severity: "warning",
    // A shell, an interpreter or `source` is how most of them are started.
    recommended: false,
    rationale:
      "Started by its name it fails with `Permission denied`. Reported only where at least two other scripts of the directory begin with `#!`, and all of them are executable; what is named like a library to be sourced, and inputs of tests, are left alone. `git update-index --chmod=+x FILE` mends it on every system.",
  },
  {
    id: "executables/no-interpreter",
    summary: "An executable script does not say what runs it.",
    category: "correctness",
    severity: "warning",
    // Every shell runs it all the same, as its own language.
    recommended: false,
    rationale:
      "Without a `#!` line the kernel refuses it (`Exec format error`); only a shell that happens to start it guesses, and runs it as its own language. Reported for shell scripts, and for scripts in `bin`, `scripts`, `tools`, `hooks` and the like.",
  },
  {
    id: "executables/needless-bit",
    summary: "A text that is no program is executable.",
    category: "maintainability",
    severity: "info",
    // Harmless, and copies from Windows shares have it everywhere.
    recommended: false,
    rationale:
      "The bit was set by a copy from a file system without it; `git update-index --chmod=-x FILE` takes it away.",
  },
];

/** What the first line says. */
interface Facts {
  readonly hasInterpreter: boolean;
}

const shellScript = /\.(?:sh|bash|zsh|ksh)$/;
/** Folders whose files are there to be started. */
const programFolder = /(?:^|\/)(?:s?bin|scripts?|tools|hooks|libexec)\/(?:[^/]+\/)*[^/]+$/;
const programName = /(?:^|\/)(?:[^./]+|[^/]+\.(?:py|rb|pl|js|mjs|cjs|php))$/;
/** Texts without an extension that nobody starts. */
const notPrograms =
  /(?:^|\/)(?:LICEN[CS]E|COPYING|NOTICE|README|AUTHORS|CHANGELOG|CHANGES|NEWS|TODO|VERSION|Makefile|GNUmakefile|Dockerfile|Containerfile|Vagrantfile|Jenkinsfile|Procfile|Gemfile|Rakefile|Brewfile|CODEOWNERS|__init__\.py)$/i;
/** Read by other scripts with `source`; a `#!` line there is for editors. */
const sourced =
  /(?:^|\/)(?:[^/]*[-_.])?(?:libs?|includes?|common|functions?|funcs?|utils?|utilities|helpers?|env|environment|config|conf|settings|vars|variables|constants|defaults|completions?|profile|shared|setup[-_]env|activate)(?:[-_.][^/]*)?(?:\/|$)/i;
/** The same in one word: `shellHelpers.sh`. */
const sourcedWord = /(?:Lib|Common|Functions?|Utils?|Helpers?|Env|Config|Vars)\.\w+$/;
const example =
  /(?:^|\/)(?:[^/]*[-_])?(?:tests?|__tests__|specs?|testdata|fixtures?|__fixtures__|examples?|samples?|templates?|docs?)(?:[-_][^/]*)?\//i;

function isScript(path: string): boolean {
  return shellScript.test(path) || (programFolder.test(path) && programName.test(path) && !notPrograms.test(path));
}

export const executables: ProjectAnalyzer<unknown, Facts> = {
  kind: "project",
  id: "executables",
  summary: "Scripts that cannot be started: the executable bit or the `#!` line is missing.",
  version: "1",
  profile: "fast",
  rules,
  appliesTo: ({ mode, path }: FileEntry) => mode === "100755" || (mode === "100644" && isScript(path)),
  load: async () => ({
    extract: ({ text }) =>
      // `#![…]` begins a Rust file.
      text.trim() === "" ? undefined : { hasInterpreter: /^#!(?!\[)/.test(text) },
  }),
  combine: ({ facts, executables: executable = new Set() }) => {
    const scripts = [...facts]
      .filter(([path, { hasInterpreter }]) => hasInterpreter && !sourced.test(path) && !sourcedWord.test(path))
      .map(([path]) => path);
    const byDirectory = Map.groupBy(scripts, (path) => path.slice(0, path.lastIndexOf("/") + 1));
    const findings: RawFinding[] = [];
    for (const [path, { hasInterpreter }] of facts) {
      if (example.test(path)) continue;
      if (hasInterpreter) {
        const among = byDirectory.get(path.slice(0, path.lastIndexOf("/") + 1)) ?? [];
        const others = among.filter((other) => other !== path);
        const isOdd = among.length > others.length && others.length >= 2 && others.every((one) => executable.has(one));
        if (executable.has(path) || !isOdd) continue;
        findings.push({
          rule: "executables/not-executable",
          message: `not executable, unlike the ${others.length} other scripts of its directory: git update-index --chmod=+x`,
          location: { path, startLine: 1, startColumn: 1, endLine: 2, endColumn: 1 },
          anchor: "mode",
        });
      } else if (executable.has(path)) {
        findings.push({
          rule: isScript(path) ? "executables/no-interpreter" : "executables/needless-bit",
          message: isScript(path)
            ? "executable, but without a `#!` line that says what runs it"
            : "executable, but it is no program: git update-index --chmod=-x",
          location: { path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
          anchor: "mode",
        });
      }
    }
    return { findings };
  },
};
