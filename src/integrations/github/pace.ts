/** Spacing of requests: few at once, and content made no faster than GitHub asks for. */

export interface Pace {
  /** Runs when its turn has come. */
  take<T>(kind: "read" | "write" | "content", work: () => Promise<T>): Promise<T>;
}

/** https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api: a second between writes. */
const secondsBetweenWrites = { write: 0.5, content: 1 } as const;
const readsAtOnce = 8;

export function createPace(options: {
  readonly monotonic: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** Milliseconds that count as a second. */
  readonly second: number;
}): Pace {
  let writing: Promise<unknown> = Promise.resolve();
  let nextWrite = -Infinity;
  let reading = 0;
  const queue: (() => void)[] = [];

  async function write<T>(kind: "write" | "content", work: () => Promise<T>): Promise<T> {
    const before = writing;
    const turn = (async () => {
      // How the one before ended is its own caller's business.
      await before.catch(() => undefined);
      const left = nextWrite - options.monotonic();
      if (left > 0) await options.wait(left);
      try {
        return await work();
      } finally {
        nextWrite = options.monotonic() + secondsBetweenWrites[kind] * options.second;
      }
    })();
    writing = turn;
    return turn;
  }

  async function read<T>(work: () => Promise<T>): Promise<T> {
    if (reading >= readsAtOnce) await new Promise<void>((resolve) => queue.push(resolve));
    reading += 1;
    try {
      return await work();
    } finally {
      reading -= 1;
      queue.shift()?.();
    }
  }

  return { take: (kind, work) => (kind === "read" ? read(work) : write(kind, work)) };
}
