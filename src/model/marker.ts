/** Hidden markers: how a comment, a review or an issue of ours is found again, and how its text is cut to a limit. */

/**
 * `comment`: of a pull request or an issue. `priority`: the one that we gave an issue. `thread`: the comment that opens a thread in the diff. `reply`: an answer in
 * one. `section`: a stretch of a text that people wrote. The rest as they say.
 */
export type MarkerKind = "comment" | "issue" | "priority" | "release" | "reply" | "review" | "section" | "thread";

export interface Marker {
  readonly kind: string;
  readonly key: string;
}

/** GitHub's limit of a body, in characters; its count is never above the count of UTF-16 units. */
export const bodyLimit = 65_536;

const opening = "<!-- codeflow:";
const end = "<!-- codeflow:end -->";
const pattern = /<!-- codeflow:([a-z]+) ([^\s<>]*) -->/g;

/** An HTML comment that shows nowhere and that no key can leave: `-->`, spaces and line ends of the key are encoded. */
export function markerOf(kind: MarkerKind, key: string): string {
  return `${opening}${kind} ${encodeKey(key)} -->`;
}

function encodeKey(key: string): string {
  return encodeURIComponent(key.toWellFormed())
    .replaceAll("%2F", "/")
    .replaceAll("%3A", ":")
    .replaceAll("--", "%2D%2D")
    .replace(/-$/, "%2D");
}

/** All markers of a body, in their order; what only looks like one is left out. */
export function readMarkers(body: string): readonly Marker[] {
  return [...body.matchAll(pattern)].flatMap(([, kind = "", encoded = ""]) => {
    const key = decodeKey(encoded);
    return key === undefined ? [] : [{ kind, key }];
  });
}

