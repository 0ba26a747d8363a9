/** Ids: valid, unique, in the order of time. */
import { expect, it } from "vitest";
import { uuidv7 } from "../../../src/store/uuid.ts";

it("is a version 7 UUID that starts with its time", () => {
  const id = uuidv7(new Date(0x0123456789ab));
  expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it("sorts by time and never repeats", () => {
  const at = (offset: number): string => uuidv7(new Date(1_772_000_000_000 + offset));
  expect([at(3), at(1), at(2)].sort().map((id) => id.slice(0, 13))).toEqual(
    [at(1), at(2), at(3)].map((id) => id.slice(0, 13)),
  );
  expect(new Set(Array.from({ length: 10_000 }, () => at(0))).size).toBe(10_000);
});
