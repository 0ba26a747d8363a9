/** Schedules: next times, time zones, clock changes, times that were missed. */
import { describe, expect, it } from "vitest";
import { dueSince, isTimeZone, judgeCron, nextTimes } from "../../../src/workflow/schedule.ts";

const at = (text: string): Date => new Date(text);

describe("nextTimes", () => {
  it("keeps to the time zone", () => {
    expect(nextTimes({ cron: "30 4 * * 1-5" }, at("2026-11-20T05:00:00Z"), 2)).toEqual([
      "2026-11-23T04:30:00.000Z",
      "2026-11-24T04:30:00.000Z",
    ]);
    expect(nextTimes({ cron: "0 9 * * *", timezone: "Asia/Tokyo" }, at("2026-11-20T05:00:00Z"), 1)).toEqual([
      "2026-11-21T00:00:00.000Z",
    ]);
  });

  it("runs once on a day without the hour and once on a day with it twice", () => {
    const schedule = { cron: "30 2 * * *", timezone: "Europe/Berlin" };
    expect(nextTimes(schedule, at("2026-03-28T12:00:00Z"), 2)).toEqual([
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
    expect(nextTimes(schedule, at("2026-10-24T12:00:00Z"), 2)).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });
});

describe("dueSince", () => {
  it("runs once for all times that were missed", () => {
    expect(dueSince({ cron: "0 * * * *" }, at("2026-11-22T10:00:00Z"), at("2026-11-22T13:30:00Z"))).toEqual({
      scheduledFor: "2026-11-22T13:00:00.000Z",
      missed: 2,
    });
  });

  it("is due at its very second, and not twice", () => {
    const cron = { cron: "0 * * * *" };
    expect(dueSince(cron, at("2026-11-22T12:30:00Z"), at("2026-11-22T13:00:00Z"))?.scheduledFor).toBe(
      "2026-11-22T13:00:00.000Z",
    );
    expect(dueSince(cron, at("2026-11-22T13:00:00Z"), at("2026-11-22T13:59:59.900Z"))).toBeUndefined();
  });

  it("does not count for ever, nor look back for ever", () => {
    expect(dueSince({ cron: "* * * * *" }, at("2000-01-01T00:00:00Z"), at("2026-11-22T13:00:30Z"))).toEqual({
      scheduledFor: "2026-11-22T13:00:00.000Z",
      missed: 1440,
    });
    expect(dueSince({ cron: "0 0 1 1 *" }, at("2000-01-01T00:00:00Z"), at("2026-11-22T13:00:30Z"))).toBeUndefined();
  });
});

describe("judgeCron", () => {
  it.each(["30 4 * * 1-5", "@daily", "*/15 0-6 1,15 JAN MON"])("%s is one", (cron) => {
    expect(judgeCron(cron)).toBeUndefined();
  });
  it.each(["", "* * * *", "* * * * * *", "60 * * * *", "0 0 31 2 *", "x y z a b"])("%j is none", (cron) => {
    expect(judgeCron(cron)).toBeTruthy();
  });
  it("knows time zones", () => {
    expect([isTimeZone("Europe/Berlin"), isTimeZone("Europe/Nowhere")]).toEqual([true, false]);
  });
});
