/** `codeflow detect`. */
import { detect as detectHere } from "../app/detect.ts";
import { count, createPalette, oneLine, type Palette } from "../app/presentation.ts";
import { exitCodes } from "../model/failure.ts";
import {
  type Detection,
  type Evidence,
  type PlatformKind,
  platformKinds,
  type PlatformReport,
} from "../model/platform.ts";
import type { CliCommand, CommandContext } from "./door.ts";
import { addJson, formatBytes, printJson, roomFor } from "./output.ts";
import { table } from "./table.ts";

export const detect: CliCommand = {
  name: "detect",
  example: `\
  codeflow detect                     builders, agents, frameworks, languages, hosting, CI
  codeflow detect --explain           with the files, lines and commits that say so
  codeflow detect --json              per package, for programs`,
  configure(command) {
    command.option("--explain", "print the evidence for each answer");
    addJson(command);
  },
  async run(context, _args, options) {
    const report = await detectHere(context.world);
    if (options["json"] === true) printJson(context, report);
    else context.out(reportText(report, options["explain"] === true, context));
    return exitCodes.passed;
  },
};

const titles: Readonly<Record<PlatformKind, string>> = {
  "ai-builder": "AI builders",
  "coding-agent": "Coding agents",
  framework: "Frameworks",
  language: "Languages",
  "package-manager": "Package managers",
  monorepo: "Monorepo",
  container: "Containers",
  hosting: "Hosting",
  ci: "Continuous integration",
  "cloud-ide": "Cloud IDEs",
};

/** One platform with all packages that it holds for. */
interface Line {
  /** The surest first. */
  readonly detections: readonly Detection[];
  readonly cells: readonly string[];
}

function reportText(
  { detections, packages, notices }: PlatformReport,
  isExplained: boolean,
  context: CommandContext,
): string {
  const paint = createPalette(context.color);
  if (detections.length === 0) return "nothing that is known was found\n";
  const lines = platformKinds.map((kind) => [kind, linesOf(kind, detections)] as const);
  const parts = lines
    .filter(([, own]) => own.length > 0)
    .map(([kind, own]) => {
      const shown = isExplained ? own : own.slice(0, mostLines);
      const rows = table(
        columns(paint),
        shown.map(({ cells }) => cells),
        { width: roomFor(context), indent: "  " },
      )
        .split("\n")
        .slice(0, -1)
        .map((row, i) => `${row}\n${isExplained ? evidenceText(shown[i]?.detections ?? [], paint) : ""}`);
      const hidden = own.length - shown.length;
      const rest = hidden > 0 ? `  ${paint.dim(`and ${hidden} more (--explain shows all)`)}\n` : "";
      return `${paint.bold(titles[kind])}\n${rows.join("")}${rest}`;
    });
  const inside = packages.filter(({ path }) => path !== "").length;
  const about =
    inside > 0 ? `\n${paint.dim(`${count(packages.length, "package")}; --json has what holds for each`)}\n` : "";
  const troubles =
    context.global.quiet === true ? [] : notices.map((notice) => `${paint.yellow("!")} ${oneLine(notice)}\n`);
  return `${parts.join("\n")}${about}${troubles.length > 0 ? `\n${troubles.join("")}` : ""}`;
}

/** Languages beyond these are hardly there; of everything else nobody has as many. */
const mostLines = 12;

function columns(paint: Palette) {
  return [
    { paint: (text: string) => paint.cyan(text) },
    { align: "right" as const },
    { paint: (text: string) => (text.startsWith("active") ? paint.dim(text) : paint.yellow(text)) },
    { paint: (text: string) => paint.dim(text) },
  ];
}

function linesOf(kind: PlatformKind, detections: readonly Detection[]): Line[] {
  const byId = new Map<string, Detection[]>();
  for (const detection of detections) {
    if (detection.kind === kind) byId.set(detection.id, [...(byId.get(detection.id) ?? []), detection]);
  }
  return [...byId.values()].flatMap((own): Line[] => {
    const [first] = own;
    if (first === undefined) return [];
    const { name, amount, confidence, status } = first;
    if (amount !== undefined) {
      const files = `${formatBytes(amount.bytes)} in ${count(amount.files, "file")}`;
      return [{ detections: own, cells: [name, `${(amount.share * 100).toFixed(1)} %`, "", files] }];
    }
    return [{ detections: own, cells: [name, `${Math.round(confidence * 100)} %`, status, placesOf(own)] }];
  });
}

const mostPlaces = 3;

/** Nothing for the whole repository; else the packages, a few by name. */
function placesOf(detections: readonly Detection[]): string {
  const scopes = detections.map(({ scope }) => (scope === "" ? "." : scope)).sort();
  if (scopes.length === 1 && scopes[0] === ".") return "";
  const more = scopes.length - mostPlaces;
  return `${scopes.slice(0, mostPlaces).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Beyond these it is the same again: a monorepo has one for each package. */
const mostEvidence = 10;

function evidenceText(detections: readonly Detection[], paint: Palette): string {
  const all = detections.flatMap(({ evidence, amount }) => (amount === undefined ? evidence : []));
  const lines = all.slice(0, mostEvidence).map((one) => {
    const about = paint.dim(`${one.strength}, ${one.family}`);
    return `      ${oneLine(placeOf(one))}  ${oneLine(one.signal)}  ${about}\n`;
  });
  const more = all.length - lines.length;
  return `${lines.join("")}${more > 0 ? `      ${paint.dim(`and ${more} more (--json has all)`)}\n` : ""}`;
}

function placeOf({ path, line, commit }: Evidence): string {
  if (path !== undefined) return line === undefined ? path : `${path}:${line}`;
  return commit === undefined ? "" : `commit ${commit.slice(0, 12)}`;
}
