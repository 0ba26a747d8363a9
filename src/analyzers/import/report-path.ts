/** Paths of a foreign report, made relative to the repository's root; what leads out of it is refused. */

export type ResolvedPath = { readonly path: string } | { readonly refused: string };

/**
 * Takes what tools write: relative paths, absolute ones under the root, `file:` addresses, Windows separators.
 * `base` is a folder relative to the root that relative paths start from.
 */
export function resolveReportPath(raw: string, root: string, base = ""): ResolvedPath {
  let text = raw.trim();
  if (text === "") return { refused: "no path" };
  if (/^file:/i.test(text)) {
    const decoded = decodeFileUri(text);
    if (decoded === undefined) return { refused: "not a readable file address" };
    text = decoded;
  } else if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return { refused: "not a file" };
  if (text.includes("\0")) return { refused: "not a path" };
  text = toSlashes(text);
  if (isAbsolute(text)) {
    const prefix = `${toSlashes(root).replace(/\/+$/, "")}/`;
    // Windows does not mind the case of the drive and of folders.
    const inside = /^[a-z]:\//i.test(text)
      ? text.toLowerCase().startsWith(prefix.toLowerCase())
      : text.startsWith(prefix);
    if (!inside) return { refused: "outside the repository" };
    text = text.slice(prefix.length);
  } else if (base !== "") text = `${base}/${text}`;
  const kept: string[] = [];
  for (const segment of text.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") kept.push(segment);
    else if (kept.pop() === undefined) return { refused: "outside the repository" };
  }
  return kept.length === 0 ? { refused: "not a file" } : { path: kept.join("/") };
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[a-z]:\//i.test(path);
}

/** A backslash is a separator only where it looks like Windows: elsewhere it may be part of a name. */
function toSlashes(path: string): string {
  return /^[a-z]:[\\/]/i.test(path) || path.startsWith("\\\\") || !path.includes("/")
    ? path.replaceAll("\\", "/")
    : path;
}

function decodeFileUri(uri: string): string | undefined {
  try {
    // `file:///C:/x` holds a drive, `file://host/x` a host that says nothing here.
    const path = decodeURIComponent(uri.replace(/^file:(?:\/\/[^/]*)?/i, ""));
    return path.replace(/^\/(?=[a-z]:\/)/i, "");
  } catch {
    // A malformed escape: the caller says that the address cannot be read.
    return undefined;
  }
}

/** Percent-decoding of a relative URI; text that is no URI after all is taken as it stands. */
export function decodeUri(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    // Some tools write plain paths where the format asks for a URI.
    return uri;
  }
}
