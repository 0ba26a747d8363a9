/** Where workflows are found, what is read with them, and what is refused. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { Mistakes } from "../../../src/app/mistakes.ts";
import {
  judgeWorkflows,
  listWorkflows,
  openWorkflow,
  shippedWorkflows,
  showWorkflow,
} from "../../../src/app/workflows.ts";
import { planWorkflow } from "../../../src/workflow/plan-workflow.ts";
import { temporaryRepository, type TemporaryRepository } from "./temporary-repository.ts";

let repository: TemporaryRepository;
afterEach(() => repository.remove());

const folder = ".codeflow/workflows";
const leaf =
  '# Says hello.\n#\n# And no more.\non: manual\ninputs: { who: { required: true } }\nsteps:\n  - uses: flow.log\n    with: { message: "${{ inputs.who }}" }\n';

it("opens a workflow with those that it calls, ready to be planned", async () => {
  repository = temporaryRepository({
    [`${folder}/outer.yml`]:
      "on: manual\nsteps:\n  - workflow: inner\n    with: { who: you }\n  - workflow: ./elsewhere/more.yaml\n    with: { who: me }\n",
    [`${folder}/inner.yaml`]: leaf,
    "elsewhere/more.yaml": leaf,
  });
  const { workflow, catalog, resolve, names } = await openWorkflow("outer", repository.world);
  expect(workflow).toMatchObject({ id: "outer", source: "repository", path: `${folder}/outer.yml` });
  expect(names).toEqual(expect.arrayContaining(["inner", "outer"]));
  const { plan, diagnostics } = planWorkflow(workflow, {
    event: { name: "manual", payload: {} },
    inputs: {},
    catalog,
    resolve,
    workflowNames: names,
  });
  expect(diagnostics).toEqual([]);
  expect(plan?.steps.map(({ called }) => [called?.workflow.id, called?.inputs])).toEqual([
    ["inner", { who: "you" }],
    ["more", { who: "me" }],
  ]);
});

it("refuses one with mistakes, and says which names there are", async () => {
  repository = temporaryRepository({ [`${folder}/broken.yml`]: "on: manual\nsteps:\n  - uses: flow.lgo\n" });
  await expect(openWorkflow("broken", repository.world)).rejects.toBeInstanceOf(Mistakes);
  await expect(openWorkflow("brokne", repository.world)).rejects.toMatchObject({
    code: "CF450",
    next: "did you mean broken?",
  });
  await expect(openWorkflow("missing.yml", repository.world)).rejects.toMatchObject({ code: "CF450" });
});

it("lists and shows, with what the header says, and follows no links", async () => {
  repository = temporaryRepository({ [`${folder}/hello.yml`]: leaf, "outside.yml": leaf });
  symlinkSync(join(repository.root, "outside.yml"), join(repository.root, folder, "linked.yml"));
  const own = (await listWorkflows(repository.world)).filter(({ source }) => source === "repository");
  expect(own.map(({ id, header, mistakes }) => [id, header, mistakes])).toEqual([
    ["hello", "Says hello.\n\nAnd no more.", 0],
  ]);
  expect((await showWorkflow("outside.yml", repository.world)).source).toBe("given");
});

it("judges the repository's own unless told otherwise, also what they call", async () => {
  repository = temporaryRepository({
    [`${folder}/a.yml`]: "on: manual\nsteps:\n  - workflow: hello\n  - workflow: broken\n  - workflow: nobody\n",
    [`${folder}/broken.yml`]: "on: never\nsteps: []\n",
    [`${folder}/hello.yml`]: leaf,
  });
  const { diagnostics, isValid } = await judgeWorkflows([], repository.world);
  expect(isValid).toBe(false);
  expect(diagnostics.map(({ file, code }) => `${file.split("/").at(-1)} ${code}`)).toEqual(
    expect.arrayContaining([
      "broken.yml unknown-event",
      "broken.yml missing-key",
      "a.yml input-missing",
      "a.yml unknown-workflow",
    ]),
  );
  expect(diagnostics.filter(({ code }) => code === "unknown-workflow").map(({ message }) => message)).toEqual([
    'there is no workflow "nobody"',
  ]);
  expect((await judgeWorkflows(["hello"], repository.world)).isValid).toBe(true);
});

it("ships workflows that hold", async () => {
  repository = temporaryRepository();
  const ids = shippedWorkflows().map(({ id }) => id);
  const { diagnostics } = ids.length === 0 ? { diagnostics: [] } : await judgeWorkflows(ids, repository.world);
  expect(diagnostics).toEqual([]);
});
