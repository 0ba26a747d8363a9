/** Commits of a change, through simple-git: rarely asked for, so start-up does not pay for it. */
import type { CommitFacts } from "../model/analyzer.ts";

/** More commits than anybody reviews at once. */
const maxCommits = 500;
const timeoutMs = 30_000;

/** Newest first; merges included (analyzers decide). */
export async function commitsOfChange(root: string, base: string | undefined, head: string): Promise<CommitFacts[]> {
  const { simpleGit } = await import("simple-git");
  const git = simpleGit({ baseDir: root, timeout: { block: timeoutMs } });
  // Unit and record separators cannot occur in a message that git itself wrote.
  const format = "%H%x1f%an%x1f%P%x1f%B%x1e";
  const range = base === undefined ? [head] : [`${base}..${head}`];
  const output = await git.raw(["log", `--max-count=${maxCommits}`, `--format=${format}`, ...range, "--"]);
  return output
    .split("\x1e")
    .map((record) => record.replace(/^\n/, "").split("\x1f"))
    .filter((fields) => fields.length === 4)
    .map(([id = "", author = "", parents = "", message = ""]) => ({
      id,
      author,
      parents: parents === "" ? 0 : parents.split(" ").length,
      message: message.trimEnd(),
    }));
}
