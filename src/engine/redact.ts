/** Takes the values of secrets out of everything that a run stores or tells. */

export interface Redactor {
  text(text: string): string;
  /** JSON with its texts and keys redacted; the very same value when there is nothing to hide. */
  value<Value>(value: Value): Value;
}

/** Shorter ones would garble every text and hide nothing. */
const shortest = 3;
/** A part of an encoded secret that is shorter would be found by chance. */
const shortestPart = 8;

/** Whatever stands around it, as in `echo "$TOKEN" | base64` and `user:TOKEN`: the characters that it alone decides. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const forms = [bytes.toString("base64")];
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const begin = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    const own = encoded.slice(begin, end);
    if (own.length >= shortestPart) forms.push(own, own.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return forms;
}

export function createRedactor(secrets: Iterable<string>): Redactor {
  const needles = new Set<string>();
  for (const secret of secrets) {
    for (const part of [secret, ...secret.split(/\r?\n/)]) {
      if (part.trim().length < shortest) continue;
      needles.add(part);
      // As they come out of a log of JSON, an address, a header.
      needles.add(JSON.stringify(part).slice(1, -1));
      needles.add(encodeURIComponent(part));
      for (const needle of base64Forms(part)) needles.add(needle);
    }
  }
  // The longest first: a secret may be part of another.
  const ordered = [...needles].sort((a, b) => b.length - a.length);
  if (ordered.length === 0) return { text: (text) => text, value: (value) => value };

  const text = (given: string): string => ordered.reduce((rest, needle) => rest.replaceAll(needle, "***"), given);
  const deep = (value: unknown): unknown => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(deep);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [text(key), deep(each)]));
  };
  return { text, value: <Value>(value: Value) => deep(value) as Value };
}
