/** Blocks of code that stand in more than one place. */
import type { LoadContext, ProjectAnalyzer, ProjectResult, ProjectView } from "../model/analyzer.ts";
import type { Location } from "../model/finding.ts";
import type { SourceFile } from "../model/source-file.ts";
import { type ClonePlace, findClones } from "./duplication/clones.ts";
import { hasCode, packLines, readCodeLines, unpackLines } from "./duplication/lines.ts";
import { isTestPath } from "./trees/languages.ts";

export interface DuplicationOptions {
  /** Lines from the first to the last of a block. */
  readonly minimumLines: number;
  /** Words, numbers, texts and signs in a block. */
  readonly minimumTokens: number;
  readonly includeTests: boolean;
}

const defaults: DuplicationOptions = { minimumLines: 25, minimumTokens: 200, includeTests: false };

/** What counts for the percentage, the usual measure of other tools; findings are about larger blocks. */
const counted = { minimumLines: 10, minimumTokens: 100 };

/** Copies there are made on purpose, by a tool, or to be read on their own. */
const notCounted =
  /(?:^|\/)(?:migrations?|migrate|vendor|vendored|third[-_]?party|node_modules|dist|build|generated|gen|examples?|samples?|demos?|gallery|docs?|[^/]*templates?[^/]*|playgrounds?|\.[^/]+|bench(?:marks?)?|snippets?|locales?|i18n|translations?|deps|external|static|assets|public|legacy-?\w*)\/|\.(?:generated|gen|designer|g|pb|min|bundle|d)\.[a-z]+$|_pb2(?:_grpc)?\.py$|\.pb\.\w+$|_generated\.\w+$|\.stories\.\w+$/i;

const generatedHeader = /\bDO NOT EDIT\b|@generated\b|auto-?generated\b|generated (?:by|from|code)\b/i;

/** More is a table or a bundle. */
const maxCharacters = 1_500_000;

export const duplication: ProjectAnalyzer<DuplicationOptions, string> = {
  kind: "project",
  id: "duplication",
  summary: "Finds blocks of code that stand in more than one place.",
  version: "1",
  profile: "smart",
  rules: [
    {
      id: "duplication/duplicate-block",
      summary: "The same block of code stands in several places.",
      category: "maintainability",
      severity: "info",
      // Measured: most large copies are kept on purpose (one driver for each database). The metrics are there for gates.
      recommended: false,
      rationale:
        "What is mended in one place stays broken in the others. Move it into a function, a base class or a module that all of them use. Comments, white space and imports do not count; tests, migrations, examples and generated files are left out.",
    },
  ],
  options: {
    defaults,
    schema: async () => {
      const { z } = await import("zod");
      return z.strictObject({
        minimumLines: z.int().min(8).default(defaults.minimumLines),
        minimumTokens: z.int().min(20).default(defaults.minimumTokens),
        includeTests: z.boolean().default(defaults.includeTests),
      });
    },
  },
  appliesTo: (file) => hasCode(file.path) && !notCounted.test(file.path),
  load: async ({ options }: LoadContext<DuplicationOptions>) => ({
    extract(source: SourceFile): string | undefined {
      if (!options.includeTests && isTestPath(source.path)) return undefined;
      if (source.text.length > maxCharacters || generatedHeader.test(source.text.slice(0, 1_000))) return undefined;
      const lines = readCodeLines(source.path, source.text);
      return lines.hashes.length === 0 ? undefined : packLines(lines);
    },
  }),
  combine,
};

function combine({ options, facts }: ProjectView<DuplicationOptions, string>): ProjectResult {
  const files = [...facts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, packed]) => ({ path, lines: unpackLines(packed) }));
  const { groups, duplicatedLines, lines } = findClones(files, {
    minimumLines: Math.min(options.minimumLines, counted.minimumLines),
    minimumTokens: Math.min(options.minimumTokens, counted.minimumTokens),
  });
  const reported = groups.filter(
    ({ tokens, lineCount }) => lineCount >= options.minimumLines && tokens >= options.minimumTokens,
  );
  return {
    findings: reported.map(({ places, tokens, lineCount, hash }) => {
      const [first, ...others] = places as [ClonePlace, ...ClonePlace[]];
      const [second] = others as [ClonePlace];
      const elsewhere =
        others.length === 1
          ? `in ${second.path === first.path ? "this file" : second.path} at line ${second.startLine}`
          : `in ${others.length} other places`;
      return {
        rule: "duplication/duplicate-block",
        message: `${lineCount} lines stand ${elsewhere} as well`,
        location: locate(first),
        related: others.map((place) => ({ location: locate(place), message: "The same block" })),
        anchor: hash,
        data: { lines: lineCount, tokens, copies: places.length },
      };
    }),
    metrics: {
      "duplication.percent": lines === 0 ? 0 : Math.round((duplicatedLines / lines) * 10_000) / 100,
      "duplication.lines": duplicatedLines,
      "duplication.blocks": groups.length,
    },
  };
}

function locate({ path, startLine, endLine }: ClonePlace): Location {
  return { path, startLine, startColumn: 1, endLine: endLine + 1, endColumn: 1 };
}
