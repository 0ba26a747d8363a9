/** Private keys in PEM armour, as files of their own and inside string literals of any language. */

const begin = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;

/**
 * What a real key begins with, in base 64: a DER sequence, OpenSSH's magic, or an OpenPGP secret key packet. Ellipses
 * and words that stand in for a key do not. An encrypted PKCS #8 key is left alone: its passphrase is the secret.
 */
const keyMaterial = /^(?:M[CDFGHIJ]|b3BlbnNzaC1rZXktdjE|l[A-Za-z])[A-Za-z0-9+/]{60,}={0,2}/;

export interface PrivateKey {
  readonly start: number;
  readonly end: number;
  /** The key itself, the same however it is written down. */
  readonly material: string;
}

export function findPrivateKeys(text: string): PrivateKey[] {
  const keys: PrivateKey[] = [];
  for (const match of text.matchAll(begin)) {
    const bodyStart = match.index + match[0].length;
    // Up to the next dashes only: a file full of openings stays linear.
    const bodyEnd = text.indexOf("-----", bodyStart);
    if (bodyEnd === -1 || bodyEnd - bodyStart > 20_000 || !text.startsWith("-----END ", bodyEnd)) continue;
    if (match[0].includes("ENCRYPTED")) continue;
    // `const KEY_PLACEHOLDER = "-----BEGIN …`: shown in an empty field.
    if (/placeholder/i.test(text.slice(Math.max(0, match.index - 60), match.index))) continue;
    const body = text.slice(bodyStart, bodyEnd);
    if (/Proc-Type: ?4,ENCRYPTED/.test(body)) continue;
    const material = base64Of(body);
    if (!keyMaterial.test(material) || isMonotonous(material) || isCutOff(material)) continue;
    const closing = text.indexOf("-----", bodyEnd + 9);
    keys.push({ start: match.index, end: closing === -1 ? bodyEnd : closing + 5, material });
  }
  return keys;
}

/** Without armour headers, escapes, and what joins string literals (`"…\n" + "…"`, `'…' .`, `// …`). */
function base64Of(body: string): string {
  return body
    .replace(/(?:Version|Comment|Hash|Charset): ?[^\r\n\\]{0,200}/g, "")
    .replace(/\\[nrt]|[\s"'`+.,;\\&|<>*#()]|\/\/(?=\s)/g, (joint) => (joint === "+" ? "+" : ""))
    .replace(/^\++/, "");
}

/** DER says how long it is: a few lines that announce many are an example, cut off by whoever made it up. */
function isCutOff(material: string): boolean {
  if (!/^M[CDFGHIJ]/.test(material) || material.length > 400) return false;
  const bytes = Buffer.from(material, "base64");
  const first = bytes[1] ?? 0;
  const announced =
    first < 0x80 ? first + 2 : first === 0x81 ? (bytes[2] ?? 0) + 3 : first === 0x82 ? bytes.readUInt16BE(2) + 4 : 0;
  return bytes.length < announced;
}

/** `AAAA…`, `abcabc…`: filler of the right length. */
function isMonotonous(material: string): boolean {
  return new Set(material.slice(4)).size < 20;
}
