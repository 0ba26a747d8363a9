/** Runs child programs side by side: at most so many at once, and never two that write the same thing. */

export interface ProcessQueue {
  /** `writes`: names of what it writes; two jobs that share one run one after the other. */
  run<T>(writes: readonly string[], job: () => Promise<T>): Promise<T>;
}

export function createProcessQueue(slots: number): ProcessQueue {
  let free = slots;
  const held = new Set<string>();
  const waiting: { readonly writes: readonly string[]; readonly start: () => void }[] = [];

  /** Starts everything that may start, first come first served among those that can. */
  function advance(): void {
    for (let i = 0; i < waiting.length && free > 0;) {
      const next = waiting[i];
      if (next === undefined || next.writes.some((name) => held.has(name))) {
        i++;
        continue;
      }
      waiting.splice(i, 1);
      free--;
      for (const name of next.writes) held.add(name);
      next.start();
    }
  }

  return {
    async run(writes, job) {
      await new Promise<void>((resolve) => {
        waiting.push({ writes, start: resolve });
        advance();
      });
      try {
        return await job();
      } finally {
        free++;
        for (const name of writes) held.delete(name);
        advance();
      }
    },
  };
}
