/** The contract of a report format: a check's result in, text out, nothing else touched. */
import type { CheckRun, LineSource } from "./check-run.ts";

/** Every format, sorted. */
export const reportFormats = [
  "agent",
  "checkstyle",
  "github",
  "gitlab",
  "html",
  "json",
  "jsonl",
  "junit",
  "markdown",
  "pretty",
  "rdjson",
  "sarif",
] as const;
export type ReportFormatId = (typeof reportFormats)[number];

/** What a format may use beside the run itself. All of it is handed in: formats read no disk, clock or environment. */
export interface ReportContext {
  /** Text of one line of the tree under review, for code frames. */
  readonly line: LineSource;
  /**
   * Whole text of a file of the tree under review, decoded as UTF-8 with its BOM kept; undefined when it cannot be had.
   * SARIF hashes it, SARIF and rdjson turn byte edits into lines and columns with it; without it they leave these out.
   */
  readonly fileText?: (path: string) => string | undefined;
  /** ANSI colours. Only `pretty` looks at it. */
  readonly color: boolean;
  /** Columns of the terminal. Only `pretty` looks at it. */
  readonly width: number;
  /** OSC 8 hyperlinks to the files. Only `pretty` looks at it. */
  readonly links: boolean;
  /** At most this many findings are shown, where a person or an agent reads; each such format has its own default. */
  readonly limit?: number;
  /** Show everything: no limit, no folding, every reason. */
  readonly verbose?: boolean;
  /**
   * SARIF also gets suppressed and fixed findings, marked. Off by default: GitHub's code scanning opens an alert for
   * every result, whatever its suppressions and its baseline state say.
   */
  readonly includeSuppressed?: boolean;
}

/** Renders a whole run; the same run and context always give the same text, ending in a line end. */
export type RenderReport = (run: CheckRun, context: ReportContext) => string;

export interface ReportFormat {
  readonly id: string;
  /** One sentence. */
  readonly summary: string;
  /** Of a file that holds it, without the dot. */
  readonly extension: string;
  readonly mime: string;
  /** Imports the format when it is asked for: start-up time counts. */
  readonly load: () => Promise<{ readonly render: RenderReport }>;
}
