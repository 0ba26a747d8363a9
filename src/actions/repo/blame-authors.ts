/** `repo.blame-authors`: who wrote the lines that the change touches. */
import { z } from "zod";
import { type ActionContext, defineAction, type Repository, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";
import { counted, markdownTable, plain } from "../markdown-table.ts";
import { createPathMatcher } from "../../findings/globs.ts";
import { classifyFile } from "../../findings/generated.ts";
import { listOf, textList } from "../text-list.ts";
import { requireWholeHistory } from "../whole-history.ts";

interface Share {
  name: string;
  email: string;
  lines: number;
  files: Set<string>;
  last: number;
}

export const blameAuthors = defineAction({
  id: "repo.blame-authors",
  summary: "Say who wrote the lines that the change edits, bots left out.",
  description: `Of a change the lines are those that it removes or edits, blamed at its base (of pure additions the lines beside them); with \`paths\`, whole files of the checkout, generated, vendored and binary ones left out. White space and moved lines are followed. Commits in the ignore file (\`.git-blame-ignore-revs\` where
it exists) are skipped, \`.mailmap\` is honoured. A shallow clone fails the step: it would put all to the name of one. Suited to suggesting reviewers: leave the author of the pull request out with \`exclude\`.`,
  inputs: z.strictObject({
    paths: textList.optional().describe("Files, folders or globs to blame whole; the change's lines unless said."),
    "ignore-revs-file": z
      .string()
      .default(".git-blame-ignore-revs")
      .describe("Commits that do not count, as git reads them; an absent default file is fine."),
    exclude: textList.optional().describe("Names, mail addresses or GitHub logins that are left out."),
    "exclude-bots": z.boolean().default(true).describe("Leave out authors that are bots."),
    "max-files": z
      .int()
      .min(1)
      .default(200)
      .describe("Files looked at: those with most changed lines, with `paths` the largest."),
    limit: z.int().min(1).default(10).describe("Authors listed."),
  }),
  outputs: z.object({
    authors: z
      .array(
        z.object({
          name: z.string(),
          email: z.string(),
          login: z.string().optional(),
          lines: z.number(),
          files: z.number(),
          share: z.number(),
          "last-commit": z.string(),
        }),
      )
      .describe(
        "Most lines first; `share` is of all lines that people wrote; `login` where the address is GitHub's own.",
      ),
    lines: z.number().describe("Lines of people, before `limit`."),
    "skipped-files": z.number().describe("Files beyond `max-files`."),
  }),
  needs: ["repo"],
  effects: "none",
  async run(context, inputs) {
    const { repo, summarize } = context;
    await requireWholeHistory(repo, "who wrote its lines is not known");
    const ignore = await ignoreFile(repo, inputs["ignore-revs-file"]);
    const targets = await targetsOf(context, listOf(inputs.paths));
    const shares = new Map<string, Share>();
    for (const target of targets.slice(0, inputs["max-files"])) await blame(repo, target, ignore, shares);
    const excluded = new Set(listOf(inputs.exclude).map((one) => one.replace(/^@/, "").toLowerCase()));
    const people = [...shares.values()].filter(({ name, email }) => {
      if (inputs["exclude-bots"] && isBot(name, email)) return false;
      return ![name, email, loginOf(email)].some((one) => one !== undefined && excluded.has(one.toLowerCase()));
    });
    const skipped = Math.max(0, targets.length - inputs["max-files"]);
    const total = people.reduce((sum, { lines }) => sum + lines, 0);
    const authors = people
      .sort((a, b) => b.lines - a.lines || b.last - a.last || (a.email < b.email ? -1 : 1))
      .slice(0, inputs.limit)
      .map(({ name, email, lines, files, last }) => {
        const login = loginOf(email);
        return {
          name,
          email,
          ...(login === undefined ? {} : { login }),
          lines,
          files: files.size,
          share: Math.round((lines / total) * 1_000) / 1_000,
          "last-commit": new Date(last * 1_000).toISOString(),
        };
      });
    if (authors.length > 0) {
      const table = markdownTable(
        ["Author", "Lines", "Files"],
        authors.map((one) => [
          plain(one.name),
          `${one.lines} (${Math.round(one.share * 100)} %)`,
          counted(one.files, "file"),
        ]),
      );
      const rest = [
        ...(people.length > authors.length ? [`${counted(people.length - authors.length, "author")} more`] : []),
        ...(skipped > 0 ? [`${counted(skipped, "file")} not looked at`] : []),
      ];
      summarize(rest.length === 0 ? table : `${table}\n\nand ${rest.join(", ")}`);
    }
    return { authors, lines: total, "skipped-files": skipped };
  },
});

interface Target {
  readonly path: string;
  /** Undefined: the checkout as it is on disk. */
  readonly commit: string | undefined;
  /** `start,end`; empty: the whole file. */
  readonly ranges: readonly string[];
}

async function targetsOf({ repo, log }: ActionContext<"repo">, paths: readonly string[]): Promise<Target[]> {
  if (paths.length > 0)
    return (await writtenFiles(repo, paths, log)).map((path) => ({ path, commit: undefined, ranges: [] }));
  const change = await repo.change();
  return change.files
    .filter(
      ({ status, isBinary, hunks, oldMode }) =>
        status !== "added" && !isBinary && hunks !== undefined && oldMode !== "160000",
    )
    .toSorted((a, b) => b.additions + b.deletions - (a.additions + a.deletions))
    .map((file) => ({
      path: file.previousPath ?? file.path,
      commit: change.base,
      ranges: (file.hunks ?? []).flatMap(({ oldStart, oldLines, lines }) => touchedRanges(oldStart, oldLines, lines)),
    }))
    .filter(({ ranges }) => ranges.length > 0);
}

/** Tracked text files that people write, the largest first. */
async function writtenFiles(
  repo: Repository,
  wanted: readonly string[],
  log: ActionContext["log"],
): Promise<readonly string[]> {
  const tracked = new Set((await repo.git(["ls-files", "-z"])).split("\0").filter((path) => path !== ""));
  const isWanted = createPathMatcher(wanted);
  for (const one of wanted) {
    if (one.startsWith("!") || tracked.has(one)) continue;
    const matches = createPathMatcher([one]);
    if (![...tracked].some(matches)) log.warn(`no tracked file is ${one}: it has no authors`);
  }
  const found = [...tracked].filter((path) => isWanted(path) || wanted.includes(path));
  if (found.length === 0) throw new StepFailed(`no tracked file matches ${wanted.join(", ")}`);
  // Git knows which files are text; -e '' is in each line.
  const text = new Set((await attemptGrep(repo)).split("\0"));
  const sizes = new Map((await repo.files()).map(({ path, size }) => [path, size ?? 0]));
  const isWritten = (path: string): boolean => {
    const { generated, vendored } = classifyFile(path, undefined, { generated: [], vendored: [] });
    return generated === undefined && vendored === undefined;
  };
  return found
    .filter((path) => wanted.includes(path) || (text.has(path) && isWritten(path)))
    .sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0) || (a < b ? -1 : 1));
}

