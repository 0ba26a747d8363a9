/** What the newest commits tell: who wrote them with what, and which markers they removed. One bounded `git log`. */
import { Failure } from "../../model/failure.ts";
import { signatureTables } from "./signatures/index.ts";

export interface CommitTrace {
  readonly id: string;
  /** Author and committer, `name <address>`, a line each. */
  readonly people: string;
  readonly subject: string;
  /** A line each, unfolded. */
  readonly trailers: string;
  /** Markers of platforms that this commit took away. */
  readonly removed: readonly string[];
}

/** Enough to see what a team works with; walking all of a long history would cost more than everything else. */
const maxCommits = 500;

const format = "%x1e%H%x1f%an <%ae>%n%cn <%ce>%x1f%s%x1f%(trailers:only,unfold)%x1f";

/** Files at the root that say by their name alone which builder, agent or cloud IDE was here. */
const markers: readonly string[] = signatureTables
  .filter(({ kind }) => kind === "ai-builder" || kind === "coding-agent" || kind === "cloud-ide")
  .flatMap(({ rows }) => rows)
  .flatMap(({ signals }) => signals)
  .flatMap((signal) =>
    signal.kind === "file" &&
    signal.strength === "definitive" &&
    signal.text === undefined &&
    signal.keys === undefined &&
    !signal.file.includes("*")
      ? [signal.file]
      : [],
  );

/** What git prints for these arguments; a `Failure` where it fails. */
type RunGit = (args: readonly string[]) => Promise<string>;

/** Newest first; empty before the first commit. */
export async function readCommits(git: RunGit): Promise<readonly CommitTrace[]> {
  // --sparse keeps the commits that touch none of the markers: who wrote them counts as well.
  const withMarkers = ["--raw", "-z", "--no-renames", "--full-history", "--sparse"];
  const paths = ["--", ...markers.map((path) => `:(top,literal)${path}`)];
  const log = ["--no-replace-objects", "log", `--max-count=${maxCommits}`, `--format=${format}`, "--no-show-signature"];
  const whole = await unlessFailed(git([...log, ...withMarkers, "HEAD", ...paths]));
  // Where trees are missing (a partial clone that cannot fetch them) the commits can still be read.
  return parse(whole ?? (await unlessFailed(git([...log, "HEAD", "--"]))) ?? "");
}

/** Commits are one witness of several: what cannot be read only leaves the past untold. */
async function unlessFailed(output: Promise<string>): Promise<string | undefined> {
  try {
    return await output;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function parse(text: string): CommitTrace[] {
  return text
    .split("\x1e")
    .slice(1)
    .map((record) => {
      const [id = "", people = "", subject = "", trailers = "", raw = ""] = record.split("\x1f");
      return { id, people, subject, trailers: trailers.trim(), removed: removedIn(raw) };
    });
}

/** `:100644 000000 1234567 0000000 D` NUL path NUL */
function removedIn(raw: string): string[] {
  const fields = raw.split("\0");
  return fields.flatMap((field, i) => (/^\s*:\d+ 0+ \S+ \S+ D$/.test(field) ? [fields[i + 1] ?? ""] : []));
}
