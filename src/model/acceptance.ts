/**
 * Findings that people accepted with `/codeflow ignore` for one pull request, and the record of it in our answer.
 *
 * The record lives on the pull request, not in its branch: it survives every push, forced ones too; it works for forks,
 * whose branches are not ours to push to; and a push with the token of a workflow would start no checks at the new head.
 * It is hidden in the answer to the command and says only what was accepted. Who accepted it and why is read from the
 * command itself each time, as the host tells it, and that person's permission is asked for again: whoever can make our
 * bot repeat their text (a title, a branch's name) can forge a record, but not somebody else's comment. What was not
 * there when the command was written is not accepted by it. Deleting the command takes it back.
 */

/** One finding of the pull request that is kept out of its verdict. */
export interface AcceptedFinding {
  readonly fingerprint: string;
  readonly rule: string;
  /** Login of whose word it is. */
  readonly by: string;
  readonly reason: string;
  /** Of the command. */
  readonly url?: string;
  /** Thread in which it was said. */
  readonly threadId?: string;
}

export interface AcceptanceRecord {
  /** Number of the comment with the command. */
  readonly command: number;
  readonly rule: string;
  readonly fingerprints: readonly string[];
}

/** Key of the one answer to a command, in the conversation or in a thread. */
export function commandKey(comment: number): string {
  return `command/${comment}`;
}

/** One command accepts so many at most: beyond, the rule itself is what should be talked about. */
export const maxAccepted = 200;

const opening = "<!-- codeflow-accepted ";

/** One line that shows nowhere. */
export function writeAcceptance({ command, rule, fingerprints }: AcceptanceRecord): string {
  const text = JSON.stringify([1, command, rule, fingerprints])
    .replace(/[<>]/g, (one) => (one === "<" ? "\\u003c" : "\\u003e"))
    .replaceAll("--", "-\\u002d");
  return `${opening}${text} -->`;
}

/** Of an answer of ours. What is not exactly such a record is none. */
export function readAcceptance(body: string): AcceptanceRecord | undefined {
  const start = body.indexOf(opening);
  const end = body.indexOf(" -->", start);
  if (start < 0 || end < 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(body.slice(start + opening.length, end));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!Array.isArray(value) || value[0] !== 1) return undefined;
  const [, command, rule, fingerprints] = value as unknown[];
  if (!Number.isSafeInteger(command) || typeof rule !== "string" || !Array.isArray(fingerprints)) return undefined;
  const isAll = fingerprints.every((one): one is string => typeof one === "string" && /^[0-9a-f]{32}$/.test(one));
  if (!isAll || fingerprints.length > maxAccepted) return undefined;
  return { command: command as number, rule, fingerprints: fingerprints as string[] };
}
