/** What `/codeflow ignore` accepted on a pull request, as far as what stands there proves it. */
import { type AcceptedFinding, commandKey, readAcceptance } from "../../model/acceptance.ts";
import type { HostComment, HostUser, ReviewThread } from "../../model/code-host.ts";
import { findCommand, typeCommand } from "../../model/slash-commands.ts";
import { markerOf, readFindingKey } from "../../model/marker.ts";

/** Whether its author may say so is for the caller to ask. */
export interface ClaimedAcceptance extends Omit<AcceptedFinding, "fingerprint" | "by"> {
  readonly author: HostUser;
  readonly rule: string;
  readonly fingerprints: readonly string[];
}

/**
 * Our answers with a record in them, whose command still stands there and still says so. Of one finding accepted twice
 * the older command counts.
 */
export function claimedAcceptances(
  viewer: string,
  comments: readonly HostComment[],
  threads: readonly ReviewThread[],
): readonly ClaimedAcceptance[] {
  const inConversation = comments.flatMap((answer) => claimOf(answer, "comment", comments, viewer));
  const inThreads = threads.flatMap((thread) => {
    const [first] = thread.comments;
    const about = first?.author.login === viewer ? readFindingKey(first.body) : undefined;
    return thread.comments.flatMap((answer) =>
      claimOf(answer, "reply", thread.comments, viewer, about).map((claim) =>
        about === undefined ? claim : { ...claim, threadId: thread.id },
      ),
    );
  });
  return [...inConversation, ...inThreads];
}

function claimOf(
  answer: HostComment,
  kind: "comment" | "reply",
  around: readonly HostComment[],
  viewer: string,
  about?: { readonly fingerprint: string; readonly rule: string },
): ClaimedAcceptance[] {
  if (answer.author.login !== viewer) return [];
  const record = readAcceptance(answer.body);
  // Ours begin with their marker; what our bot was made to repeat stands further below.
  if (record === undefined || !answer.body.startsWith(markerOf(kind, commandKey(record.command)))) return [];
  const source = around.find(({ id }) => id === record.command);
  if (source === undefined || source.author.isBot) return [];
  const command = findCommand(source.body);
  const typed = command === undefined ? undefined : typeCommand(command, { inThread: about !== undefined });
  if (typed?.ok !== true || typed.name !== "ignore") return [];
  const { rule = about?.rule, reason = "" } = typed.arguments;
  // What answers a finding's comment is about that finding, whatever a record says.
  if (about !== undefined) {
    if (record.fingerprints.length !== 1 || record.fingerprints[0] !== about.fingerprint) return [];
    const said = rule === about.rule ? reason : `${rule} ${reason}`;
    return [{ ...record, rule: about.rule, author: source.author, reason: said, url: source.url }];
  }
  if (rule !== record.rule) return [];
  return [{ ...record, rule, author: source.author, reason, url: source.url }];
}
