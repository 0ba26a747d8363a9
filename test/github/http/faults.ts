/** Makes chosen requests go wrong, before or after their work is done. */

export interface FaultMatch {
  readonly method?: string;
  /** Tried on the path without `/api/v3`, with its query. */
  readonly path?: RegExp;
  /** The first matching request that goes wrong, counted from 1. */
  readonly nth?: number;
  /** How many go wrong from there; one unless said. */
  readonly times?: number;
}

export type Fault =
  | { readonly kind: "error"; readonly status?: number; readonly after?: boolean }
  | { readonly kind: "reset"; readonly after?: boolean }
  | { readonly kind: "slow"; readonly milliseconds: number }
  | { readonly kind: "truncate" }
  | { readonly kind: "secondary-limit"; readonly retryAfterSeconds: number }
  | { readonly kind: "primary-limit"; readonly status?: 403 | 429; readonly resetInSeconds: number };

export interface ActiveFault {
  /** How many requests it has hit. */
  fired(): number;
  remove(): void;
}

export interface Faults {
  add(match: FaultMatch, fault: Fault): ActiveFault;
  clear(): void;
  /** The fault of this request, if any; counts it. */
  take(method: string, path: string): Fault | undefined;
}

interface Entry {
  readonly match: FaultMatch;
  readonly fault: Fault;
  seen: number;
  fired: number;
}

export function createFaults(): Faults {
  let entries: Entry[] = [];
  return {
    add(match, fault) {
      const entry: Entry = { match, fault, seen: 0, fired: 0 };
      entries.push(entry);
      return {
        fired: () => entry.fired,
        remove: () => {
          entries = entries.filter((each) => each !== entry);
        },
      };
    },
    clear() {
      entries = [];
    },
    take(method, path) {
      let taken: Fault | undefined;
      for (const entry of entries) {
        if (entry.match.method !== undefined && entry.match.method !== method) continue;
        if (entry.match.path !== undefined && !entry.match.path.test(path)) continue;
        entry.seen += 1;
        const from = entry.match.nth ?? 1;
        const hit = entry.seen >= from && entry.seen < from + (entry.match.times ?? 1);
        if (!hit || taken !== undefined) continue;
        entry.fired += 1;
        taken = entry.fault;
      }
      return taken;
    },
  };
}
