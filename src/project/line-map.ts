/** What a diff did to lines: which new lines it touched, and where an old line is now. */

interface Hunk {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
}

export interface LineMap {
  /** Whether the inclusive new line range holds an added or edited line, or spans a deletion. */
  touches(path: string, startLine: number, endLine: number): boolean;
  /** New line of an old line of the file now at `path`; undefined when that line was edited or removed. */
  mapLine(path: string, oldLine: number): number | undefined;
}

/** `patch`: `git diff -U0` output as latin1. `wholeFiles`: paths that count as added from top to bottom. */
export function createLineMap(patch: string, wholeFiles: ReadonlySet<string>): LineMap {
  const files = parseHunks(patch);
  return {
    touches(path, startLine, endLine) {
      if (wholeFiles.has(path)) return true;
      const hunks = files.get(path);
      if (hunks === undefined) return false;
      return hunks.some(({ newStart, newCount }) =>
        newCount === 0
          ? // A pure deletion sits between two lines: a finding that spans the gap is in the change.
            startLine <= newStart && endLine > newStart
          : startLine < newStart + newCount && endLine >= newStart,
      );
    },
    mapLine(path, oldLine) {
      const hunks = files.get(path);
      if (hunks === undefined) return oldLine;
      let shift = 0;
      for (const hunk of hunks) {
        const oldEnd = hunk.oldCount === 0 ? hunk.oldStart : hunk.oldStart + hunk.oldCount - 1;
        if (hunk.oldCount === 0 ? oldLine <= hunk.oldStart : oldLine < hunk.oldStart) break;
        if (hunk.oldCount > 0 && oldLine <= oldEnd) return undefined;
        shift += hunk.newCount - hunk.oldCount;
      }
      return oldLine + shift;
    },
  };
}

function parseHunks(patch: string): Map<string, Hunk[]> {
  const files = new Map<string, Hunk[]>();
  let hunks: Hunk[] | undefined;
  let removed = 0;
  let added = 0;
  for (const line of patch.split("\n")) {
    // Inside a hunk, content lines may look like headers ("--- a", "+++ b"): count them down.
    if (removed > 0 && line.startsWith("-")) {
      removed--;
      continue;
    }
    if (added > 0 && line.startsWith("+")) {
      added--;
      continue;
    }
    if (line.startsWith("diff --git ")) {
      hunks = undefined;
    } else if (line.startsWith("+++ ")) {
      const path = headerPath(line.slice(4));
      if (path !== undefined) {
        hunks = [];
        files.set(path, hunks);
      }
    } else if (line.startsWith("@@ ")) {
      const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (match !== null && hunks !== undefined) {
        const hunk = {
          oldStart: Number(match[1]),
          oldCount: match[2] === undefined ? 1 : Number(match[2]),
          newStart: Number(match[3]),
          newCount: match[4] === undefined ? 1 : Number(match[4]),
        };
        hunks.push(hunk);
        removed = hunk.oldCount;
        added = hunk.newCount;
      }
    }
  }
  return files;
}

/** `b/path`, possibly quoted by git in C style, with a trailing tab when it holds spaces. */
function headerPath(header: string): string | undefined {
  let text = header.replace(/\t$/, "");
  if (text === "/dev/null") return undefined;
  if (text.startsWith('"')) text = unquote(text);
  // The patch was read as latin1 to keep hunks cheap; names are UTF-8.
  return Buffer.from(text.slice(2), "latin1").toString("utf8");
}

function unquote(text: string): string {
  const escapes: Record<string, string> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };
  return text
    .slice(1, text.lastIndexOf('"'))
    .replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
    );
}