async function attemptGrep(repo: Repository): Promise<string> {
  try {
    return await repo.git(["grep", "-I", "-l", "-z", "-e", ""]);
  } catch (error) {
    // Git answers 1 where no file has a line.
    if (error instanceof Failure) return "";
    throw error;
  }
}

/** Old lines of a hunk that blame is asked for. The context that the hunk itself holds is there for certain. */
function touchedRanges(oldStart: number, oldLines: number, lines: readonly string[]): string[] {
  if (oldLines === 0) return oldStart === 0 ? [] : [`${oldStart},${oldStart}`];
  if (lines.length === 0) return [`${oldStart},${oldStart + oldLines - 1}`];
  const ranges: string[] = [];
  let line = oldStart;
  const last = oldStart + oldLines - 1;
  let isEdit = false;
  for (const text of lines) {
    if (text.startsWith("-")) {
      ranges.push(`${line},${line}`);
      isEdit = true;
    } else if (text.startsWith(" ")) isEdit = false;
    else if (text.startsWith("+") && !isEdit) {
      const from = Math.max(oldStart, line - 1);
      const to = Math.min(last, line);
      if (from <= to) ranges.push(`${from},${to}`);
    }
    if (!text.startsWith("+") && !text.startsWith("\\")) line++;
  }
  return [...new Set(ranges)];
}

async function ignoreFile(repo: Repository, path: string): Promise<string[]> {
  if (await repo.read(path).then((content) => content !== undefined)) return ["--ignore-revs-file", path];
  if (path === ".git-blame-ignore-revs") return [];
  throw new StepFailed(`there is no file ${path} with commits to ignore`);
}

async function blame(
  repo: Repository,
  target: Target,
  ignore: readonly string[],
  shares: Map<string, Share>,
): Promise<void> {
  const ranges = target.ranges.flatMap((range) => ["-L", range]);
  let output: string;
  try {
    output = await repo.git([
      "blame",
      "--line-porcelain",
      "-w",
      "-M",
      ...ignore,
      ...ranges,
      ...(target.commit === undefined ? [] : [target.commit]),
      "--",
      target.path,
    ]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const known = `${error.message} ${error.why ?? ""}`;
    // A commit id that this clone does not have, or a comment git cannot read, is the file's mistake, not ours.
    throw new StepFailed(`git blame ${target.path} failed: ${known.trim()}`);
  }
  let name = "";
  let email = "";
  let time = 0;
  for (const line of output.split("\n")) {
    if (line.startsWith("author ")) name = line.slice(7);
    else if (line.startsWith("author-mail ")) email = line.slice(12).replace(/^<|>$/g, "");
    else if (line.startsWith("author-time ")) time = Number(line.slice(12));
    else if (line.startsWith("\t") && email !== "not.committed.yet") {
      const share = shares.get(email) ?? { name, email, lines: 0, files: new Set(), last: 0 };
      shares.set(email, share);
      share.lines++;
      share.files.add(target.path);
      share.last = Math.max(share.last, time);
    }
  }
}

function isBot(name: string, email: string): boolean {
  return (
    /\[bot\]|^(?:dependabot|renovate|greenkeeper|snyk-bot|github-actions|semantic-release-bot|codeflow)\b/i.test(
      name,
    ) || /\[bot\]@|^bot@/i.test(email)
  );
}

/** `12345+login@users.noreply.github.com` names its owner. */
function loginOf(email: string): string | undefined {
  return /^(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com$/i.exec(email)?.[1];
}
