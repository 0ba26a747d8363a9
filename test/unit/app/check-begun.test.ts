/** A place that was begun before the check is its own, or is not used. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { check, type CheckOptions } from "../../../src/app/check.ts";
import { beginPlace } from "../../../src/app/place.ts";
import { temporaryRepository, type TemporaryRepository } from "./temporary-repository.ts";

let here: TemporaryRepository;
let elsewhere: TemporaryRepository;
beforeEach(() => {
  here = temporaryRepository({ "a.py": "import os\n" });
  elsewhere = temporaryRepository({ "b.py": "import os\n" });
});
afterEach(() => {
  here.remove();
  elsewhere.remove();
});

const whole: CheckOptions = {
  paths: [],
  scope: { kind: "all" },
  profile: "fast",
  only: ["ruff"],
  skip: [],
  noExec: true,
  noCache: false,
  imports: [],
  reports: [],
  baseline: undefined,
  gate: [],
};

it.each([true, false])("is used where the check runs (with status: %s)", async (withStatus) => {
  for (let round = 0; round < 2; round++) {
    const begun = beginPlace(here.world, { withStatus });
    const { run, place } = await check({ ...whole, begun }, here.world, "0.0.0");
    expect(run.findings.map(({ location }) => location.path)).toEqual(["a.py"]);
    expect(place).toBe(await begun.place);
    expect(run.startedAt).toBe(begun.at.toISOString());
  }
});

it("is not used anywhere else", async () => {
  const begun = beginPlace(elsewhere.world, { withStatus: true });
  const { run } = await check({ ...whole, begun }, here.world, "0.0.0");
  expect(run.findings.map(({ location }) => location.path)).toEqual(["a.py"]);
  await begun.place;
});