function decodeKey(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch (error) {
    // Somebody wrote by hand what resembles a marker.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/**
 * On a line's start: all jobs of a repository speak as the same bot, and what another one repeats of a title or a message
 * may hold a marker.
 */
export function hasMarker(body: string, kind: MarkerKind, key: string): boolean {
  const marker = markerOf(kind, key);
  return body.startsWith(marker) || body.includes(`\n${marker}`);
}

/** Of several texts by ourselves: the one that begins with the marker, else one that people wrote something above it. */
export function findMarked<T>(
  list: readonly T[],
  bodyOf: (each: T) => string,
  kind: MarkerKind,
  key: string,
): T | undefined {
  const marker = markerOf(kind, key);
  return (
    list.find((each) => bodyOf(each).startsWith(marker)) ?? list.find((each) => hasMarker(bodyOf(each), kind, key))
  );
}

/** Key of the thread that is about a finding. */
export function findingKey({ fingerprint, rule }: { readonly fingerprint: string; readonly rule: string }): string {
  return `${fingerprint}/${rule}`;
}

/** Of the comment that opens a thread of ours. */
export function readFindingKey(body: string): { readonly fingerprint: string; readonly rule: string } | undefined {
  const [{ kind, key } = { kind: "", key: "" }] = readMarkers(body);
  const slash = key.indexOf("/");
  if (kind !== "thread" || slash < 0 || !hasMarker(body, kind, key)) return undefined;
  return { fingerprint: key.slice(0, slash), rule: key.slice(slash + 1) };
}

/** Text from outside: markers in it would make what it is quoted in pass for something else of ours. */
export function defuseMarkers(text: string): string {
  return text.replaceAll(opening, "<!-- not codeflow:");
}

/**
 * The body under its marker, cut to the limit. The marker comes first: behind an unclosed code fence it would show, and
 * cutting would lose it. Markers of the same kind in the body are defused; those of other kinds are the caller's.
 */
export function withMarker(
  body: string,
  marker: string,
  options: { readonly limit?: number; readonly note?: string } = {},
): string {
  const kind = /^<!-- codeflow:[a-z]+ /.exec(marker)?.[0] ?? marker;
  const text = body.replaceAll(kind, kind.replace("<!-- ", "<!-- not "));
  const limit = (options.limit ?? bodyLimit) - marker.length - 1;
  return `${marker}\n${cutMarkdown(text, limit, options.note)}`;
}

/** The new text of a comment of ours, with the marker that the old text began with where the new one has none. */
export function keepMarker(previous: string, body: string, limit = bodyLimit): string {
  const [marker] = readMarkers(previous);
  const kept = marker === undefined ? undefined : markerOf(marker.kind as MarkerKind, marker.key);
  return kept === undefined || body.includes(kept) ? cutMarkdown(body, limit) : withMarker(body, kept, { limit });
}

/**
 * As `withMarker`, with an end: what stands below the end in `previous` was written by people and is kept; all of it where
 * neither our marker nor an end is left.
 */
export function withSection(
  body: string,
  marker: string,
  previous: string | undefined,
  options: { readonly limit?: number; readonly note?: string } = {},
): string {
  const at = previous?.indexOf(end) ?? -1;
  const isTheirs = at < 0 && previous !== undefined && previous.trim() !== "" && !previous.includes(marker);
  const below = isTheirs ? `\n\n${previous}` : at < 0 ? "" : (previous ?? "").slice(at + end.length);
  const limit = Math.max((options.limit ?? bodyLimit) - below.length - end.length - 1, marker.length + 1);
  const text = withMarker(body.replaceAll(end, ""), marker, { ...options, limit });
  return `${text}\n${end}${below}`;
}

const defaultNote = "*Cut here: the rest would not fit.*";

/** Markdown of at most `limit` UTF-16 units; cut at a line's end, with open fences and folds closed and a note below. */
export function cutMarkdown(text: string, limit: number, note: string = defaultNote): string {
  if (text.length <= limit) return text;
  for (let room = limit - note.length - 2; room > 0;) {
    const kept = cutText(text, room);
    const closed = `${kept}${closingOf(kept)}`;
    const result = `${closed}\n\n${note}`;
    if (result.length <= limit) return result;
    room -= result.length - limit;
  }
  return cutText(note, Math.max(limit, 0));
}

/** The same by bytes of UTF-8, which some limits count. */
export function cutMarkdownBytes(text: string, bytes: number): string {
  const encoder = new TextEncoder();
  let kept = text;
  for (let size = encoder.encode(kept).length, room = text.length; size > bytes; size = encoder.encode(kept).length) {
    room = Math.floor((room * bytes) / size) - 1;
    kept = cutMarkdown(text, room);
  }
  return kept;
}

/** At the end of a line where one is near, never within a surrogate pair, never within an HTML comment. */
function cutText(text: string, limit: number): string {
  let at = Math.min(limit, text.length);
  const line = text.lastIndexOf("\n", at);
  if (at < text.length && line > at / 2) at = line;
  const before = text.charCodeAt(at - 1);
  if (before >= 0xd800 && before <= 0xdbff) at -= 1;
  const kept = text.slice(0, at);
  const comment = kept.lastIndexOf("<!--");
  const isOpen = comment >= 0 && !kept.includes("-->", comment) && openFence(kept.slice(0, comment)) === undefined;
  return (isOpen ? kept.slice(0, comment) : kept).trimEnd();
}

/** What the text leaves open, closed: a fence, then the folds around it. */
function closingOf(text: string): string {
  const fence = openFence(text);
  let folds = 0;
  eachLineOutside(text, (line) => {
    folds += [...line.matchAll(/<details\b/gi)].length - [...line.matchAll(/<\/details>/gi)].length;
  });
  return `${fence === undefined ? "" : `\n${fence}`}${"\n\n</details>".repeat(Math.max(folds, 0))}`;
}

function openFence(text: string): string | undefined {
  return eachLineOutside(text, () => undefined);
}

/** Visits the lines that stand in no code fence; answers the line that would close the one left open. */
function eachLineOutside(text: string, visit: (line: string) => void): string | undefined {
  let open: { readonly prefix: string; readonly fence: string } | undefined;
  for (const line of text.split("\n")) {
    const [, prefix = "", fence = "", rest = ""] = /^([\s>]*(?:[-*+] +|\d+[.)] +)?)(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (open === undefined) {
      // A backtick fence has no backtick behind it: that is inline code.
      if (fence !== "" && !(fence.startsWith("`") && rest.includes("`"))) {
        open = { prefix: prefix.replace(/[^\s>]/g, " "), fence };
      } else visit(line);
    } else if (fence.startsWith(open.fence) && rest.trim() === "") open = undefined;
  }
  return open === undefined ? undefined : `${open.prefix}${open.fence}`;
}
