/**
 * Workflow files with what is said of them. `err/<case>/expected.txt`: the diagnostics; `ok/<case>/expected.txt`: the
 * plan for `event.json` (a manual start when absent) and, where it matters, inputs. UPDATE_GOLDEN=1 rewrites them.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ActionNeed } from "../../src/model/action.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { TriggerEvent } from "../../src/model/event.ts";
import type { Plan, PlannedStep, Workflow } from "../../src/model/workflow.ts";
import { diagnosticCodes } from "../../src/workflow/diagnostic-codes.ts";
import { planWorkflow } from "../../src/workflow/plan-workflow.ts";
import { readWorkflow } from "../../src/workflow/read-workflow.ts";
import { catalog } from "./catalog.ts";

interface Given {
  readonly event?: TriggerEvent;
  readonly inputs?: Record<string, unknown>;
  readonly ports?: ActionNeed[];
}

const seen = new Set<string>();

function run(folder: string): string {
  const given = existsSync(join(folder, "given.json"))
    ? (JSON.parse(readFileSync(join(folder, "given.json"), "utf8")) as Given)
    : {};
  const others = new Map<string, Workflow>();
  const said: string[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yml") && name !== "workflow.yml")) {
    const { workflow, diagnostics } = readWorkflow(readFileSync(join(folder, file), "utf8"), file, catalog);
    said.push(...diagnostics.map(line));
    if (workflow !== undefined) others.set(workflow.id, workflow);
  }
  const { workflow, diagnostics } = readWorkflow(readFileSync(join(folder, "workflow.yml"), "utf8"), "workflow.yml", catalog);
  said.push(...diagnostics.map(line));
  if (workflow === undefined) return `${said.join("\n")}\n`;
  others.set("workflow", workflow);
  const planned = planWorkflow(workflow, {
    event: given.event ?? { name: "manual", payload: {} },
    inputs: given.inputs ?? {},
    catalog,
    resolve: (name) => others.get(name),
    workflowNames: [...others.keys()],
    ...(given.ports === undefined ? {} : { availablePorts: new Set(given.ports) }),
  });
  said.push(...planned.diagnostics.map(line));
  if (planned.plan !== undefined) said.push(...planText(planned.plan, ""));
  return `${said.join("\n")}\n`;
}

function line({ file, line: at, column, endLine, endColumn, severity, code, message, hint }: Diagnostic): string {
  seen.add(code);
  const end = endLine === at || endLine === undefined ? `${endColumn}` : `${endLine}:${endColumn}`;
  return `${file}:${at}:${column}-${end} ${severity} ${code}: ${message}${hint === undefined ? "" : `\n    hint: ${hint}`}`;
}

function planText({ workflow, inputs, concurrency, concurrencyOf, steps, needs }: Plan, indent: string): string[] {
  return [
    `${indent}${workflow.id} inputs ${JSON.stringify(inputs)} needs [${needs.join(" ")}]${concurrency === undefined ? "" : ` concurrency ${JSON.stringify(concurrency)}`}${concurrencyOf === undefined ? "" : ` concurrency when called ${JSON.stringify(concurrencyOf)}`}`,
    ...steps.flatMap((step) => stepText(step, `${indent}  `)),
  ];
}

function stepText({ id, step, waitsFor, hasNeeds, decision, effects, children, called }: PlannedStep, indent: string): string[] {
  const what = step.kind === "action" ? step.uses : step.kind === "workflow" ? step.workflow : step.kind;
  return [
    `${indent}${id}: ${what} ${decision} after [${waitsFor.join(" ")}]${hasNeeds ? " (needs)" : ""} effects ${effects}`,
    ...(children ?? []).flatMap((child) => stepText(child, `${indent}  `)),
    ...(called === undefined ? [] : planText(called, `${indent}  `)),
  ];
}

for (const kind of ["ok", "err"] as const) {
  const root = join(import.meta.dirname, kind);
  describe(kind, () => {
    for (const name of readdirSync(root).sort()) {
      it(name, () => {
        const actual = run(join(root, name));
        const path = join(root, name, "expected.txt");
        if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, actual);
        expect(actual).toBe(readFileSync(path, "utf8"));
        if (kind === "ok") expect(actual).not.toContain(" error ");
        else expect(actual).toMatch(/ (error|warning) /);
      });
    }
  });
}

it("refuses files that nobody wrote by hand", () => {
  const { diagnostics } = readWorkflow(`# ${"x".repeat(4_000_000)}`, "large.yml", catalog);
  expect(diagnostics.map(line)).toEqual(["large.yml:1:1-1 error file-too-large: the file is larger than 4000000 characters"]);
});

it("has a case for every code", () => {
  expect(Object.keys(diagnosticCodes).filter((code) => !seen.has(code))).toEqual([]);
  expect(Object.keys(diagnosticCodes)).toEqual(Object.keys(diagnosticCodes).sort());
});
