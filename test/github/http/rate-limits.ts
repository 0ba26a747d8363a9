/** GitHub's two kinds of limits: the hourly budget of a token, and the brakes on writing too fast. */
import { Refusal } from "../world/refusal.ts";

export type Resource = "core" | "search" | "graphql";

/** Documented by GitHub in 2026; a test that lives through many days within seconds leaves them off. */
export const documentedSecondaryLimits: SecondaryLimits = {
  contentPerMinute: 80,
  contentPerHour: 500,
  pointsPerMinute: 900,
  retryAfterSeconds: 60,
};

export interface SecondaryLimits {
  /** Requests that make content (comments, issues, reviews…). */
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
  /** A GET counts 1, a write counts 5. */
  readonly pointsPerMinute: number;
  readonly retryAfterSeconds: number;
}

export interface PrimaryLimits {
  readonly core: number;
  readonly anonymous: number;
  readonly search: number;
  readonly graphql: number;
  /** GitHub answers with either, and clients must understand both. */
  readonly exhaustedStatus: 403 | 429;
}

export const defaultPrimaryLimits: PrimaryLimits = {
  core: 5000,
  anonymous: 60,
  search: 30,
  graphql: 5000,
  exhaustedStatus: 403,
};

interface Window {
  used: number;
  resetAt: number;
}

export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Seconds since 1970. */
  readonly reset: number;
  readonly resource: Resource;
}

export interface RateLimits {
  state(who: string, resource: Resource): RateState;
  headers(who: string, resource: Resource): Record<string, string>;
  /** Refuses when the budget is spent; charges nothing. */
  requireBudget(who: string, resource: Resource): void;
  charge(who: string, resource: Resource, cost: number): void;
  /** Refuses where writing goes too fast; otherwise remembers that it happened. */
  requireSlow(who: string, method: string, makesContent: boolean): void;
  /** For tests: leaves so many requests in the present hour. */
  leave(who: string, remaining: number, resource?: Resource): void;
}

const minute = 60_000;
const hour = 3_600_000;

export function createRateLimits(
  now: () => Date,
  primary: PrimaryLimits,
  secondary: SecondaryLimits | undefined,
): RateLimits {
  const windows = new Map<string, Window>();
  const writes = new Map<string, number[]>();
  const points = new Map<string, { at: number; points: number }[]>();

  const limitOf = (who: string, resource: Resource): number =>
    resource === "core" && who === "" ? primary.anonymous : primary[resource];

  const windowOf = (who: string, resource: Resource): Window => {
    const key = `${resource}\0${who}`;
    const time = now().getTime();
    const known = windows.get(key);
    if (known !== undefined && known.resetAt > time) return known;
    const fresh = { used: 0, resetAt: time + (resource === "search" ? minute : hour) };
    windows.set(key, fresh);
    return fresh;
  };

  const state = (who: string, resource: Resource): RateState => {
    const limit = limitOf(who, resource);
    const { used, resetAt } = windowOf(who, resource);
    return { limit, used, remaining: Math.max(limit - used, 0), reset: Math.ceil(resetAt / 1000), resource };
  };

  const headers = (who: string, resource: Resource): Record<string, string> => {
    const present = state(who, resource);
    return {
      "x-ratelimit-limit": String(present.limit),
      "x-ratelimit-remaining": String(present.remaining),
      "x-ratelimit-used": String(present.used),
      "x-ratelimit-reset": String(present.reset),
      "x-ratelimit-resource": resource,
    };
  };

  return {
    state,
    headers,
    requireBudget(who, resource) {
      if (state(who, resource).remaining > 0) return;
      throw new Refusal(
        primary.exhaustedStatus,
        who === "" ? "API rate limit exceeded for 127.0.0.1." : "API rate limit exceeded for user.",
        undefined,
        headers(who, resource),
      );
    },
    charge(who, resource, cost) {
      windowOf(who, resource).used += cost;
    },
    requireSlow(who, method, makesContent) {
      if (secondary === undefined) return;
      const time = now().getTime();
      const recentPoints = (points.get(who) ?? []).filter((each) => each.at > time - minute);
      const cost = method === "GET" ? 1 : 5;
      const spent = recentPoints.reduce((sum, each) => sum + each.points, 0);
      const recentWrites = (writes.get(who) ?? []).filter((at) => at > time - hour);
      const lastMinute = recentWrites.filter((at) => at > time - minute).length;
      const tooFast =
        spent + cost > secondary.pointsPerMinute ||
        (makesContent && (lastMinute >= secondary.contentPerMinute || recentWrites.length >= secondary.contentPerHour));
      if (tooFast) throw secondaryLimit(secondary.retryAfterSeconds);
      points.set(who, [...recentPoints, { at: time, points: cost }]);
      if (makesContent) writes.set(who, [...recentWrites, time]);
    },
    leave(who, remaining, resource = "core") {
      windowOf(who, resource).used = limitOf(who, resource) - remaining;
    },
  };
}

export function secondaryLimit(retryAfterSeconds: number): Refusal {
  return new Refusal(
    403,
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    undefined,
    { "retry-after": String(retryAfterSeconds) },
  );
}
