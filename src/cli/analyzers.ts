/** `codeflow analyzers`. */
import { type Command, Option } from "commander";
import {
  type AnalyzerFacts,
  type AnalyzerListRequest,
  listAnalyzers,
  type RuleFacts,
  showAnalyzer,
} from "../app/list-analyzers.ts";
import { count, createPalette, makeVisible, oneLine, type Palette, wrapText } from "../app/presentation.ts";
import { profiles, type Profile } from "../model/analyzer.ts";
import { exitCodes } from "../model/failure.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { addJson, printJson, roomFor } from "./output.ts";
import { table } from "./table.ts";

export const analyzers: CliCommand = {
  name: "analyzers",
  byDefault: "list",
  example: `\
  codeflow analyzers                  which of them run here, and why the others do not
  codeflow analyzers ruff             its rules: which are on, how severe they are, why they matter
  codeflow analyzers show secrets/aws-access-key-id
  codeflow analyzers list --json`,
  subcommands: [
    {
      name: "list",
      // `codeflow analyzers ruff` lands here, as the default one.
      usage: "list [id]",
      summary: "which analyzers run here, and why the others do not; with an id the same as show",
      example: `\
  codeflow analyzers list
  codeflow analyzers list --profile comprehensive`,
      configure: addOptions,
      async run(context, args, options) {
        const [id] = args;
        if (typeof id === "string") return show(id, context, options);
        const list = await listAnalyzers(listRequest(options), context.world);
        if (options["json"] === true) printJson(context, list);
        else context.out(listText(list.analyzers, list.profile, context));
        return exitCodes.passed;
      },
    },
    {
      name: "show",
      usage: "show <id>",
      summary: "one analyzer with its rules, or one rule",
      example: `\
  codeflow analyzers show workflows
  codeflow analyzers show workflows/unpinned-action`,
      configure: addOptions,
      run: (context, args, options) => show(args[0] as string, context, options),
    },
  ],
};

async function show(id: string, context: CommandContext, options: Record<string, unknown>): Promise<number> {
  const { analyzer, rule } = await showAnalyzer(id, listRequest(options), context.world);
  const paint = createPalette(context.color);
  if (options["json"] === true) printJson(context, rule ?? analyzer);
  else if (rule !== undefined) context.out(ruleText(rule, paint, context.width));
  else context.out(analyzerText(analyzer, paint, context.width));
  return exitCodes.passed;
}

function addOptions(command: Command): void {
  command
    .addOption(new Option("--profile <name>", "as a check with this profile would do").choices(profiles.slice(0, 3)))
    .option("--no-exec", "do not ask the repository's own tools for their versions");
  addJson(command);
}

function listRequest(options: Record<string, unknown>): AnalyzerListRequest {
  return { profile: options["profile"] as Profile | undefined, noExec: options["exec"] === false };
}

type Status = AnalyzerFacts["here"]["status"];

const groups: readonly { readonly title: (profile: Profile) => string; readonly statuses: readonly Status[] }[] = [
  { title: (profile) => `Run here (profile ${profile})`, statuses: ["runs"] },
  { title: () => "Configured here, but cannot run", statuses: ["missing", "broken"] },
  { title: () => "Could run here", statuses: ["other profile", "not looked for"] },
  { title: () => "Off by the configuration", statuses: ["off"] },
  { title: () => "Not for this repository", statuses: ["no files", "not used"] },
];

function listText(all: readonly AnalyzerFacts[], profile: Profile, context: CommandContext): string {
  const paint = createPalette(context.color);
  const idWidth = Math.max(...all.map(({ id }) => id.length));
  const parts = groups.flatMap(({ title, statuses }) => {
    const members = all.filter(({ here }) => statuses.includes(here.status));
    if (members.length === 0) return [];
    // Why it cannot run, or that nothing is for it, says more there than what it would find.
    const isBroken = statuses.includes("missing");
    const rows = members.map((one) =>
      isBroken
        ? [one.id.padEnd(idWidth), noteOf(one)]
        : [one.id.padEnd(idWidth), statuses.includes("no files") ? "" : noteOf(one), one.summary],
    );
    return [
      `${paint.bold(title(profile))}\n${table(
        [{ paint: (text) => paint.cyan(text) }, { paint: (text) => paint.dim(text) }, ...(isBroken ? [] : [{}])],
        rows,
        { width: roomFor(context), indent: "  " },
      )}`,
    ];
  });
  return `${parts.join("\n")}\n${paint.dim("codeflow analyzers show ID prints an analyzer's rules")}\n`;
}

function noteOf({ isTool, version, rules, hasMoreRules, here }: AnalyzerFacts): string {
  if (here.status === "missing" || here.status === "broken" || here.status === "off") return here.reason ?? "";
  const on = rules.filter(({ isOn }) => isOn).length;
  const parts = [count(here.files, "file")];
  if (isTool) parts.unshift(version);
  else parts.push(`${count(on, "rule")}${hasMoreRules ? " and more" : ""}`);
  if (here.status === "other profile" && here.reason !== undefined) parts.push(here.reason.replace("runs with ", ""));
  return parts.filter((part) => part !== "").join(", ");
}

function analyzerText(analyzer: AnalyzerFacts, paint: Palette, width: number): string {
  const { id, summary, isTool, version, profile, hasMoreRules, rules, configFiles, options, here } = analyzer;
  const on = rules.filter(({ isOn }) => isOn).length;
  const facts: (readonly [string, string])[] = [
    ["what", isTool ? "the repository's own tool, run at its own version" : "part of codeflow"],
    ["version", version],
    ["runs from", `profile ${profile}`],
    ["here", [here.status, here.reason, count(here.files, "file")].filter((part) => part !== undefined).join(", ")],
    ["executable", here.executable ?? ""],
    ["because of", here.evidence?.join(", ") ?? ""],
    ["honours", configFiles.join(", ")],
    ["options", options === undefined ? "" : JSON.stringify(options)],
    [
      "rules",
      rules.length === 0
        ? "those that the repository's own settings turn on"
        : `${on} of ${rules.length} on${hasMoreRules ? "; more are on where the repository's own settings say so" : ""}`,
    ],
  ];
  const head = [
    `${paint.bold(id)}  ${oneLine(summary)}`,
    ...facts
      .filter(([, value]) => value !== "")
      .flatMap(([name, value]) =>
        wrapText(oneLine(value), width - 14).map(
          (line, i) => `  ${paint.dim((i === 0 ? name : "").padEnd(12))}${line}`,
        ),
      ),
  ];
  const sorted = [...rules].sort((a, b) => Number(b.isOn) - Number(a.isOn));
  return `${head.join("\n")}\n${sorted.map((rule) => `\n${ruleText(rule, paint, width)}`).join("")}`;
}

function ruleText(rule: RuleFacts, paint: Palette, width: number): string {
  const state = rule.isOn ? paint.severity(rule.severity, rule.severity) : paint.dim("off");
  const lines = [`${paint.bold(makeVisible(rule.id))}  ${state}  ${paint.dim(rule.category)}`];
  const block = (text: string): void => {
    for (const paragraph of text.split("\n")) {
      for (const line of paragraph.trim() === "" ? [""] : wrapText(makeVisible(paragraph), width - 2)) {
        lines.push(line === "" ? "" : `  ${line}`);
      }
    }
  };
  block(rule.summary);
  if (rule.rationale !== undefined) block(rule.rationale.trim());
  if (rule.helpUrl !== undefined) lines.push(`  ${paint.cyan(makeVisible(rule.helpUrl))}`);
  return `${lines.join("\n")}\n`;
}
