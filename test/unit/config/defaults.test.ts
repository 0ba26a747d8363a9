/** Defaults that two rooms must agree on, though neither may import the other. */
import { expect, it } from "vitest";
import { defaultConfig } from "../../../src/config/defaults.ts";
import { defaultGate } from "../../../src/findings/gate.ts";

it("the configuration's default gate is the gate's own", () => {
  expect(defaultConfig.gate).toEqual(defaultGate);
});
