/** What nobody meant to commit: conflict markers, unseen characters, mixed line endings, misplaced byte order marks. */
import type { FileAnalyzer } from "../model/analyzer.ts";
import type { RuleDefinition } from "../model/rule.ts";

const rules: readonly RuleDefinition[] = [
  {
    id: "hygiene/conflict-marker",
    summary: "A merge conflict was committed unresolved.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "Both sides and the marker lines between them are in the file, which no language reads. Reported only where `<<<<<<<` and `>>>>>>>` stand in order at the start of lines; fenced examples in Markdown are left alone.",
  },
  {
    id: "hygiene/bidirectional-text",
    summary: "A bidirectional control character makes code look different from what compilers read.",
    category: "security",
    severity: "error",
    recommended: true,
    rationale:
      "The attack known as Trojan Source (CVE-2021-42574): an override or isolate that is never closed on its line reorders what is shown, so that a comment can look like code. Controls that are closed on their line, translations and lines with Arabic or Hebrew letters are left alone.",
    helpUrl: "https://trojansource.codes/",
  },
  {
    id: "hygiene/hidden-payload",
    summary: "A long run of invisible characters hides text or code.",
    category: "security",
    severity: "error",
    recommended: true,
    rationale:
      "Tags and variation selectors have been used to hide programs from reviewers and instructions from readers of prompts. There is no other reason for sixteen of them in a row.",
  },
  {
    id: "hygiene/invisible-character",
    summary: "An invisible character stands in code, outside of strings and comments.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale:
      "Zero-width spaces and fillers come in by copying from web pages; names that look alike are then different, and keys are not found.",
  },
  {
    id: "hygiene/byte-order-mark",
    summary: "A byte order mark stands where it breaks the file.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "Before `#!` the kernel no longer sees the interpreter; before `<?php` it is sent to the client ahead of the headers; JSON parsers must not accept it (RFC 8259). Elsewhere it is harmless and not reported.",
  },
  {
    id: "hygiene/crlf-shebang",
    summary: "A script's `#!` line ends in CRLF.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "Linux and macOS look for an interpreter whose name ends in a carriage return and find none. Paths whose line endings .gitattributes manages are left alone.",
  },
  {
    id: "hygiene/malformed-lfs-pointer",
    summary: "A Git LFS pointer cannot be read by git-lfs.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "A checkout then holds the few lines of the pointer instead of the file, and nothing says so. Mostly a merge or an editor changed it.",
    helpUrl: "https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md",
  },
  {
    id: "hygiene/mixed-line-endings",
    summary: "One file uses both LF and CRLF.",
    category: "maintainability",
    severity: "info",
    recommended: false,
    rationale:
      "Editors convert such files as a whole at some later edit, and the diff then shows every line. Paths whose line endings .gitattributes manages, test inputs and patches are left alone.",
  },
];

export const hygiene: FileAnalyzer = {
  kind: "file",
  id: "hygiene",
  summary: "Conflict markers, unseen characters, mixed line endings, misplaced byte order marks, broken LFS pointers.",
  version: "3",
  profile: "fast",
  rules,
  configFiles: [".gitattributes"],
  // A conflict or a hidden character is one wherever it stands.
  seesVendored: true,
  appliesTo: (file) => file.mode.startsWith("100"),
  load: async (context) => {
    const [{ checkCharacters, isCode }, { checkConflicts }, text, { readLineEndingAttributes }, { checkLfsPointer }] =
      await Promise.all([
        import("./hygiene/characters.ts"),
        import("./hygiene/conflicts.ts"),
        import("./hygiene/text.ts"),
        import("./hygiene/attributes.ts"),
        import("./hygiene/lfs-pointer.ts"),
      ]);
    const isManaged = readLineEndingAttributes(context.config);
    return {
      analyze: (file) => {
        if (file.bytes.subarray(0, 8_000).includes(0)) return [];
        return [
          ...checkConflicts(file),
          ...checkLfsPointer(file),
          ...text.checkByteOrderMark(file),
          ...(isCode(file.path) ? checkCharacters(file) : []),
          ...(isManaged(file.path) ? [] : text.checkLineEndings(file)),
        ];
      },
    };
  },
};
