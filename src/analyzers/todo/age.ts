/** Ages of lines, from git. */
import type { Exec } from "../../model/system.ts";

interface BlameRequest {
  readonly root: string;
  readonly path: string;
  readonly lines: readonly number[];
  readonly exec: Exec;
  readonly now: Date;
  readonly signal: AbortSignal;
}

export interface Age {
  readonly days: number;
  readonly author: string;
}

const timeoutMs = 20_000;
/** Every line is an argument or two. */
const mostLines = 500;

/** By line; lines that are not committed, files that git does not know and runs that take too long have no age. */
export async function blameAges(request: BlameRequest): Promise<ReadonlyMap<number, Age>> {
  const { root, path, lines, exec, now, signal } = request;
  const result = await exec({
    command: "git",
    args: [
      "blame",
      "--line-porcelain",
      "--no-textconv",
      ...lines.slice(0, mostLines).map((line) => `-L${line},${line}`),
      "--",
      path,
    ],
    cwd: root,
    timeoutMs,
    signal,
  });
  const ages = new Map<number, Age>();
  if (result.exitCode !== 0 || result.timedOut) return ages;
  let line: number | undefined;
  let author = "";
  let seconds: number | undefined;
  for (const text of result.stdout.toString("utf8").split("\n")) {
    const header = /^([0-9a-f]{40,64}) \d+ (\d+)/.exec(text);
    if (header?.[1] !== undefined) {
      // All zeros: not committed yet.
      line = /^0+$/.test(header[1]) ? undefined : Number(header[2]);
    } else if (text.startsWith("author ")) author = text.slice("author ".length);
    else if (text.startsWith("author-time ")) seconds = Number(text.slice("author-time ".length));
    else if (text.startsWith("\t") && line !== undefined && seconds !== undefined) {
      ages.set(line, { days: Math.floor((now.getTime() / 1000 - seconds) / 86_400), author });
      line = undefined;
    }
  }
  return ages;
}
