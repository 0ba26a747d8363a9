/** Reads `on:`: events with their filters, in all of the forms that GitHub's workflows have. Pure. */
import { eventNames, type EventName } from "../model/event.ts";
import type { Place, TriggerDefinition } from "../model/workflow.ts";
import { judgeGlobs } from "./globs.ts";
import type { TreeEntry, TreeNode } from "./positioned-tree.ts";
import { describe, didYouMean, orList, Reader, type TextItem } from "./reader.ts";
import { readCondition, type Scope } from "./read-expressions.ts";
import { isTimeZone, judgeCron } from "./schedule.ts";
import { slashCommandNames } from "../model/slash-commands.ts";
import { authorAssociations, eventAliases, type FilterKey, triggerEvents } from "./trigger-events.ts";

const allFilters: readonly FilterKey[] = [
  "types",
  "branches",
  "branches-ignore",
  "tags",
  "tags-ignore",
  "paths",
  "paths-ignore",
  "labels",
  "actors",
  "actors-ignore",
  "author-association",
  "commands",
  "if",
];

export function readTriggers(entry: TreeEntry, reader: Reader): TriggerDefinition[] {
  const { value } = entry;
  if (value.kind === "scalar") return readEvent(value, undefined, value.place, reader);
  if (value.kind === "list") {
    return value.items.flatMap((item) => {
      if (item.kind === "scalar") return readEvent(item, undefined, item.place, reader);
      reader.error("wrong-type", item.place, `on: expected the name of an event, found ${describe(item)}`);
      return [];
    });
  }
  if (value.entries.length === 0) reader.error("missing-key", entry.keyPlace, "on: no event is named");
  return value.entries.flatMap(({ key, keyPlace, value: filters }) =>
    readEvent({ kind: "scalar", value: key, place: keyPlace, placeOf: () => keyPlace }, filters, keyPlace, reader),
  );
}

function readEvent(name: TreeNode, filters: TreeNode | undefined, place: Place, reader: Reader): TriggerDefinition[] {
  const given = name.kind === "scalar" ? name.value : undefined;
  if (typeof given !== "string") {
    reader.error("wrong-type", place, `on: expected the name of an event, found ${describe(name)}`);
    return [];
  }
  const alias = Object.hasOwn(eventAliases, given) ? eventAliases[given] : undefined;
  const event = eventNames.find((each) => each === given);
  if (alias === undefined && event === undefined) {
    const hint =
      given === "pull_request_target"
        ? "here pull_request itself runs with the base branch's configuration"
        : (didYouMean(given, [...eventNames, ...Object.keys(eventAliases)]) ?? `events: ${eventNames.join(", ")}`);
    reader.error("unknown-event", place, `there is no event "${given}"`, hint);
    return [];
  }
  const events = alias ?? [{ event: event as EventName }];
  return events.flatMap(({ event: each, ...preset }, index) => {
    // What is wrong with the filters of two events at once is said once.
    const own = index === 0 ? reader : new Reader(reader.file);
    if (each === "schedule") return readSchedules(filters, place, reader);
    return [{ event: each, ...preset, ...readFilters(each, filters, place, own), place }];
  });
}

