/** Who is asked to see to the findings of an issue: owners of their files, else who wrote their lines. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CodeHost, HostPermission } from "../../model/code-host.ts";
import type { AssigneeSource, TrackerId } from "../../model/config.ts";
import { exitCodes, Failure } from "../../model/failure.ts";
import type { Finding } from "../../model/finding.ts";
import type { Log } from "../../model/system.ts";
import { type BlamedAuthor, blameLines } from "../../project/blame.ts";
import { codeownersPaths, parseCodeowners } from "../../project/codeowners.ts";
import type { Place } from "../place.ts";

const maxOwners = 2;
/** Of those who wrote most; one who is gone or a bot makes room for the next. */
const maxAuthors = 5;
/** Lines told of: more do not change who wrote most. */
const maxFindings = 200;

export interface AssigneeRequest {
  readonly place: Place;
  readonly sources: readonly AssigneeSource[];
  readonly tracker: TrackerId;
  readonly host: CodeHost | undefined;
  readonly log: Pick<Log, "debug">;
}

export function assigneesFor({
  place,
  sources,
  tracker,
  host,
  log,
}: AssigneeRequest): (findings: readonly Finding[]) => Promise<readonly string[]> {
  const owners = ownersIn(place, tracker === "linear");
  const known = new Map<string, Promise<string | undefined>>();
  return async (findings) => {
    const candidates: string[] = [];
    for (const source of sources) {
      const people = source === "codeowners" ? owners(findings) : await authorsOf(findings);
      if (people.length > 0 && tracker !== "linear") return people;
      // Whether Linear knows somebody shows when it is asked: it takes the first whom it knows.
      candidates.push(...people);
    }
    return candidates;
  };

  async function authorsOf(findings: readonly Finding[]): Promise<readonly string[]> {
    if (place.git === undefined || place.repository?.worktree === undefined) return [];
    const ranges = findings.slice(0, maxFindings).map(({ location: { path, startLine, endLine, endColumn } }) => ({
      path,
      startLine,
      endLine: endColumn === 1 && endLine > startLine ? endLine - 1 : endLine,
    }));
    const authors = await blameLines(place.git, ranges, {
      isShallow: place.repository.isShallow,
      hasIgnoreFile: existsSync(join(place.root, ".git-blame-ignore-revs")),
    });
    for (const author of authors.filter(({ name, email }) => !isBot(name, email)).slice(0, maxAuthors)) {
      const asked = known.get(author.email) ?? nameOf(author);
      known.set(author.email, asked);
      const name = await asked;
      if (name !== undefined) return [name];
    }
    return [];
  }

  /** As the tracker names them: Linear knows addresses, GitHub its own accounts. */
  async function nameOf({ email, commit }: BlamedAuthor): Promise<string | undefined> {
    if (tracker === "linear") return email;
    if (host === undefined) return undefined;
    try {
      const user = await host.commitAuthor(commit);
      if (user === undefined || user.isBot) return undefined;
      return mayBeAssigned.has(await host.permissionOf(user.login)) ? user.login : undefined;
    } catch (error) {
      // A token that may not ask leaves the issue to nobody.
      if (!(error instanceof Failure)) throw error;
      log.debug(`nobody is found behind ${commit.slice(0, 10)}: ${error.message}`);
      return undefined;
    }
  }
}

/** A public repository can be read by everybody: that alone is no reason to be given work. */
const mayBeAssigned: ReadonlySet<HostPermission> = new Set(["admin", "maintain", "write", "triage"]);

function isBot(name: string, email: string): boolean {
  return /\[bot\](?:@|$)/i.test(email) || /\[bot\]$/i.test(name) || email === "noreply@github.com";
}

/** Owners of most of the files, each once. Teams are left out: no tracker can assign them; GitHub takes no addresses. */
function ownersIn(place: Place, withAddresses: boolean): (findings: readonly Finding[]) => readonly string[] {
  const nobody = (): readonly string[] => [];
  if (place.repository?.worktree === undefined) return nobody;
  const text = codeownersPaths.map((path) => readIfThere(join(place.root, path))).find((found) => found !== undefined);
  if (text === undefined) return nobody;
  const codeowners = parseCodeowners(text);
  return (findings) => {
    const counts = new Map<string, number>();
    for (const path of new Set(findings.map(({ location }) => location.path))) {
      for (const owner of codeowners.ownersOf(path).owners) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    return [...counts]
      .filter(([owner]) => /^@[^/]+$/.test(owner) || (withAddresses && /^[^@]+@/.test(owner)))
      .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
      .slice(0, maxOwners)
      .map(([owner]) => owner.replace(/^@/, ""));
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw new Failure("CF430", `${path} cannot be read`, { why: (error as Error).message, exitCode: exitCodes.usage });
  }
}
