/** Decides whether something of a secret's shape is a secret: placeholders and checksums. */
import { crc32 } from "node:zlib";

/** Words that people put into values which are not meant to be real. */
const placeholderWords = new RegExp(
  [
    "example",
    "sample",
    "placeholder",
    "change_?-?me",
    "dummy",
    "fake",
    "your[_-]",
    "my[_-]?(?:secret|password|token|key)",
    "xxxx",
    "redacted",
    "insert",
    "replace",
    "not[_-]?(?:a[_-]?)?(?:real|secret)",
    "(?:super|top)[_-]?secret",
    "notsecure",
    "deadbeef",
    "c0ffee",
    "foobar",
    "password",
    "letmein",
    "qwerty",
    "asdf",
    "lorem",
    "\\btest",
    "testing",
    "test[_-]?(?:key|token|secret)",
    "\\.\\.\\.",
    "\\*\\*\\*",
    "[<>{}$%]",
  ].join("|"),
  "i",
);

/** True for values that nobody could log in with: words, sequences, repetition, too little variety. */
export function isPlaceholder(value: string): boolean {
  return (
    placeholderWords.test(value) ||
    /(.)\1{5}/.test(value) ||
    longestSequence(value) >= 7 ||
    isPeriodic(value) ||
    (value.length >= 16 && entropy(value) < 2.8)
  );
}

/** Length of the longest run whose character codes rise or fall by one (`abcdef`, `987654`). */
function longestSequence(value: string): number {
  let longest = 1;
  for (const step of [1, -1]) {
    let run = 1;
    for (let i = 1; i < value.length; i++) {
      run = value.charCodeAt(i) - value.charCodeAt(i - 1) === step ? run + 1 : 1;
      if (run > longest) longest = run;
    }
  }
  return longest;
}

/** `abc1abc1abc1`: a short unit repeated over the whole value. */
function isPeriodic(value: string): boolean {
  for (let period = 1; period <= Math.min(10, value.length >> 1); period++) {
    let same = true;
    for (let i = period; i < value.length && same; i++) same = value[i] === value[i - period];
    if (same) return true;
  }
  return false;
}

/** Shannon entropy in bits a character. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * Whether the last six of 36 characters are the base-62 CRC-32 of the thirty before, as in GitHub's `ghp_` family
 * (https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/) and npm's tokens.
 */
export function hasTokenChecksum(body: string): boolean {
  if (body.length !== 36) return false;
  return body.slice(30) === tokenChecksum(body.slice(0, 30));
}

export function tokenChecksum(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let i = 0; i < 6; i++) {
    digits = (base62[rest % 62] ?? "") + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
