/** What a pull request's summary remembers for the next push, hidden in its text. Nothing of it is trusted on reading. */
import { severities, type Severity } from "../../model/finding.ts";

export interface OpenFinding {
  readonly fingerprint: string;
  readonly rule: string;
  readonly path: string;
  readonly severity: Severity;
}

export interface PublishedState {
  /** Commit that was looked at. */
  readonly head: string;
  /** Merge-base that it was compared with. */
  readonly base: string;
  /** Findings that were open then. */
  readonly open: readonly OpenFinding[];
  /** How many more were open than are listed. */
  readonly unlisted: number;
}

const opening = "<!-- codeflow-state ";
/** The rest of GitHub's 65,536 characters is the summary's. */
const limit = 24_000;

/** One line. Findings beyond its room are counted, worst first kept. */
export function writeState(state: PublishedState): string {
  for (let kept = state.open.length; ; kept = Math.floor(kept / 2)) {
    const text = `${opening}${encode(state, kept)} -->`;
    if (text.length <= limit || kept === 0) return text;
  }
}

function encode({ head, base, open, unlisted }: PublishedState, kept: number): string {
  const paths = [...new Set(open.slice(0, kept).map(({ path }) => path))];
  const rows = open
    .slice(0, kept)
    .map(({ fingerprint, rule, path, severity }) => [
      fingerprint,
      rule,
      paths.indexOf(path),
      severities.indexOf(severity),
    ]);
  const json = JSON.stringify([1, head, base, paths, rows, unlisted + open.length - kept]);
  // `--` would end the comment early in some renderers, `>` in all.
  return json.toWellFormed().replace(/[->&]/g, (character) => `&${character.charCodeAt(0).toString(16)};`);
}

/** Undefined when there is none, or when somebody garbled it: then everything is looked at afresh. */
export function readState(body: string): PublishedState | undefined {
  const start = body.indexOf(opening);
  const end = body.indexOf(" -->", start);
  if (start < 0 || end < 0) return undefined;
  const text = body
    .slice(start + opening.length, end)
    .replace(/&(2d|3e|26);/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!Array.isArray(value) || value[0] !== 1) return undefined;
  const [, head, base, paths, rows, unlisted] = value as unknown[];
  if (!isCommit(head) || !isCommit(base) || !Array.isArray(paths) || !Array.isArray(rows)) return undefined;
  const open: OpenFinding[] = [];
  for (const row of rows as unknown[]) {
    if (!Array.isArray(row)) return undefined;
    const [fingerprint, rule, pathIndex, severityIndex] = row as unknown[];
    const path: unknown = paths[Number(pathIndex)];
    const severity = severities[Number(severityIndex)];
    if (
      typeof fingerprint !== "string" ||
      typeof rule !== "string" ||
      typeof path !== "string" ||
      severity === undefined
    ) {
      return undefined;
    }
    open.push({ fingerprint, rule, path, severity });
  }
  return { head, base, open, unlisted: typeof unlisted === "number" && unlisted > 0 ? unlisted : 0 };
}

function isCommit(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{40,64}$/.test(value);
}
