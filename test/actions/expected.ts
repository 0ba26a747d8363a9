/** What is left in a case's world afterwards: files, log, git, hosts, notices. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { ActionCase } from "./case.ts";
import type { CaseWorld } from "./world.ts";

export function verifyWorld(wanted: ActionCase["expect"], world: CaseWorld): void {
  for (const [path, text] of Object.entries(wanted.files)) {
    const place = join(world.checkout.root, path);
    const found = existsSync(place) ? readFileSync(place, "utf8") : null;
    expect(found, path).toBe(text);
  }
  if (wanted.log !== undefined) expect(world.log).toEqual(world.filled(wanted.log));
  const log = world.log.join("\n");
  for (const part of wanted["log-includes"]) expect(log).toContain(world.filled(part));
  if (wanted.summary !== undefined)
    expect(world.summary.trimEnd()).toBe(String(world.filled(wanted.summary)).trimEnd());
  for (const part of wanted["summary-includes"]) expect(world.summary).toContain(world.filled(part));
  for (const [command, output] of Object.entries(wanted.git)) {
    expect(world.checkout.git(command.split(" ")).trimEnd(), `git ${command}`).toBe(world.filled(output));
  }
  if (wanted.host !== undefined) expect(world.host.state).toMatchObject(included(wanted.host, world));
  if (wanted.tracker !== undefined) expect(world.tracker.state).toMatchObject(included(wanted.tracker, world));
  if (wanted.notices !== undefined) expect(world.notifier.messages).toMatchObject(included(wanted.notices, world));
  if (wanted.requests !== undefined) expect(world.requests).toEqual(wanted.requests);
  if (wanted.calls !== undefined) expect(world.calls).toEqual(wanted.calls);
}

/** `{ $includes: "part" }` instead of a text: it contains this; a list of parts: all of them. */
export function included(value: unknown, world: CaseWorld): Record<string, unknown> {
  const inner = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(inner);
    if (typeof one !== "object" || one === null) return world.filled(one);
    const parts = (one as { $includes?: string | string[] }).$includes;
    if (parts === undefined)
      return Object.fromEntries(Object.entries(one).map(([key, each]) => [world.filled(key), inner(each)]));
    return new TextWith([parts].flat().map((part) => String(world.filled(part))));
  };
  return inner(value) as Record<string, unknown>;
}

class TextWith {
  readonly parts: readonly string[];
  constructor(parts: readonly string[]) {
    this.parts = parts;
  }
  asymmetricMatch(actual: unknown): boolean {
    return typeof actual === "string" && this.parts.every((part) => actual.includes(part));
  }
  toString(): string {
    return "TextWith";
  }
  toAsymmetricMatcher(): string {
    return `text with ${this.parts.map((part) => JSON.stringify(part)).join(", ")}`;
  }
}
