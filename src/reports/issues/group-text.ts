/** What an issue about a group of findings says: its title and its Markdown. */
import { type Finding, severities } from "../../model/finding.ts";
import { type IssueLink, type Priority, seenWord } from "../../model/tracker.ts";
import { codeSpan, escapeCell, escapeMarkdown, link } from "../markdown-text.ts";
import { count, formatNumber, safeUrl } from "../wording.ts";
import type { FindingGroup } from "./plan-issues.ts";

/** Rows of the table; a tracker's page with more is read by nobody. */
const maxRows = 50;
const maxMessage = 200;
const maxTitle = 200;

/** Without a count: a title that changed with every push would be a notice at every push. */
export function titleOf({ by, name, findings }: FindingGroup): string {
  const [first] = findings;
  if (name === undefined) return by === "rule" ? "Findings of other rules" : `Findings in other ${by}s`;
  if (by === "file") return cut(`Findings in ${name}`, maxTitle);
  if (by === "package") return cut(name === "." ? "Findings in the root package" : `Findings in ${name}/`, maxTitle);
  const isAlone = findings.length === 1 || findings.every(({ message }) => message === first?.message);
  const said = oneLine(first?.message ?? "");
  return cut(isAlone && said !== "" ? `${name}: ${said}` : `${name}: findings of this rule`, maxTitle);
}

/** Where the findings are on the code host. */
export interface GroupPlaces {
  readonly linkOf?: (finding: Finding) => string | undefined;
  /** The commit, the pull request, the run. */
  readonly seenAt?: readonly IssueLink[];
}

export function groupBody(group: FindingGroup, priority: Priority, { linkOf, seenAt = [] }: GroupPlaces = {}): string {
  const { by, name, findings } = group;
  const files = new Set(findings.map(({ location }) => location.path)).size;
  const bySeverity = severities
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => count(number, severity));
  const what = name === undefined ? "" : by === "package" && name === "." ? "" : ` ${codeSpan(name)}:`;
  const help = by === "rule" && name !== undefined ? findings.find(({ helpUrl }) => helpUrl !== undefined) : undefined;
  const shown = findings.slice(0, maxRows);
  const hidden = findings.length - shown.length;
  const withRule = by !== "rule" || name === undefined;
  return [
    `CodeFlow found${what} ${count(findings.length, "finding")} in ${count(files, "file")} (${bySeverity.join(", ")}). Priority: ${priority}.`,
    ...(help?.helpUrl === undefined ? [] : ["", link("What the rule is about", help.helpUrl)]),
    "",
    withRule ? "| | Where | Rule | What |" : "| | Where | What |",
    withRule ? "|---|---|---|---|" : "|---|---|---|",
    ...shown.map((finding) => row(finding, withRule, linkOf?.(finding))),
    ...(hidden === 0 ? [] : ["", hiddenNote(hidden, findings.slice(maxRows))]),
    ...(seenAt.length === 0 ? [] : ["", seenLine(seenAt)]),
    "",
    escapeMarkdown("This text is kept up to date, and the issue is closed when nothing of it is found any more.") +
      " Close it as not planned when it shall stay as it is.",
  ].join("\n");
}

function seenLine(links: readonly IssueLink[]): string {
  const shown = links.map(({ title, url }) => {
    const address = safeUrl(url);
    return address === undefined ? escapeMarkdown(title) : link(escapeMarkdown(title), address);
  });
  return `${seenWord} ${shown.join(", ")}`;
}

/** Whether the text names every file of its group. */
export function namesEveryFile(body: string): boolean {
  return !body.includes(hiddenMark);
}

/** Whether the text has a row of this file. */
export function namesFile(body: string, path: string): boolean {
  return body.includes(escapeCell(path)) || body.includes(path);
}

const hiddenMark = "not shown here";

function hiddenNote(hidden: number, rest: readonly Finding[]): string {
  const files = new Set(rest.map(({ location }) => location.path)).size;
  return `${formatNumber(hidden)} more in ${count(files, "file")} are ${hiddenMark}: \`codeflow check\` lists them.`;
}

function row(finding: Finding, withRule: boolean, url: string | undefined): string {
  const { severity, location, rule, message } = finding;
  const place = `${location.path}:${location.startLine}`;
  const where = url === undefined ? escapeCell(place) : link(place, url).replaceAll("|", "\\|");
  const cells = [
    severity,
    where,
    ...(withRule ? [escapeCell(rule)] : []),
    escapeCell(cut(oneLine(message), maxMessage)),
  ];
  return `| ${cells.join(" | ")} |`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function cut(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("")}…`;
}
