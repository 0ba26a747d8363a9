/** SARIF 2.1.0, shaped for GitHub's code scanning: its limits, its line hashes, no address of this machine. */
import type { CheckRun } from "../model/check-run.ts";
import type { Finding, Location, Suggestion } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import { activeFindings, worstFirst } from "./active-findings.ts";
import { toJson } from "./json-text.ts";
import { hashLines } from "./line-hash.ts";
import { describeRule } from "./sarif-rules.ts";
import { FileTexts } from "./text-positions.ts";
import { count, pathToUri } from "./wording.ts";

/** An upload with more results in a run is rejected; of these, code scanning shows the 5,000 that are worst. */
const maximumResults = 25_000;
const maximumRelated = 100;
/** Tool extensions a run, likewise. */
const maximumExtensions = 100;
const maximumMessage = 4000;

const levels = { error: "error", warning: "warning", info: "note" } as const;

export function render(run: CheckRun, context: ReportContext): string {
  const all = worstFirst(context.includeSuppressed === true ? run.findings : activeFindings(run));
  const findings = all.slice(0, maximumResults);
  const ruleIds = [...new Set(findings.map(({ rule }) => rule))].sort();
  const ruleIndex = new Map(ruleIds.map((id, index) => [id, index]));
  const texts = new FileTexts(context);
  const lineHash = lineHashes(context);

  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "CodeFlow",
            semanticVersion: run.codeflowVersion,
            rules: ruleIds.map((id) => describeRule(id, run, findings)),
          },
          extensions: extensions(run),
        },
        // What stands before the last slash is code scanning's category: the same in every run.
        automationDetails: { id: `codeflow/${run.id}` },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { "%SRCROOT%": { description: { text: "The root of the repository." } } },
        invocations: [invocation(run, all.length - findings.length)],
        results: findings.map((finding) => result(finding, ruleIndex, texts, lineHash)),
        properties: { verdict: run.verdict.status, profile: run.profile, scope: run.scope.kind },
      },
    ],
  };
  return `${toJson(log, 1)}\n`;
}

function extensions({ analyzers }: CheckRun): unknown[] {
  return analyzers
    .filter(({ status }) => status === "ran" || status === "cached")
    .slice(0, maximumExtensions)
    .map(({ id, version }) => ({ name: id, version }));
}

function invocation(run: CheckRun, hidden: number): unknown {
  const notifications = run.analyzers.flatMap((analyzer) => {
    if (analyzer.status !== "failed" && analyzer.status !== "skipped") return [];
    const level = analyzer.status === "failed" || analyzer.required ? "error" : "note";
    const text = `${analyzer.id} ${analyzer.status}: ${analyzer.reason ?? "no reason was given"}`;
    return [{ descriptor: { id: `analyzer-${analyzer.status}` }, level, message: { text: messageText(text) } }];
  });
  if (hidden > 0) {
    const text = `${count(hidden, "more finding")} left out: code scanning takes at most 25,000 results a run.`;
    notifications.push({ descriptor: { id: "results-left-out" }, level: "error", message: { text } });
  }
  for (const notice of run.notices) {
    notifications.push({ descriptor: { id: "notice" }, level: "note", message: { text: messageText(notice) } });
  }
  const end = new Date(Date.parse(run.startedAt) + run.durationMs);
  return {
    // A failed gate is a success of the tool; something that was not looked at is not.
    executionSuccessful: run.verdict.reasons.every(({ kind }) => kind !== "incomplete"),
    startTimeUtc: run.startedAt,
    ...(Number.isNaN(end.getTime()) ? {} : { endTimeUtc: end.toISOString() }),
    ...(notifications.length === 0 ? {} : { toolExecutionNotifications: notifications }),
  };
}

