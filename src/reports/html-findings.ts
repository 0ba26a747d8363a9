/** One finding on the page: its words, its rule, its code with the place marked, what goes with it. */
import type { Finding } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import { bestSuggestion } from "./active-findings.ts";
import { codeFrame, type FrameLine } from "./code-frame.ts";
import { escapeHtml, escapeMessage } from "./html-text.ts";
import { displayWidth } from "./visible-text.ts";
import { safeUrl } from "./wording.ts";

const frameWidth = 160;

export function findingItem(finding: Finding, context: ReportContext): string {
  const { severity, category, analyzer, rule, location, state, message } = finding;
  const url = safeUrl(finding.helpUrl);
  const ruleText = `<code>${escapeHtml(rule)}</code>`;
  const ruleLink =
    url === undefined ? ruleText : `<a href="${escapeHtml(url)}" rel="noopener noreferrer">${ruleText}</a>`;
  const place = `line ${location.startLine}, column ${location.startColumn}`;
  const extra = [
    state === "unchanged" ? "old" : undefined,
    finding.inChange === true ? "on a changed line" : undefined,
  ].filter((part) => part !== undefined);
  const parts = [
    `<div class="finding" data-severity="${severity}" data-category="${category}" data-analyzer="${escapeHtml(analyzer)}">`,
    `<p class="message"><span class="badge ${severity}">${severity}</span>${escapeMessage(message.trim())}</p>`,
    `<p class="meta">${[place, ruleLink, category, ...extra].join(" · ")}</p>`,
    frame(finding, context),
    ...(finding.related ?? []).map(
      (related) =>
        `<p class="more soft">see <code>${escapeHtml(related.location.path)}:${related.location.startLine}</code>: ${escapeMessage(related.message)}</p>`,
    ),
  ];
  const suggestion = bestSuggestion(finding);
  if (suggestion !== undefined) {
    const kind = suggestion.safety === "suggested" ? "Suggestion" : `Fix (${suggestion.safety})`;
    parts.push(`<p class="more fix">${kind}: ${escapeMessage(suggestion.message)}</p>`);
  }
  parts.push("</div>");
  return parts.filter((part) => part !== "").join("");
}

function frame(finding: Finding, context: ReportContext): string {
  const lines = codeFrame(finding.location, context.line, { width: frameWidth, context: 1 });
  if (lines === undefined) return "";
  // Scrolls when a line is long, hence reachable by keyboard.
  return `<pre tabindex="0">${lines.map((line) => frameLine(line, finding)).join("")}</pre>`;
}

function frameLine({ number, text, mark }: FrameLine, { severity }: Finding): string {
  if (mark === undefined) return `<span><i>${number}</i>${escapeHtml(text)}</span>`;
  const [before, marked, after] = cutColumns(text, mark.start, mark.length);
  return `<span><i>${number}</i>${escapeHtml(before)}<mark class="${severity}">${escapeHtml(marked === "" ? " " : marked)}</mark>${escapeHtml(after)}</span>`;
}

/** Splits by columns of display, in which the frame counts. */
function cutColumns(text: string, start: number, length: number): [string, string, string] {
  const parts: [string, string, string] = ["", "", ""];
  let column = 0;
  for (const character of text) {
    const part = column < start ? 0 : column < start + length ? 1 : 2;
    parts[part] += character;
    column += displayWidth(character);
  }
  return parts;
}
