/** Functions that are hard to follow: cognitive and cyclomatic complexity, length, nesting, parameters. */
import type { LoadContext, ProjectAnalyzer, ProjectResult, ProjectView } from "../model/analyzer.ts";
import { SkipFile } from "../model/failure.ts";
import type { RawFinding } from "../model/finding.ts";
import type { FunctionMeasures } from "./complexity/measure.ts";
import { isTestPath, languageOf } from "./trees/languages.ts";
import { syntaxVersion } from "./trees/tree.ts";

export interface ComplexityOptions {
  /** The largest value of each metric that is accepted. */
  readonly cognitive: number;
  readonly cyclomatic: number;
  readonly lines: number;
  readonly nesting: number;
  readonly parameters: number;
  /** Tests are long and flat by nature. */
  readonly includeTests: boolean;
}

const defaults: ComplexityOptions = {
  cognitive: 75,
  cyclomatic: 40,
  lines: 200,
  nesting: 6,
  parameters: 8,
  includeTests: false,
};

/** One function, packed for the cache: name, line, column, end column, then the measures. */
type FunctionFacts = readonly [
  name: string,
  line: number,
  column: number,
  endColumn: number,
  cognitive: number,
  nestingCost: number,
  branchCost: number,
  logicCost: number,
  cyclomatic: number,
  lines: number,
  nesting: number,
  parameters: number,
];
type ComplexityFacts = readonly FunctionFacts[];

/** Parses of native trees between two returns to the event loop: it frees them, a loop that never returns piles them up. */
const parsesPerTurn = 20;

export const complexity: ProjectAnalyzer<ComplexityOptions, ComplexityFacts> = {
  kind: "project",
  id: "complexity",
  summary: "Measures how hard each function is to follow, and reports those far beyond the rest.",
  version: `1+${syntaxVersion}`,
  profile: "smart",
  rules: [
    {
      id: "complexity/cognitive",
      summary: "The function takes too much to follow.",
      category: "maintainability",
      severity: "info",
      // Measured: nobody mends a function that works because of a number. The metrics are there for gates.
      recommended: false,
      rationale:
        "Cognitive complexity counts what a reader has to keep in mind: each branch and loop, more the deeper it is nested. Move inner blocks into functions with names, return early, split by case.",
      helpUrl: "https://www.sonarsource.com/resources/cognitive-complexity/",
    },
    {
      id: "complexity/cyclomatic",
      summary: "The function has too many paths to test.",
      category: "maintainability",
      severity: "info",
      recommended: false,
      rationale: "Each branch, loop, case and logical operator adds a path. Split the function, or use a table.",
    },
    {
      id: "complexity/function-length",
      summary: "The function is too long.",
      category: "maintainability",
      severity: "info",
      recommended: false,
      rationale: "Give its sections names by making them functions.",
    },
    {
      id: "complexity/nesting",
      summary: "The function nests too deeply.",
      category: "maintainability",
      severity: "info",
      recommended: false,
      rationale: "Return or continue early, and move inner blocks into functions.",
    },
    {
      id: "complexity/parameters",
      summary: "The function takes too many parameters.",
      category: "maintainability",
      severity: "info",
      recommended: false,
      rationale: "Callers mix them up. Pass one object with names, or split the function.",
    },
  ],
  options: {
    defaults,
    schema: async () => {
      const { z } = await import("zod");
      const limit = z.int().min(1);
      return z.strictObject({
        cognitive: limit.default(defaults.cognitive),
        cyclomatic: limit.default(defaults.cyclomatic),
        lines: limit.default(defaults.lines),
        nesting: limit.default(defaults.nesting),
        parameters: limit.default(defaults.parameters),
        includeTests: z.boolean().default(defaults.includeTests),
      });
    },
  },
  appliesTo: (file) => {
    const language = languageOf(file.path);
    return language !== undefined && !withoutFunctions.has(language) && !file.path.endsWith(".d.ts");
  },
  load,
  combine,
};

const withoutFunctions: ReadonlySet<string> = new Set(["css", "html", "bash"]);

