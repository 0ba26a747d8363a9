/** Waits, for as long as asked and no longer than wanted. */
import { setTimeout as delay } from "node:timers/promises";

/** Node's timers fire at once beyond this. */
const longest = 2 ** 31 - 1;

/** Rejects with the signal's reason when it aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  for (let left = ms; left >= 0; left -= longest) {
    try {
      await delay(Math.min(left, longest), undefined, { signal });
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  }
}