function result(
  finding: Finding,
  ruleIndex: ReadonlyMap<string, number>,
  texts: FileTexts,
  lineHash: (path: string, line: number) => string | undefined,
): unknown {
  const hash = lineHash(finding.location.path, finding.location.startLine);
  const fixes = (finding.suggestions ?? []).map((suggestion) => fix(suggestion, texts));
  return {
    ruleId: finding.rule,
    ruleIndex: ruleIndex.get(finding.rule),
    level: levels[finding.severity],
    message: { text: messageText(finding.message) },
    locations: [{ physicalLocation: physicalLocation(finding.location) }],
    fingerprints: { "codeflow/v1": finding.fingerprint },
    ...(hash === undefined ? {} : { partialFingerprints: { primaryLocationLineHash: hash } }),
    ...(finding.related === undefined
      ? {}
      : {
          relatedLocations: finding.related.slice(0, maximumRelated).map(({ location, message }, index) => ({
            id: index + 1,
            physicalLocation: physicalLocation(location),
            message: { text: messageText(message) },
          })),
        }),
    baselineState: finding.state === "fixed" ? "absent" : finding.state,
    ...(finding.suppressed === undefined ? {} : { suppressions: [suppression(finding.suppressed)] }),
    ...(fixes.length === 0 ? {} : { fixes }),
    properties: {
      category: finding.category,
      analyzer: finding.analyzer,
      analyzerVersion: finding.analyzerVersion,
      ...(finding.inChange === undefined ? {} : { inChange: finding.inChange }),
      ...(finding.data === undefined ? {} : { data: finding.data }),
    },
  };
}

function physicalLocation(location: Location): unknown {
  const startLine = Math.max(1, location.startLine);
  const endLine = Math.max(startLine, location.endLine);
  const startColumn = Math.max(1, location.startColumn);
  return {
    artifactLocation: artifact(location.path),
    region: {
      startLine,
      startColumn,
      endLine,
      endColumn: endLine === startLine ? Math.max(startColumn, location.endColumn) : Math.max(1, location.endColumn),
    },
  };
}

function artifact(path: string): unknown {
  return { uri: pathToUri(path), uriBaseId: "%SRCROOT%" };
}

function suppression({ kind, reason, location }: NonNullable<Finding["suppressed"]>): unknown {
  return {
    kind: kind === "inline" || kind === "tool" ? "inSource" : "external",
    status: "accepted",
    justification: `${kind}: ${reason}`,
    ...(location === undefined ? {} : { location: { physicalLocation: physicalLocation(location) } }),
  };
}

function fix({ message, safety, edits }: Suggestion, texts: FileTexts): unknown {
  const byPath = new Map<string, unknown[]>();
  for (const edit of edits) {
    // Bytes are exact; lines and columns are there too, for consumers that only know text.
    const range = texts.editRange(edit);
    const deletedRegion = { ...range, byteOffset: edit.start, byteLength: edit.end - edit.start };
    const replacement = { deletedRegion, insertedContent: { text: edit.text } };
    const replacements = byPath.get(edit.path);
    if (replacements === undefined) byPath.set(edit.path, [replacement]);
    else replacements.push(replacement);
  }
  return {
    description: { text: messageText(message) },
    artifactChanges: [...byPath].map(([path, replacements]) => ({ artifactLocation: artifact(path), replacements })),
    properties: { safety },
  };
}

/** `[text](1)` in a message is a link of SARIF's own: escaped, because ours never mean one. */
function messageText(text: string): string {
  const escaped = text.replace(/\[([^\][]*)\](?=\()/g, String.raw`\[$1\]`);
  const cut = escaped.length <= maximumMessage ? escaped : `${escaped.slice(0, maximumMessage - 1)}…`;
  return cut.trim() === "" ? "(no message)" : cut;
}

function lineHashes(context: ReportContext): (path: string, line: number) => string | undefined {
  const files = new Map<string, readonly string[] | undefined>();
  return (path, line) => {
    if (!files.has(path)) {
      const text = context.fileText?.(path);
      files.set(path, text === undefined ? undefined : hashLines(text));
    }
    return files.get(path)?.[line - 1];
  };
}
