/** How a text file is stored: byte order mark and line endings. */
import type { RawFinding } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import { isTestInput } from "../paths/role.ts";

export function checkByteOrderMark(file: SourceFile): RawFinding[] {
  if (file.bomLength === 0 || isTestInput(file.path)) return [];
  const why = file.text.startsWith("#!")
    ? "the system does not see the `#!` behind it"
    : /\.php$/i.test(file.path) && file.text.startsWith("<?php")
      ? "PHP sends it before any header, and a `namespace` after it is an error"
      : /(?:^|\/)(?:package|composer|manifest)\.json$/.test(file.path)
        ? "JSON must not begin with one, and several parsers refuse it"
        : undefined;
  if (why === undefined) return [];
  return [
    {
      rule: "hygiene/byte-order-mark",
      message: `byte order mark at the start of the file: ${why}`,
      location: { path: file.path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
      suggestions: [
        {
          message: "Remove the byte order mark",
          safety: "safe",
          edits: [{ path: file.path, start: 0, end: file.bomLength, text: "" }],
        },
      ],
    },
  ];
}

/** Formats whose lines may end as they like, or in which each part has its own rule. */
const unjudged =
  /\.(?:patch|diff|eml|mbox|http|csv|tsv|ics|vcf|snap|svg|min\.\w+|map|pem|crt|key|bat|cmd|reg|inf|rtf|ps|eps|ai|pdf)$/i;

export function checkLineEndings(file: SourceFile): RawFinding[] {
  const { text } = file;
  const firstCrlf = text.indexOf("\r\n");
  if (firstCrlf === -1 || isTestInput(file.path)) return [];
  if (text.startsWith("#!") && text.indexOf("\n") === firstCrlf + 1) {
    return [
      {
        rule: "hygiene/crlf-shebang",
        message: "the `#!` line ends in CRLF: Linux and macOS find no interpreter of that name",
        location: file.lineLocation(1),
        suggestions: [
          {
            message: "End the line in LF",
            safety: "safe",
            edits: file.isUtf8 ? [file.edit(firstCrlf, firstCrlf + 1, "")] : [],
          },
        ].filter(({ edits }) => edits.length > 0) as RawFinding["suggestions"] & {},
      },
    ];
  }
  if (unjudged.test(file.path)) return [];
  let crlf = 0;
  let lf = 0;
  let firstLf = -1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    if (at > 0 && text.charCodeAt(at - 1) === 13) crlf++;
    else {
      lf++;
      if (firstLf === -1) firstLf = at;
    }
  }
  if (lf === 0) return [];
  const minority = crlf <= lf ? "CRLF" : "LF";
  const at = minority === "CRLF" ? firstCrlf : firstLf;
  return [
    {
      rule: "hygiene/mixed-line-endings",
      message: `${crlf} lines end in CRLF and ${lf} in LF; the first that ends in ${minority} is here`,
      location: file.lineLocation(file.position(at).line),
      // The file as a whole is what is wrong; the first odd line moves with every edit.
      anchor: "mixed-line-endings",
      data: { crlf, lf },
      ...suggestOneEnding(file, minority, Math.min(crlf, lf)),
    },
  ];
}

function suggestOneEnding(file: SourceFile, minority: "CRLF" | "LF", count: number): Pick<RawFinding, "suggestions"> {
  // More edits than this are an editor's or git's job (`git add --renormalize`).
  if (!file.isUtf8 || count > 500 || file.text.length > 1_000_000) return {};
  const edits = [];
  const { text } = file;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    const isCrlf = at > 0 && text.charCodeAt(at - 1) === 13;
    if (minority === "CRLF" && isCrlf) edits.push(file.edit(at - 1, at, ""));
    if (minority === "LF" && !isCrlf) edits.push(file.edit(at, at, "\r"));
  }
  // A line end inside a string or heredoc is part of its value.
  const to = minority === "CRLF" ? "LF" : "CRLF";
  return { suggestions: [{ message: `End every line in ${to}`, safety: "unsafe", edits }] };
}