async function load({ options }: LoadContext<ComplexityOptions>) {
  const [{ loadSyntax }, { measureFunctions }] = await Promise.all([
    import("./trees/tree.ts"),
    import("./complexity/measure.ts"),
  ]);
  const syntax = await loadSyntax();
  let parses = 0;
  return {
    async extract(source: Parameters<typeof syntax.parse>[0]): Promise<ComplexityFacts | undefined> {
      const language = languageOf(source.path);
      if (language === undefined || (!options.includeTests && isTestPath(source.path))) return undefined;
      if (++parses % parsesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
      let functions: readonly FunctionMeasures[];
      try {
        const root = syntax.parse(source, language);
        if (root === undefined) return undefined;
        functions = measureFunctions(root, language, source.text);
      } catch (error) {
        // Minified or nested beyond measure: no person wrote it, so there is nothing to measure.
        if (error instanceof SkipFile) return undefined;
        throw error;
      }
      if (functions.length === 0) return undefined;
      return functions.map((measured) => {
        const { startLine, startColumn, endColumn } = source.range(measured.start, measured.end);
        return [
          measured.name,
          startLine,
          startColumn,
          endColumn,
          measured.cognitive,
          measured.nestingCost,
          measured.branchCost,
          measured.logicCost,
          measured.cyclomatic,
          measured.lines,
          measured.nesting,
          measured.parameters,
        ];
      });
    },
  };
}

function combine({ options, facts, isRuleOn }: ProjectView<ComplexityOptions, ComplexityFacts>): ProjectResult {
  const findings: RawFinding[] = [];
  let functions = 0;
  let cognitiveSum = 0;
  let cognitiveMax = 0;
  let cyclomaticMax = 0;
  let linesMax = 0;
  let over = 0;
  for (const [path, list] of [...facts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const seen = new Map<string, number>();
    for (const fact of list) {
      const [
        name,
        line,
        column,
        endColumn,
        cognitive,
        nestingCost,
        branchCost,
        logicCost,
        cyclomatic,
        lines,
        nesting,
        parameters,
      ] = fact;
      functions++;
      cognitiveSum += cognitive;
      cognitiveMax = Math.max(cognitiveMax, cognitive);
      cyclomaticMax = Math.max(cyclomaticMax, cyclomatic);
      linesMax = Math.max(linesMax, lines);
      if (cognitive > options.cognitive) over++;
      // Overloads and methods of several classes share a name: the second is told from the first by its number.
      const ordinal = (seen.get(name) ?? 0) + 1;
      seen.set(name, ordinal);
      const report = (rule: string, value: number, limit: number, message: string): void => {
        if (value <= limit || !isRuleOn(`complexity/${rule}`)) return;
        findings.push({
          rule: `complexity/${rule}`,
          message: `\`${name}\` ${message}`,
          location: { path, startLine: line, startColumn: column, endLine: line, endColumn },
          anchor: ordinal === 1 ? name : `${name}#${ordinal}`,
          data: { value, limit, cognitive, cyclomatic, lines, nesting, parameters },
        });
      };
      report(
        "cognitive",
        cognitive,
        options.cognitive,
        `has a cognitive complexity of ${cognitive} (limit ${options.cognitive}): ${parts(nestingCost, branchCost, logicCost)}`,
      );
      report("cyclomatic", cyclomatic, options.cyclomatic, `has ${cyclomatic} paths (limit ${options.cyclomatic})`);
      report("function-length", lines, options.lines, `has ${lines} lines (limit ${options.lines})`);
      report("nesting", nesting, options.nesting, `is nested ${nesting} levels deep (limit ${options.nesting})`);
      report(
        "parameters",
        parameters,
        options.parameters,
        `takes ${parameters} parameters (limit ${options.parameters})`,
      );
    }
  }
  return {
    findings,
    metrics: {
      "complexity.functions": functions,
      "complexity.functions.over": over,
      "complexity.cognitive.max": cognitiveMax,
      "complexity.cognitive.average": functions === 0 ? 0 : Math.round((cognitiveSum / functions) * 100) / 100,
      "complexity.cyclomatic.max": cyclomaticMax,
      "complexity.lines.max": linesMax,
    },
  };
}

/** What weighs most, first. */
function parts(nesting: number, branches: number, logic: number): string {
  return [
    { value: nesting, text: `${nesting} from nesting` },
    { value: branches, text: `${branches} from branches` },
    { value: logic, text: `${logic} from logical operators` },
  ]
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .map(({ text }) => text)
    .join(", ");
}
