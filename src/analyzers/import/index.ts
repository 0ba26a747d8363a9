/** Takes in reports that other tools wrote (`--import FILE`): recognises the format and turns it into raw findings. */
import { Failure } from "../../model/failure.ts";
import { importCheckstyle } from "./checkstyle.ts";
import type { ImportedReport, ImportOptions } from "./collector.ts";
import { importEslint, isEslint } from "./eslint.ts";
import { importGitlab, isGitlab } from "./gitlab.ts";
import { importJunit } from "./junit.ts";
import { importRdjson, importRdjsonl, isDiagnostic, isRdjson } from "./rdjson.ts";
import { importSarif, isSarif } from "./sarif.ts";
import { importSonar, isSonar } from "./sonarqube.ts";

export type { ImportedReport, ImportOptions } from "./collector.ts";

/** Names that `format` may have. A CodeQL report is SARIF. */
export const importFormats = [
  "checkstyle",
  "codeql",
  "eslint",
  "gitlab",
  "junit",
  "rdjson",
  "rdjsonl",
  "sarif",
  "sonarqube",
] as const;

/** Throws a Failure when the text is not a report that is known, or not the one that it is said to be. */
export function importReport(text: string, options: ImportOptions): ImportedReport {
  const name = options.name ?? "the report";
  const wanted = options.format;
  if (wanted !== undefined && !(importFormats as readonly string[]).includes(wanted)) {
    throw new Failure("CF411", `there is no report format ${wanted} to import`, {
      why: `the formats are ${importFormats.join(", ")}`,
      next: "leave the format out: it is recognised by the content",
    });
  }
  // Windows tools like to begin with a BOM.
  const body = text.replace(/^\ufeff/, "");
  if (body.trim() === "") {
    throw new Failure("CF412", `${name} is empty`, {
      why: "a tool that found nothing still writes a report that says so; an empty file is what a crash leaves",
      next: "look at how the tool ended when it wrote the file",
    });
  }
  const report = body.trimStart().startsWith("<") ? importXml(body, name, options) : importJson(body, name, options);
  if (wanted !== undefined && !fits(wanted, report.format)) {
    throw new Failure("CF413", `${name} is ${report.format}, not ${wanted}`, {
      next: `import it as ${report.format}, or leave the format out`,
    });
  }
  return report;
}

function fits(wanted: string, found: string): boolean {
  return wanted === found || (wanted === "sarif" && found === "codeql") || (wanted === "codeql" && found === "sarif");
}

function importXml(text: string, name: string, options: ImportOptions): ImportedReport {
  // The first element, past the declaration, comments and a document type.
  const root = /<([A-Za-z_][\w:.-]*)/.exec(text.replace(/<!--[\s\S]*?-->/g, ""))?.[1] ?? "";
  try {
    if (root === "checkstyle") return importCheckstyle(text, options);
    if (root === "testsuites" || root === "testsuite") return importJunit(text, options);
  } catch (error) {
    throw broken(name, `it is not well-formed XML: ${(error as Error).message}`, error);
  }
  throw unknown(name, `its root element is <${root.slice(0, 40)}>`);
}

function importJson(text: string, name: string, options: ImportOptions): ImportedReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const lines = parseLines(text);
    if (lines?.every(isDiagnostic) === true) return importRdjsonl(lines, options);
    if (!/^\s*[[{]/.test(text)) throw unknown(name, "it is neither JSON nor XML");
    throw broken(name, `it is not JSON: ${(error as Error).message}`, error);
  }
  if (isSarif(value)) return importSarif(value, options);
  if (isRdjson(value)) return importRdjson(value, options);
  if (isEslint(value)) return importEslint(value, options);
  if (isGitlab(value)) return importGitlab(value, options);
  if (isSonar(value)) return importSonar(value, options);
  if (isDiagnostic(value)) return importRdjsonl([value], options);
  // An empty list is what both ESLint and GitLab's reports are when there is nothing to say.
  if (Array.isArray(value) && value.length === 0) {
    return options.format === "gitlab" ? importGitlab(value, options) : importEslint(value, options);
  }
  throw unknown(name, "it is JSON, but of no shape that is known");
}

/** Values of JSON Lines; undefined when a line is none. */
function parseLines(text: string): unknown[] | undefined {
  const values: unknown[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "") continue;
    try {
      values.push(JSON.parse(line));
    } catch {
      // Not JSON Lines then; the caller goes on to say what is wrong with the whole.
      return undefined;
    }
  }
  return values.length === 0 ? undefined : values;
}

function unknown(name: string, why: string): Failure {
  return new Failure("CF412", `${name} is not a report that can be imported`, {
    why,
    next: `have the tool write one of: ${importFormats.join(", ")}`,
  });
}

function broken(name: string, why: string, cause: unknown): Failure {
  return new Failure("CF412", `${name} cannot be read`, {
    why,
    next: "was it cut off? Let the tool write it again",
    cause,
  });
}
