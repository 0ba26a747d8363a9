/** What the configuration keeps silent. */
import { expect, it } from "vitest";
import { type QuietHours, reasonToWithhold } from "../../../../src/integrations/notices/policy.ts";
import type { Notice } from "../../../../src/model/notifier.ts";
import { openSituation } from "../../../contract/notices-stage.ts";

const notice: Notice = { key: "k", title: "t", severity: "warning" };
const night: QuietHours = { from: "20:00", to: "08:00", timezone: "Europe/Berlin", days: ["sun"], except: ["error"] };
const reasonOf = (...given: Parameters<typeof reasonToWithhold>) => reasonToWithhold(...given)?.reason;
const at = (time: string, quietHours = night) => ({ ...openSituation, quietHours, now: new Date(time) });

it.each([
  // Berlin is an hour before UTC in winter, two in summer.
  ["2026-01-14T18:59:00Z", undefined],
  ["2026-01-14T19:00:00Z", "quiet hours until 08:00 (Europe/Berlin)"],
  ["2026-01-14T06:59:00Z", "quiet hours until 08:00 (Europe/Berlin)"],
  ["2026-01-14T07:00:00Z", undefined],
  ["2026-07-15T06:00:00Z", undefined],
  ["2026-01-18T12:00:00Z", "sun is a quiet day (Europe/Berlin)"],
])("at %s: %s", (time, reason) => {
  expect(reasonOf(notice, {}, at(time))).toBe(reason);
});

it("tells what is never quiet, and knows hours within a day", () => {
  expect(reasonOf({ ...notice, severity: "error" }, {}, at("2026-01-18T02:00:00Z"))).toBeUndefined();
  const noon = { ...night, from: "12:00", to: "13:00" };
  expect(reasonOf(notice, {}, at("2026-01-14T11:30:00Z", noon))).toContain("13:00");
  expect(reasonOf(notice, {}, at("2026-01-14T22:00:00Z", noon))).toBeUndefined();
});

it("tells only of the severities and events that were asked for", () => {
  expect(reasonOf(notice, { severities: ["error"] }, openSituation)).toContain("severity warning");
  expect(reasonOf(notice, { events: ["push"] }, openSituation)).toContain("on pull_request");
  expect(reasonOf(notice, { severities: ["warning"], events: ["pull_request"] }, openSituation)).toBeUndefined();
});

it("keeps code of what may be private", () => {
  const code = { ...notice, hasCode: true };
  expect(reasonOf(code, {}, { ...openSituation, isPrivate: true })).toContain("allow-code");
  expect(reasonOf(code, {}, { ...openSituation, isPrivate: undefined })).toContain("allow-code");
  expect(reasonOf(code, {}, { ...openSituation, isPrivate: true, allowCode: true })).toBeUndefined();
  expect(reasonOf(code, {}, openSituation)).toBeUndefined();
});

it("knows what is only too early from what is never told", () => {
  expect(reasonToWithhold(notice, {}, at("2026-01-14T19:00:00Z"))?.isForLater).toBe(true);
  expect(reasonToWithhold(notice, { severities: ["error"] }, at("2026-01-14T19:00:00Z"))?.isForLater).toBe(false);
  const code = { ...notice, hasCode: true };
  expect(reasonToWithhold(code, {}, { ...at("2026-01-14T19:00:00Z"), isPrivate: true })?.isForLater).toBe(false);
});
