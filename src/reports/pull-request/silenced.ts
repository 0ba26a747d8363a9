/** What a change itself keeps from being told: findings under comments that it adds, and added comments that turn tools off. */
import type { Change, ChangedFile } from "../../model/change.ts";
import type { CheckRun } from "../../model/check-run.ts";
import { type Finding, isHiddenByChange } from "../../model/finding.ts";
import { codeSpan, escapeCell, escapeMarkdown } from "../markdown-text.ts";
import { count, formatNumber } from "../wording.ts";

interface AddedComment {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

const shownRows = 25;

/**
 * Words of other tools, behind what begins a comment. What they hide those tools do not say, so the comments themselves
 * are told. Not ours, and not those of secret scanners: what they hide is known.
 */
const silencer =
  /(?:#|\/\/|\/\*|^\s*\*|<!--|--|;)\s*((?:(?:ruff|flake8): ?)?noqa\b|type: ?ignore\b|pyright: ?ignore\b|mypy: ?ignore-errors\b|pylint: ?disable\b|nosec\b|nosemgrep\b|(?:es|ox|ts|style|swift|markdown)lint[-:]disable\b|biome-ignore\b|@ts-(?:ignore|nocheck|expect-error)\b|NOLINT|nolint\b|NOSONAR\b|shellcheck +disable\b|hadolint +(?:global +)?ignore\b|rubocop:disable\b|phpstan-ignore|phpcs:(?:ignore|disable)\b|yamllint +disable\b|zizmor: ?ignore\b|ktlint-disable\b|noinspection\b|lint:ignore\b|trivy:ignore\b|tfsec:ignore\b|checkov:skip\b)[^\n]{0,120}/;

/** Comments that moved within their file are not added. */
export function addedSilencers(change: Pick<Change, "files">): AddedComment[] {
  return change.files.flatMap((file) => {
    const gone = linesOf(file, "-").flatMap(({ text }) => silencer.exec(text)?.[0].trim() ?? []);
    return linesOf(file, "+").flatMap(({ text, line }) => {
      const found = silencer.exec(text)?.[0].trim();
      if (found === undefined) return [];
      const moved = gone.indexOf(found);
      if (moved >= 0) gone.splice(moved, 1);
      return moved >= 0 ? [] : [{ path: file.path, line, text: found }];
    });
  });
}

/** Lines of one side that the other lacks; numbers are those of the new file. */
function linesOf({ hunks = [] }: ChangedFile, side: "+" | "-"): { readonly text: string; readonly line: number }[] {
  return hunks.flatMap(({ newStart, lines }) => {
    let line = newStart;
    return lines.flatMap((each) => {
      const at = line;
      if (each.startsWith("+") || each.startsWith(" ")) line++;
      return each.startsWith(side) ? [{ text: each.slice(1), line: at }] : [];
    });
  });
}

/** Sentences with their lists folded; empty when nothing is kept from being told. Of an unknown change only findings. */
export function silencedParts(run: CheckRun, change: Pick<Change, "files"> | undefined): string[] {
  const suppressed: readonly Finding[] = run.findings.filter(isHiddenByChange);
  const comments = change === undefined ? [] : addedSilencers(change);
  const parts: string[] = [];
  if (suppressed.length > 0) {
    const rows = suppressed
      .slice(0, shownRows)
      .map(
        ({ rule, severity, location, suppressed: by }) =>
          `| ${severity} | ${escapeCell(rule)} | ${escapeCell(`${location.path}:${location.startLine}`)} | ${escapeCell(by?.reason ?? "")} |`,
      );
    const table = ["| | rule | where | reason |", "|---|---|---|---|", ...rows].join("\n");
    parts.push(fold(suppressedSentence(suppressed.length), table, suppressed.length - rows.length));
  }
  if (comments.length > 0) {
    const items = comments
      .slice(0, shownRows)
      .map(({ path, line, text }) => `- ${escapeMarkdown(`${path}:${line}`)}: ${codeSpan(text)}`);
    const title = `${count(comments.length, "comment")} that this change adds ${comments.length === 1 ? "turns" : "turn"} rules of tools off`;
    parts.push(fold(title, items.join("\n"), comments.length - items.length));
  }
  return parts;
}

function suppressedSentence(number: number): string {
  return `${count(number, "finding")} ${number === 1 ? "is" : "are"} suppressed by comments that this change adds`;
}

function fold(title: string, text: string, more: number): string {
  const rest = more > 0 ? `\n\nand ${formatNumber(more)} more.` : "";
  return `<details><summary>${title}</summary>\n\n${text}${rest}\n\n</details>`;
}
