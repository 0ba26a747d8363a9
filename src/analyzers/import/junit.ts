/** JUnit's XML: every failed or broken test is a finding, where the report says which file that is. */
import { ReportCollector, type ImportedReport, type ImportOptions } from "./collector.ts";
import { asInteger, asObject, type Json } from "./untrusted-value.ts";
import { attribute, children, parseXml, textOf } from "./xml.ts";

export function importJunit(text: string, options: ImportOptions): ImportedReport {
  const document = parseXml(text, ["testsuite", "testcase", "failure", "error"]);
  const collector = new ReportCollector("junit", undefined, options);
  collector.describe("test-failure", { summary: "A test failed.", category: "test", severity: "error" });
  collector.describe("test-error", {
    summary: "A test could not be carried out.",
    category: "test",
    severity: "error",
  });
  const root = asObject(document["testsuites"]);
  for (const suite of [...children(document, "testsuite"), ...children(root, "testsuite")]) readSuite(suite, collector);
  return collector.report("junit");
}

function readSuite(suite: Json, collector: ReportCollector): void {
  for (const inner of children(suite, "testsuite")) readSuite(inner, collector);
  for (const test of children(suite, "testcase")) {
    for (const kind of ["failure", "error"] as const) {
      for (const problem of children(test, kind)) readProblem(suite, test, problem, `test-${kind}`, collector);
    }
  }
}

function readProblem(suite: Json, test: Json, problem: Json, rule: string, collector: ReportCollector): void {
  const name = [attribute(test, "classname"), attribute(test, "name")].filter((part) => part !== undefined).join(" ");
  const details = textOf(problem);
  const [firstLine = ""] = details.trim().split(/\r?\n/);
  const said = attribute(problem, "message") ?? firstLine;
  const message = said === "" ? `${name} failed` : `${name}: ${said}`;
  const file = attribute(test, "file") ?? attribute(suite, "file") ?? attribute(suite, "filepath");
  const line = asInteger(attribute(test, "line")) ?? asInteger(attribute(test, "lineno"));
  const traced = placeInTrace(details, collector);
  // The test's own file says more than where the assertion library threw; the trace knows its line.
  const resolved = file === undefined ? undefined : collector.resolve(file);
  const own = resolved !== undefined && "path" in resolved ? resolved.path : undefined;
  const path = own ?? traced?.path ?? reportName(collector);
  const startLine = line ?? (own === undefined || own === traced?.path ? traced?.line : undefined);
  // The test's name, not the code around a changing line, is what it is known by.
  collector.add({ rule, message, path, range: { startLine }, severity: "error", category: "test", anchor: name });
}

/** The first `path:line` or `path", line 3` of a stack trace that lies in the repository and is not a dependency. */
function placeInTrace(trace: string, collector: ReportCollector): { path: string; line: number } | undefined {
  const places = /(?:file:\/\/)?((?:[A-Za-z]:)?[\w@./\\~+-]+\.[A-Za-z]{1,5})(?::|", line |\()(\d{1,7})/g;
  // A trace of a runaway recursion can be megabytes long.
  for (const [, raw, line] of trace.slice(0, 100_000).matchAll(places)) {
    const resolved = collector.resolve(raw ?? "");
    if ("refused" in resolved || /(?:^|\/)(?:node_modules|site-packages|vendor)\//.test(resolved.path)) continue;
    // Without a folder it is as likely a name of a class file or a host as a path.
    if (!resolved.path.includes("/") && collector.options.read?.(resolved.path) === undefined) continue;
    return { path: resolved.path, line: Number(line) };
  }
  return undefined;
}

/** A failed test that names no file must not get lost: it is put down to the report itself. */
function reportName(collector: ReportCollector): string {
  const resolved = collector.resolve(collector.options.name ?? "");
  return "path" in resolved ? resolved.path : "junit.xml";
}