function readSchedules(node: TreeNode | undefined, place: Place, reader: Reader): TriggerDefinition[] {
  const items = node?.kind === "list" ? node.items : node?.kind === "map" ? [node] : [];
  if (items.length === 0) {
    reader.error("missing-key", place, "schedule: no time is given", 'write "- cron: 30 4 * * 1-5" under it');
    return [];
  }
  return items.flatMap((item): TriggerDefinition[] => {
    const entries = reader.map(item, "schedule", ["cron", "timezone", "if"]);
    if (entries === undefined) return [];
    const cronEntry = entries.get("cron");
    if (cronEntry === undefined) reader.error("missing-key", item.place, `"cron" is missing in schedule`);
    const cron = reader.text(cronEntry);
    const wrong = cron === undefined ? undefined : judgeCron(cron);
    if (wrong !== undefined && cronEntry !== undefined) {
      reader.error(
        "invalid-cron",
        cronEntry.value.place,
        `${JSON.stringify(cron)} is no time: ${wrong}`,
        "minute hour day month weekday, as in 30 4 * * 1-5",
      );
    }
    const zoneEntry = entries.get("timezone");
    const timezone = reader.text(zoneEntry);
    if (timezone !== undefined && zoneEntry !== undefined && !isTimeZone(timezone)) {
      const known = Intl.supportedValuesOf("timeZone");
      reader.error(
        "invalid-value",
        zoneEntry.value.place,
        `there is no time zone "${timezone}"`,
        didYouMean(timezone, known) ?? "names are such as Europe/Berlin",
      );
    }
    const condition = readCondition(entries.get("if"), scopeOfTrigger, reader);
    if (cron === undefined) return [];
    return [
      {
        event: "schedule",
        cron,
        ...(timezone === undefined ? {} : { timezone }),
        ...(condition === undefined ? {} : { if: condition }),
        place: item.place,
      },
    ];
  });
}

const scopeOfTrigger: Scope = { contexts: new Set(["event", "repo"]), where: "a trigger's condition" };

type Filters = Omit<TriggerDefinition, "event" | "place">;

function readFilters(event: EventName, node: TreeNode | undefined, place: Place, reader: Reader): Filters {
  if (node === undefined || (node.kind === "scalar" && node.value === null)) return {};
  const facts = triggerEvents[event];
  const entries = reader.map(node, event, allFilters);
  if (entries === undefined) return {};
  for (const key of allFilters) {
    const entry = entries.get(key);
    if (entry === undefined || facts.filters.includes(key)) continue;
    reader.error(
      "filter-not-for-event",
      entry.keyPlace,
      `${event} has no ${key} to filter by`,
      `its filters: ${facts.filters.join(", ")}`,
    );
  }
  for (const key of ["branches", "tags", "paths", "actors"] as const) {
    const other = entries.get(`${key}-ignore`);
    if (entries.has(key) && other !== undefined) {
      reader.error(
        "filter-conflict",
        other.keyPlace,
        `${key} and ${key}-ignore cannot both be there`,
        "use !pattern for exceptions",
      );
    }
  }
  const among = (
    key: FilterKey,
    known: readonly string[],
    code: "unknown-event-type" | "invalid-value" | "unknown-command",
    what: string,
  ) => {
    const items = reader.texts(entries.get(key));
    for (const { text, place: at } of items ?? []) {
      if (known.includes(text)) continue;
      reader.error(
        code,
        at,
        `${event} has no ${what} "${text}"`,
        didYouMean(text, known) ?? (known.length === 0 ? undefined : `expected ${orList(known)}`),
      );
    }
    return items?.map(({ text }) => text);
  };
  const globs = (key: FilterKey, isPaths: boolean) => {
    const items = reader.texts(entries.get(key));
    if (items === undefined) return undefined;
    for (const { index, message } of judgeGlobs(textsOf(items), isPaths)) {
      reader.error("invalid-glob", items[index]?.place ?? place, message);
    }
    return textsOf(items);
  };
  const plain = (key: FilterKey) => {
    const items = reader.texts(entries.get(key));
    return items === undefined ? undefined : textsOf(items);
  };
  const found = {
    types: facts.types.length === 0 ? undefined : among("types", facts.types, "unknown-event-type", "type"),
    branches: globs("branches", false),
    branchesIgnore: globs("branches-ignore", false),
    tags: globs("tags", false),
    tagsIgnore: globs("tags-ignore", false),
    paths: globs("paths", true),
    pathsIgnore: globs("paths-ignore", true),
    labels: plain("labels"),
    actors: plain("actors"),
    actorsIgnore: plain("actors-ignore"),
    authorAssociations: among("author-association", authorAssociations, "invalid-value", "author association"),
    commands: among("commands", slashCommandNames, "unknown-command", "slash command"),
    if: readCondition(entries.get("if"), scopeOfTrigger, reader),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Filters;
}

function textsOf(items: readonly TextItem[]): string[] {
  return items.map(({ text }) => text);
}
