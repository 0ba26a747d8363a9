/** `codeflow workflows`. */
import { Option } from "commander";
import { createPalette, makeVisible, oneLine, type Palette } from "../app/presentation.ts";
import {
  diagnosticCodes,
  judgeWorkflows,
  listWorkflows,
  scaffoldWorkflow,
  showWorkflow,
  type WorkflowFacts,
} from "../app/workflows.ts";
import { exitCodes } from "../model/failure.ts";
import type { TriggerDefinition, Workflow, WorkflowStep } from "../model/workflow.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { diagnosticsText } from "./mistakes.ts";
import { addJson, printJson, roomFor } from "./output.ts";
import { table } from "./table.ts";

const formats = ["pretty", "github", "json", "sarif"] as const;

export const workflows: CliCommand = {
  name: "workflows",
  byDefault: "list",
  example: `\
  codeflow workflows                  the repository's own and those that come with CodeFlow
  codeflow workflows validate         every mistake of the repository's workflows at once
  codeflow workflows new nightly      write .codeflow/workflows/nightly.yml to begin with`,
  subcommands: [
    {
      name: "list",
      summary: "the repository's own workflows and those that come with CodeFlow",
      example: "  codeflow workflows list --json",
      configure: (command) => void addJson(command),
      async run(context, _args, options) {
        const all = await listWorkflows(context.world);
        if (options["json"] === true) {
          printJson(
            context,
            all.map(({ id, source, path, workflow, header, mistakes }) => ({
              id,
              source,
              path,
              name: workflow?.name,
              description: descriptionOf(workflow, header),
              on: workflow?.on.map(triggerText),
              mistakes,
            })),
          );
        } else context.out(listText(all, context));
        return exitCodes.passed;
      },
    },
    {
      name: "show",
      usage: "show <workflow>",
      summary: "one workflow: when it runs, its inputs, its steps",
      example: `\
  codeflow workflows show pr-review
  codeflow workflows show .codeflow/workflows/nightly.yml`,
      configure: (command) => void addJson(command),
      async run(context, args, options) {
        const { text, ...facts } = await showWorkflow(args[0] as string, context.world);
        if (options["json"] === true) printJson(context, { ...facts, text });
        else context.out(workflowText(facts, createPalette(context.color)));
        return exitCodes.passed;
      },
    },
    {
      name: "validate",
      usage: "validate [workflows...]",
      summary: "say every mistake at once, with the place and a hint; exits with 2 when there is one",
      example: `\
  codeflow workflows validate
  codeflow workflows validate pr-review templates/ci.yml
  codeflow workflows validate --format github`,
      configure(command) {
        command.addOption(
          new Option("--format <format>", "how mistakes are printed").choices(formats).default("pretty"),
        );
        addJson(command);
      },
      async run(context, args, options) {
        const judgement = await judgeWorkflows(args[0] as string[], context.world);
        const { files, isValid, diagnostics, texts } = judgement;
        const code = isValid ? exitCodes.passed : exitCodes.usage;
        const format = options["json"] === true ? "json" : (options["format"] as (typeof formats)[number]);
        if (format === "json") printJson(context, { files, isValid, diagnostics });
        else if (format === "github") {
          const { githubDiagnostics } = await import("../app/presentation-diagnostics.ts");
          context.out(githubDiagnostics(diagnostics));
        } else if (format === "sarif") {
          const { sarifDiagnostics } = await import("../app/presentation-diagnostics.ts");
          context.out(sarifDiagnostics(diagnostics, diagnosticCodes, context.door.version));
        } else {
          const paint = createPalette(context.color);
          const shown = diagnosticsText(diagnostics, texts, { paint, width: context.width });
          context.out(shown.replace(/^\n/, ""));
          if (context.global.quiet === true) return code;
          if (shown !== "") context.out("\n");
          const errors = diagnostics.filter(({ severity }) => severity === "error").length;
          if (files.length === 0) context.out("there are no workflows in .codeflow/workflows\n");
          else if (isValid) {
            context.out(
              `${paint.green("✓")} ${files.length === 1 ? `${makeVisible(files[0] ?? "")} is` : `${files.length} workflows are`} valid\n`,
            );
          } else context.out(`${paint.red("✗")} ${errors} ${errors === 1 ? "mistake" : "mistakes"}\n`);
        }
        return code;
      },
    },
    {
      name: "new",
      usage: "new <name>",
      summary: "write a first workflow into .codeflow/workflows",
      example: "  codeflow workflows new nightly-report",
      async run(context, args) {
        const path = await scaffoldWorkflow(args[0] as string, context.world);
        context.out(`wrote ${makeVisible(path)}\n`);
        return exitCodes.passed;
      },
    },
  ],
};

