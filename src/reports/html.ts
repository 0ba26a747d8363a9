/** One self-contained page: verdict, gate, plots, findings with their code, filters; nothing is fetched from anywhere. */
import { createHash } from "node:crypto";
import type { CheckRun } from "../model/check-run.ts";
import type { Finding } from "../model/finding.ts";
import { severities } from "../model/finding.ts";
import type { ReportContext } from "../model/report.ts";
import { activeFindings, countBy, groupByPath, worstFirst } from "./active-findings.ts";
import { findingItem } from "./html-findings.ts";
import { barPlot } from "./html-plots.ts";
import { script } from "./html-script.ts";
import { style } from "./html-style.ts";
import { escapeHtml } from "./html-text.ts";
import { redactSecrets } from "./redacted-lines.ts";
import {
  count,
  describeCondition,
  describeScope,
  describeThreshold,
  formatDuration,
  formatNumber,
  skippedFileReasons,
} from "./wording.ts";

/** Beyond this a browser gets slow and no person reads on. */
const defaultLimit = 5000;

export function render(run: CheckRun, given: ReportContext): string {
  const context = { ...given, line: redactSecrets(run, given.line) };
  const all = worstFirst(activeFindings(run));
  const shown = all.slice(0, context.limit ?? defaultLimit);
  const title = `${run.verdict.status}: ${count(all.length, "finding")}`;
  // Only this script and this style sheet may act, whatever a finding's text might smuggle in.
  const policy = `default-src 'none'; script-src ${hashSource(script)}; style-src ${hashSource(style)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>CodeFlow, ${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${header(run, all)}
<main>
${gate(run)}
${plots(all)}
${filters(all)}
<section aria-label="Findings">
${findingSections(shown, context)}
<p id="nothing" class="card soft" hidden>No finding fits these filters.</p>
${all.length > shown.length ? `<p class="card soft">${count(all.length - shown.length, "more finding")} left out of this page; the worst are here.</p>` : ""}
</section>
${analyzers(run)}
</main>
<footer>CodeFlow ${escapeHtml(run.codeflowVersion)}, run ${escapeHtml(run.id)}</footer>
<script>${script}</script>
</body>
</html>
`;
}

function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function header(run: CheckRun, all: readonly Finding[]): string {
  const { summary, verdict, repository } = run;
  const fresh = all.filter(({ state }) => state === "new").length;
  const tile = (value: number, label: string, kind = ""): string =>
    `<li class="${kind}"><b>${formatNumber(value)}</b>${label}</li>`;
  const where = [
    describeScope(run),
    repository.branch === undefined ? undefined : `branch ${repository.branch}`,
    repository.head === undefined ? undefined : `commit ${repository.head.slice(0, 10)}`,
    `profile ${run.profile}`,
    run.startedAt.replace("T", " ").replace(/(?:\.\d+)?Z$/, " UTC"),
    formatDuration(run.durationMs),
  ].filter((part) => part !== undefined);
  return `<header>
<p class="brand">CodeFlow check</p>
<h1><span class="verdict ${verdict.status}">${verdict.status}</span> ${all.length === 0 ? "no findings" : count(all.length, "finding")} in ${count(summary.files, "file")}</h1>
<p class="soft">${where.map(escapeHtml).join(" · ")}</p>
<ul class="tiles">
${severities.map((severity) => tile(all.filter((item) => item.severity === severity).length, severity === "info" ? "infos" : `${severity}s`, severity)).join("\n")}
${tile(fresh, "new")}
${tile(all.length - fresh, "old")}
${tile(summary.fixed, "fixed")}
${tile(summary.suppressed, "suppressed")}
</ul>
</header>`;
}

