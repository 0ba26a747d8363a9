/** Which checks are kept in the history, and as what. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { check, type CheckOptions } from "../../../src/app/check.ts";
import { pastRuns } from "../../../src/app/look-back.ts";
import { temporaryRepository, type TemporaryRepository } from "./temporary-repository.ts";

let repository: TemporaryRepository;
beforeEach(() => {
  repository = temporaryRepository({ "a.py": "import os\n", "b.py": "import os\n" });
});
afterEach(() => repository.remove());

async function scopesAfter(options: Partial<CheckOptions>): Promise<string[]> {
  const whole: CheckOptions = {
    paths: [],
    scope: { kind: "all" },
    profile: "fast",
    only: [],
    skip: [],
    noExec: true,
    noCache: false,
    imports: [],
    reports: [],
    baseline: undefined,
    gate: [],
  };
  await check({ ...whole, ...options }, repository.world, "0.0.0");
  return (await pastRuns({ limit: 10, branch: undefined }, repository.world)).map(({ scope }) => scope);
}

it("keeps a run over everything as such, and one over a part as a part", async () => {
  expect(await scopesAfter({})).toEqual(["all"]);
  expect(await scopesAfter({ paths: ["a.py"] })).toEqual(["part", "all"]);
  expect(await scopesAfter({ only: ["ruff"] })).toEqual(["part", "part", "all"]);
  expect(await scopesAfter({ skip: ["ruff"] })).toEqual(["part", "part", "part", "all"]);
});

it("keeps none that is one of many while somebody types", async () => {
  expect(await scopesAfter({ unrecorded: true })).toEqual([]);
});
