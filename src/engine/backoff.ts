/** How long to wait before a step is tried again. Pure. */
import type { RetryPolicy } from "../model/workflow.ts";

/** Full jitter: anything between nothing and the exponential delay, so that many that failed at once do not return at once. */
export function retryDelayMs(policy: RetryPolicy, failures: number, random: () => number): number {
  const seconds = Math.min(policy.maxDelaySeconds, policy.delaySeconds * policy.factor ** (failures - 1));
  return Math.round(random() * seconds * 1000);
}
