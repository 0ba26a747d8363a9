/** "Did you mean": near names are found, far ones are not guessed. */
import { expect, it } from "vitest";
import { closest } from "../../../src/model/closest.ts";

const known = ["exclude", "generated", "rules", "ruff", "oxlint", "complexity/cognitive", "profile"];

it.each([
  ["exlude", "exclude"],
  ["Exclude", "exclude"],
  ["rule", "rules"],
  ["ruels", "rules"],
  ["rfuf", "ruff"],
  ["oxlnit", "oxlint"],
  ["complexity/cognitve", "complexity/cognitive"],
  ["a", undefined],
  ["", undefined],
  ["plugins", undefined],
  ["extends", undefined],
  ["eslint-plugin-import", undefined],
])("%s -> %s", (name, expected) => {
  expect(closest(name, known)).toBe(expected);
});
