/** The text of one finding's comment on a pull request. */
import type { AcceptedFinding } from "../../model/acceptance.ts";
import type { Finding } from "../../model/finding.ts";
import { findingKey, markerOf, withMarker } from "../../model/marker.ts";
import type { RuleDefinition } from "../../model/rule.ts";
import type { IssueLink } from "../../model/tracker.ts";
import { codeSpan, escapeMarkdown, link } from "../markdown-text.ts";
import { safeUrl } from "../wording.ts";

/** Whole lines of the head to be replaced; checked by the caller to apply, to parse and to lint clean. */
export interface LineSuggestion {
  readonly startLine: number;
  readonly endLine: number;
  /** Without a last line end; empty: the lines go. */
  readonly text: string;
}

const marks = { error: "🛑", warning: "⚠️", info: "ℹ️" } as const;
/** Behind it stands what changed since; it is replaced, never repeated. */
const goneLine = "\n\n---\n";

export interface CommentFacts {
  readonly rule: RuleDefinition | undefined;
  readonly suggestion: LineSuggestion | undefined;
  /** `lines 12 to 14`, for comments that cannot stand there. */
  readonly where: string | undefined;
  readonly issue?: IssueLink | undefined;
}

/** Under its marker; `withoutMarker` for verbs that put it there themselves. */
export function commentText(finding: Finding, { rule, suggestion, where, issue }: CommentFacts): string {
  const url = safeUrl(finding.helpUrl ?? rule?.helpUrl);
  const name = codeSpan(finding.rule);
  const parts = [
    `${marks[finding.severity]} ${escapeMarkdown(finding.message)}${where === undefined ? "" : ` (${where})`}`,
  ];
  if (suggestion !== undefined) parts.push(suggestionBlock(suggestion.text));
  const about = [finding.severity, url === undefined ? name : link(name, url), ...issueNote(issue)];
  parts.push(`<sub>${about.join(" · ")}</sub>`);
  return withMarker(parts.join("\n\n"), markerOf("thread", findingKey(finding)));
}

/** Of the tracker; none where there is no issue. */
export function issueNote(issue: IssueLink | undefined): string[] {
  const url = safeUrl(issue?.url);
  return issue === undefined || url === undefined ? [] : [`issue ${link(escapeMarkdown(issue.title), url)}`];
}

export function withoutMarker(text: string): string {
  return text.slice(text.indexOf("\n") + 1);
}

/** The fence is longer than any in the code, so that nothing in it ends it. */
function suggestionBlock(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}suggestion\n${text === "" ? "" : `${text}\n`}${fence}`;
}

/** The same comment once the finding is gone and the thread is not ours alone to close. */
export function goneText(body: string, head: string): string {
  return `${presentText(body)}${goneLine}Not found any more at ${head.slice(0, 10)}.`;
}

/** The same comment once somebody accepted its finding. */
export function acceptedText(body: string, { by, reason }: Pick<AcceptedFinding, "by" | "reason">): string {
  return `${presentText(body)}${goneLine}Accepted by ${codeSpan(by)}: ${escapeMarkdown(reason)}`;
}

/** Without what was put below it later. */
export function presentText(body: string): string {
  const at = Math.max(
    ...["Not found any more at ", "Accepted by `"].map((start) => body.lastIndexOf(`${goneLine}${start}`)),
  );
  return at < 0 ? body : body.slice(0, at);
}