function gate({ verdict, notices }: CheckRun): string {
  const rows = verdict.conditions.map(({ condition, value, held }) => {
    const mark = held ? '<span class="held">✓ held</span>' : '<span class="unmet">✗ not met</span>';
    return `<tr><td class="gate">${mark}</td><td>${escapeHtml(describeCondition(condition))}</td><td class="number">${value === undefined ? "not measured" : formatNumber(value)}</td><td>${describeThreshold(condition)}</td></tr>`;
  });
  const incomplete = verdict.reasons.filter(({ kind }) => kind === "incomplete").map(({ message }) => message);
  const notes = [...incomplete.map((message) => `Incomplete: ${message}`), ...notices];
  if (rows.length === 0 && notes.length === 0) return "";
  const table = `<table><thead><tr><th scope="col">Gate</th><th scope="col">Condition</th><th scope="col" class="number">Value</th><th scope="col">Threshold</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
  return `<section class="card" aria-label="What decided the verdict">
<h2>What decided the verdict</h2>
${rows.length === 0 ? "" : table}
${notes.map((note) => `<p class="more">${escapeHtml(note)}</p>`).join("\n")}
</section>`;
}

function plots(all: readonly Finding[]): string {
  if (all.length === 0) return "";
  return `<section class="card" aria-label="Plots">
<div class="plots">
${barPlot(all, { title: "By severity", key: ({ severity }) => severity, rows: 3, order: severities })}
${barPlot(all, { title: "By category", key: ({ category }) => category, rows: 8 })}
${barPlot(all, { title: "By analyzer", key: ({ analyzer }) => analyzer, rows: 8 })}
${barPlot(all, { title: "Files with the most", key: ({ location }) => location.path, rows: 8, paths: true })}
</div>
<p class="legend">${severities.map((severity) => `<span class="${severity}"><i></i>${severity}</span>`).join("")}</p>
</section>`;
}

function filters(all: readonly Finding[]): string {
  const boxes = severities
    .map((value) => `<label><input type="checkbox" name="severity" value="${value}" checked> ${value}</label>`)
    .join("");
  const select = (name: string, label: string, key: (finding: Finding) => string): string => {
    const options = countBy(all, key).map(
      ([value, number]) =>
        `<option value="${escapeHtml(value)}">${escapeHtml(value)} (${formatNumber(number)})</option>`,
    );
    return `<select name="${name}" aria-label="${label}"><option value="">${label}: all</option>${options.join("")}</select>`;
  };
  return `<form id="filters" class="filters card" hidden aria-label="Filters">
<input type="search" name="text" placeholder="Text or rule" aria-label="Text">
<input type="search" name="path" placeholder="Path" aria-label="Path">
<fieldset><legend>Severity</legend>${boxes}</fieldset>
${select("category", "Category", ({ category }) => category)}
${select("analyzer", "Analyzer", ({ analyzer }) => analyzer)}
<button type="reset">Reset</button>
<output id="shown" aria-live="polite"></output>
</form>`;
}

function findingSections(shown: readonly Finding[], context: ReportContext): string {
  const sections: string[] = [];
  for (const [path, findings] of groupByPath(shown)) {
    const name = escapeHtml(path);
    const number = count(findings.length, "finding");
    const items = findings
      .toSorted(
        (a, b) => a.location.startLine - b.location.startLine || a.location.startColumn - b.location.startColumn,
      )
      .map((finding) => findingItem(finding, context));
    sections.push(
      `<article class="file" data-path="${name}"><h3><code>${name}</code><span data-all="${number}">${number}</span></h3>\n${items.join("\n")}\n</article>`,
    );
  }
  return sections.join("\n");
}

function analyzers(run: CheckRun): string {
  const rows = run.analyzers.map((analyzer) => {
    const time = analyzer.status === "ran" ? formatDuration(analyzer.durationMs) : "";
    const note =
      analyzer.reason ?? (analyzer.cachedFiles > 0 ? `${formatNumber(analyzer.cachedFiles)} from cache` : "");
    return `<tr><td>${escapeHtml(analyzer.id)} <span class="soft">${escapeHtml(analyzer.version)}</span></td><td>${analyzer.status}</td><td class="number">${formatNumber(analyzer.files)}</td><td class="number">${formatNumber(analyzer.findings)}</td><td class="number">${time}</td><td>${escapeHtml(note)}</td></tr>`;
  });
  const skipped = skippedFileReasons(run).map(([reason, files]) => `${count(files, "file")} not judged: ${reason}`);
  return `<details class="card"><summary>${count(run.analyzers.length, "analyzer")}</summary>
<table><thead><tr><th scope="col">Analyzer</th><th scope="col">Status</th><th scope="col" class="number">Files</th><th scope="col" class="number">Findings</th><th scope="col" class="number">Time</th><th scope="col">Note</th></tr></thead><tbody>${rows.join("")}</tbody></table>
${skipped.map((line) => `<p class="more">${escapeHtml(line)}</p>`).join("\n")}
</details>`;
}