function listText(all: readonly WorkflowFacts[], context: CommandContext): string {
  const paint = createPalette(context.color);
  if (all.length === 0) return "there are no workflows; codeflow workflows new NAME writes a first one\n";
  const groups = [
    { title: "In this repository", source: "repository" },
    { title: "With CodeFlow", source: "shipped" },
  ] as const;
  const parts = groups.flatMap(({ title, source }) => {
    const members = all.filter((each) => each.source === source);
    if (members.length === 0) return [];
    const rows = members.map(({ id, workflow, header, mistakes }) => [
      id,
      workflow === undefined ? `${mistakes} ${mistakes === 1 ? "mistake" : "mistakes"}` : whenText(workflow),
      descriptionOf(workflow, header),
    ]);
    const shown = table(
      [{ paint: (text) => paint.cyan(text) }, { paint: (text) => paint.dim(text), drop: 1 }, {}],
      rows,
      {
        width: roomFor(context),
        indent: "  ",
      },
    );
    return [`${paint.bold(title)}\n${shown}`];
  });
  return `${parts.join("\n")}\n${paint.dim("codeflow workflows show NAME says more")}\n`;
}

function descriptionOf(workflow: Workflow | undefined, header: string): string {
  return oneLine(workflow?.description ?? header.split(/\n\s*\n/)[0] ?? "");
}

function whenText({ on }: Workflow): string {
  return [...new Set(on.map(({ event }) => event))].join(", ");
}

function triggerText({ event, types, cron, timezone, commands }: TriggerDefinition): string {
  if (cron !== undefined) return `${event} ${cron}${timezone === undefined ? "" : ` ${timezone}`}`;
  const more = [...(types ?? []), ...(commands ?? []).map((name) => `/codeflow ${name}`)];
  return more.length === 0 ? event : `${event} (${more.join(", ")})`;
}

function workflowText({ path, workflow, header, mistakes, id }: Omit<WorkflowFacts, "text">, paint: Palette): string {
  const lines = [`${paint.bold(makeVisible(workflow?.name ?? id))}  ${paint.dim(makeVisible(path))}`];
  const description = workflow?.description ?? header;
  if (description !== "") lines.push("", ...description.split("\n").map(makeVisible));
  if (workflow === undefined) {
    lines.push(
      "",
      paint.red(
        `It has ${mistakes} ${mistakes === 1 ? "mistake" : "mistakes"}: codeflow workflows validate ${makeVisible(id)}`,
      ),
    );
    return `${lines.join("\n")}\n`;
  }
  lines.push("", paint.bold("Runs on"), ...workflow.on.map((trigger) => `  ${makeVisible(triggerText(trigger))}`));
  const inputs = Object.entries(workflow.inputs);
  if (inputs.length > 0) {
    lines.push("", paint.bold("Inputs"));
    for (const [name, { type, required, default: fallback, description: about, options }] of inputs) {
      const kind = options === undefined ? type : options.join(" | ");
      const rest = required ? "required" : fallback === undefined ? "" : `default ${JSON.stringify(fallback)}`;
      lines.push(
        `  ${paint.cyan(makeVisible(name))}  ${paint.dim(makeVisible([kind, rest].filter((part) => part !== "").join(", ")))}  ${makeVisible(about ?? "")}`,
      );
    }
  }
  lines.push("", paint.bold("Steps"), ...stepLines(workflow.steps, "  ", paint));
  return `${lines.join("\n")}\n`;
}

function stepLines(steps: readonly WorkflowStep[], indent: string, paint: Palette): string[] {
  return steps.flatMap((step) => {
    const what =
      step.kind === "action"
        ? step.uses
        : step.kind === "workflow"
          ? `workflow ${step.workflow}`
          : step.kind === "run"
            ? `run ${oneLine(step.run).slice(0, 60)}`
            : "parallel";
    const condition = step.if === undefined ? "" : paint.dim(`  if ${makeVisible(oneLine(step.if))}`);
    const line = `${indent}${step.hasOwnId ? `${paint.cyan(makeVisible(step.id))}  ` : ""}${makeVisible(what)}${condition}`;
    return [line, ...(step.kind === "parallel" ? stepLines(step.steps, `${indent}  `, paint) : [])];
  });
}
