/** How long reading, planning and evaluating take on large workflows: `node bench/workflow-language.ts`. */
import { loadCatalog } from "../src/app/workflows.ts";
import type { Workflow } from "../src/model/workflow.ts";
import { evaluateExpression } from "../src/workflow/expressions.ts";
import { planWorkflow } from "../src/workflow/plan-workflow.ts";
import { readWorkflow } from "../src/workflow/read-workflow.ts";

const catalog = await loadCatalog(["flow.log"]);

function time<Result>(what: string, work: () => Result): Result {
  const start = performance.now();
  const result = work();
  process.stdout.write(`${(performance.now() - start).toFixed(0).padStart(6)} ms  ${what}\n`);
  return result;
}

function read(text: string): Workflow {
  const { workflow, diagnostics } = readWorkflow(text, "large.yml", catalog);
  if (workflow === undefined) throw new Error(JSON.stringify(diagnostics[0]));
  return workflow;
}

function plan(workflow: Workflow): void {
  const event = { name: "manual", payload: {} } as const;
  const result = planWorkflow(workflow, { event, inputs: {}, catalog, resolve: () => undefined });
  if (result.plan === undefined) throw new Error(JSON.stringify(result.diagnostics[0]));
}

const step = (index: number, more: string): string =>
  `  - id: s${index}\n    uses: flow.log\n    with:\n      message: step ${index} \${{ run.id }}\n${more}`;
const chain = Array.from({ length: 10_000 }, (_, index) =>
  step(index, index === 0 ? "" : `    if: steps.s${index - 1}.outcome == 'success' && steps.s0.outcome\n`),
).join("");
const graph = Array.from({ length: 10_000 }, (_, index) =>
  step(index, index < 2 ? "" : `    needs: [s${index - 1}, s${index >> 1}]\n`),
).join("");
const wide = Array.from({ length: 1_000 }, (_, index) => step(index, "").replace(/^/gm, "    ").trimEnd()).join("\n");

const long = time("read a chain of 10,000 steps", () => read(`on: manual\nsteps:\n${chain}`));
time("plan it", () => plan(long));
const net = time("read 10,000 steps with needs", () => read(`on: manual\nsteps:\n${graph}`));
time("plan it", () => plan(net));
const broad = time("read 1,000 parallel steps", () => read(`on: manual\nsteps:\n  - parallel:\n${wide}\n`));
time("plan it", () => plan(broad));
const contexts = {
  event: { pull_request: { labels: Array.from({ length: 50 }, (_, index) => ({ name: `label-${index}` })) } },
  steps: Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`s${index}`, { outcome: "success" }])),
};
time("evaluate 20,000 expressions", () => {
  for (let index = 0; index < 20_000; index++) {
    evaluateExpression(
      `steps.s${index % 10_000}.outcome == 'success' && contains(event.pull_request.labels.*.name, 'label-40')`,
      contexts,
    );
  }
});
