/** What is told, to whom and when, as the configuration says. Pure. */
import type { Notice } from "../../model/notifier.ts";

export interface NoticeRules {
  readonly severities?: readonly Notice["severity"][];
  /** Names of the events of which it is told; all when absent. */
  readonly events?: readonly string[];
}

export interface QuietHours {
  /** `HH:MM` on the clock of the time zone. */
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  /** Days that are quiet altogether, `sat`. */
  readonly days: readonly string[];
  /** Told all the same. */
  readonly except: readonly Notice["severity"][];
}

export interface NoticeSituation {
  readonly event: string;
  /** Undefined where nobody knows: taken for private. */
  readonly isPrivate: boolean | undefined;
  readonly allowCode: boolean;
  readonly quietHours: QuietHours | undefined;
  readonly now: Date;
}

/** Why nothing is told now; undefined when it is told. `isForLater`: the hour is wrong, not the notice. */
export function reasonToWithhold(
  notice: Notice,
  rules: NoticeRules,
  situation: NoticeSituation,
): { readonly reason: string; readonly isForLater: boolean } | undefined {
  if (!applies(notice, rules, situation.event)) {
    const reason = `the configuration tells nothing of severity ${notice.severity} on ${situation.event} here`;
    return { reason, isForLater: false };
  }
  if (notice.hasCode === true && situation.isPrivate !== false && !situation.allowCode) {
    const reason = "it holds code of a repository that is not known to be public; notices.allow-code permits that";
    return { reason, isForLater: false };
  }
  const reason =
    situation.quietHours === undefined ? undefined : quietReason(notice, situation.quietHours, situation.now);
  return reason === undefined ? undefined : { reason, isForLater: true };
}

export function applies(notice: Notice, { severities, events }: NoticeRules, event: string): boolean {
  return (severities?.includes(notice.severity) ?? true) && (events?.includes(event) ?? true);
}

export function quietReason(notice: Notice, hours: QuietHours, now: Date): string | undefined {
  if (hours.except.includes(notice.severity)) return undefined;
  const { day, time } = clockAt(now, hours.timezone);
  if (hours.days.includes(day)) return `${day} is a quiet day (${hours.timezone})`;
  const { from, to } = hours;
  // From 20:00 to 08:00 goes over midnight.
  const isQuiet = from <= to ? time >= from && time < to : time >= from || time < to;
  return isQuiet ? `quiet hours until ${to} (${hours.timezone})` : undefined;
}

function clockAt(now: Date, timeZone: string): { readonly day: string; readonly time: string } {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  return { day: (parts["weekday"] ?? "").toLowerCase(), time: `${parts["hour"]}:${parts["minute"]}` };
}
