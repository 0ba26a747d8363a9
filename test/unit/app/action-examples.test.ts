/** What the reference of actions shows is right: every example reads without a mistake. */
import { describe, expect, it } from "vitest";
import { listActions } from "../../../src/app/actions.ts";
import { loadCatalog } from "../../../src/app/workflows.ts";
import { readWorkflow } from "../../../src/workflow/read-workflow.ts";

const catalog = await loadCatalog();
/** An example is a piece: steps and inputs around it are not in it. */
const around = new Set(["unknown-step", "undeclared-input", "undeclared-secret", "unknown-need", "context-not-here"]);

const examples = (await listActions()).flatMap(({ id, description = "" }) =>
  [...description.matchAll(/```ya?ml\n([^]*?)```/g)]
    .map(([, yaml = ""]): [string, string] => [id, yaml])
    .filter(([, yaml]) => /^ *- (uses|id|if|name):/m.test(yaml)),
);

describe("examples of actions", () => {
  it("are there", () => {
    expect(examples.length).toBeGreaterThan(20);
  });

  it.each(examples)("%s", (id, yaml) => {
    const { diagnostics } = readWorkflow(`on: pull_request\nsteps:\n${yaml}`, `${id}.yml`, catalog);
    expect(diagnostics.filter(({ code }) => !around.has(code))).toEqual([]);
  });
});
