/**
 * How an issue or comment of ours is known again in Linear. Pure.
 *
 * Descriptions pass through Linear's editor, which promises nothing about HTML comments; so the hidden marker is the last
 * resort. First comes the id: Linear lets the caller choose it, so it is derived from the key, and the same issue cannot be
 * made twice, whenever the process dies. Then an attachment with an address of its own: Linear keeps those unique within an
 * issue and finds issues by them (https://linear.app/developers/attachments).
 */
import { createHash } from "node:crypto";
import { bodyLimit, hasMarker, markerOf, withMarker } from "../../model/marker.ts";
import { withoutSightings } from "../../model/tracker.ts";
import type { Issue } from "./documents.ts";

/** Within which keys are unique: several repositories may share a team. */
export interface Territory {
  readonly teamId: string;
  /** `github.com/owner/name`; empty where it is not known. */
  readonly scope: string;
}

export interface Identity {
  readonly key: string;
  readonly id: string;
  /** Of the attachment. */
  readonly url: string;
  readonly marker: string;
}

/** Text that people see: it must survive any editor. Below it is theirs. */
export const lastLine = "CodeFlow keeps the text above up to date. What is written below this line stays.";

export function identityOf(key: string, { teamId, scope }: Territory): Identity {
  const seed = JSON.stringify([teamId, scope, key]);
  const page = scope === "" ? "https://codeflow.invalid/" : `https://${scope}`;
  return {
    key,
    id: uuidOf(seed),
    url: `${page}?codeflow=${createHash("sha256").update(seed).digest("hex").slice(0, 32)}`,
    marker: markerOf("issue", scope === "" ? key : `${scope}#${key}`),
  };
}

export function commentIdOf(issueId: string, key: string): string {
  return uuidOf(JSON.stringify([issueId, "comment", key]));
}

/** In the form of version 4, the only one that Linear takes. */
function uuidOf(seed: string): string {
  const bytes = createHash("sha256").update(seed).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export function isMarked(issue: Issue, { marker }: Identity): boolean {
  return (issue.description ?? "").includes(marker);
}

/** Our attachment tells what the issue is about, and which text of ours stands in it. */
export function attachmentOf(issue: Issue, { url }: Pick<Identity, "url">, viewerId: string) {
  return issue.attachments.nodes.find((one) => one.url === url && one.creator?.id === viewerId);
}

/** The key of an issue of ours in this territory. */
export function keyOf(issue: Issue, territory: Territory, viewerId: string): string | undefined {
  for (const { metadata, creator } of issue.attachments.nodes) {
    const key = metadata?.["codeflowKey"];
    if (creator?.id !== viewerId || typeof key !== "string") continue;
    if (attachmentOf(issue, identityOf(key, territory), viewerId) !== undefined) return key;
  }
  return undefined;
}

/** Of a text of ours, whatever Linear's editor makes of it. */
export function digestOf(body: string): string {
  return createHash("sha256").update(plain(body)).digest("hex").slice(0, 32);
}

/** The new description: our text, the line, and what people wrote below it. */
export function describe(body: string, { marker }: Identity, previous: string): string {
  const at = previous.lastIndexOf(lastLine);
  const isTheirs = at < 0 && previous.trim() !== "" && !previous.includes(marker);
  const below = isTheirs ? `\n\n${previous.trim()}` : at < 0 ? "" : previous.slice(at + lastLine.length).trimEnd();
  const ours = body.replaceAll(lastLine, "");
  const limit = Math.max(bodyLimit - below.length, marker.length + 1_000);
  return `${withMarker(ours, marker, { limit })}\n\n${lastLine}${below}`;
}

/** Whether both say the same; Linear writes line ends its own way and may drop what is hidden. */
export function isSameText(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(text: string): string {
  return withoutSightings(text.replaceAll("\r\n", "\n"))
    .replace(/<!--.*?-->\n?/gs, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

export function isCommentOf(body: string, key: string): boolean {
  return hasMarker(body, "comment", key);
}
