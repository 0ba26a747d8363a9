/** The hash by which GitHub's code scanning recognises a line: `primaryLocationLineHash`, as its upload action makes it. */

const windowSize = 100;
const multiplier = 37;
const endOfFile = 0xffff;
const [tab, lineFeed, carriageReturn, space] = [9, 10, 13, 32];
const twoTo32 = 2 ** 32;

// 37 ** 100 modulo 2 ** 64, in two halves: what a character still weighs when it leaves the window.
const [leavingHigh, leavingLow] = powerOfMultiplier();

/**
 * Hashes of all lines, line 1 first. A line's hash covers 100 characters from its start, across line ends, without
 * spaces and tabs, line ends all taken as LF; the file ends with U+FFFF and is filled up with zeros. After the colon
 * stands how often the hash has occurred so far. `text` must still have its BOM, which the action hashes too.
 */
export function hashLines(text: string): readonly string[] {
  const kept: number[] = [];
  const lineStarts: number[] = [];
  let atLineStart = true;
  let afterReturn = false;
  const keep = (code: number): void => {
    if (atLineStart) lineStarts.push(kept.length);
    atLineStart = code === lineFeed;
    kept.push(code);
  };
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // As the action has it: white space between CR and LF makes them two line ends.
    if (code === space || code === tab || (afterReturn && code === lineFeed)) {
      afterReturn = false;
      continue;
    }
    afterReturn = code === carriageReturn;
    keep(afterReturn ? lineFeed : code);
  }
  keep(endOfFile);

  // A rolling polynomial modulo 2 ** 64, kept in two halves: exact in doubles, and far faster than BigInt.
  let high = 0;
  let low = 0;
  const hashes: string[] = [];
  const occurrences = new Map<string, number>();
  let line = 0;
  const last = (lineStarts.at(-1) ?? 0) + windowSize;
  for (let i = 0; i < last; i++) {
    const entering = kept[i] ?? 0;
    const leaving = i < windowSize ? 0 : (kept[i - windowSize] ?? 0);
    const newLow = low * multiplier + entering - leavingLow * leaving;
    const carry = Math.floor(newLow / twoTo32);
    const newHigh = high * multiplier + carry - leavingHigh * leaving;
    low = newLow - carry * twoTo32;
    high = newHigh - Math.floor(newHigh / twoTo32) * twoTo32;
    if (lineStarts[line] === i - windowSize + 1) {
      const hash = high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, "0");
      const times = (occurrences.get(hash) ?? 0) + 1;
      occurrences.set(hash, times);
      hashes.push(`${hash}:${times}`);
      line++;
    }
  }
  return hashes;
}

function powerOfMultiplier(): [high: number, low: number] {
  let power = 1n;
  for (let i = 0; i < windowSize; i++) power = (power * BigInt(multiplier)) & 0xffff_ffff_ffff_ffffn;
  return [Number(power >> 32n), Number(power & 0xffff_ffffn)];
}
