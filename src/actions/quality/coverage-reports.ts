/** Reads coverage reports (lcov, Cobertura, JaCoCo, Go's cover profile) as hits by file and line. Pure. */
import { children, attribute, parseXml } from "../../analyzers/import/xml.ts";

/** Hits by line, by path as the report writes it. */
export type LineHits = Map<string, Map<number, number>>;
export type CoverageFormat = "lcov" | "cobertura" | "jacoco" | "go";

/** Throws an error that says what is wrong when the text is no report that is known. */
export function readCoverage(text: string): { readonly format: CoverageFormat; readonly hits: LineHits } {
  const body = text.replace(/^\ufeff/, "").trimStart();
  if (body.startsWith("<")) {
    // JaCoCo's document type names a DTD that nobody needs to read.
    const xml = parseXml(body.replace(/<!DOCTYPE[^>[]*(?:\[[^\]]*\])?\s*>/i, ""), lists);
    if (xml["coverage"] !== undefined) return { format: "cobertura", hits: readCobertura(xml) };
    if (xml["report"] !== undefined) return { format: "jacoco", hits: readJacoco(xml) };
    throw new Error("it is XML, but neither Cobertura nor JaCoCo");
  }
  if (/^mode: (?:set|count|atomic)\b/.test(body)) return { format: "go", hits: readGo(body) };
  if (/^(?:TN:|SF:)/m.test(body) && /^end_of_record/m.test(body)) return { format: "lcov", hits: readLcov(body) };
  throw new Error("it is neither lcov, Cobertura, JaCoCo nor a Go cover profile");
}

const lists = [
  "package",
  "packages",
  "class",
  "classes",
  "line",
  "lines",
  "sourcefile",
  "group",
  "source",
  "sources",
  "method",
  "methods",
];

function add(hits: LineHits, path: string, line: number, count: number): void {
  if (path === "" || !Number.isInteger(line) || line < 1 || Number.isNaN(count)) return;
  const file = hits.get(path) ?? new Map<number, number>();
  hits.set(path, file);
  file.set(line, Math.max(file.get(line) ?? 0, count));
}

function readLcov(text: string): LineHits {
  const hits: LineHits = new Map();
  let path = "";
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("SF:")) {
      path = line.slice(3).trim().replaceAll("\\", "/");
      if (path !== "" && !hits.has(path)) hits.set(path, new Map());
    } else if (line.startsWith("DA:")) {
      const [number, count] = line.slice(3).split(",");
      add(hits, path, Number(number), Number(count));
    } else if (line.startsWith("end_of_record")) path = "";
  }
  return hits;
}

type Json = ReturnType<typeof parseXml>;

function readCobertura(xml: Json): LineHits {
  const hits: LineHits = new Map();
  const [coverage] = children(xml, "coverage");
  const sources = children(coverage, "sources").flatMap((one) =>
    children(one, "source").map((source) => String(source["#text"] ?? "").trim()),
  );
  const onlySource = sources.length === 1 ? sources[0] : undefined;
  for (const packages of children(coverage, "packages")) {
    for (const one of children(packages, "package")) {
      for (const classes of children(one, "classes")) {
        for (const item of children(classes, "class")) {
          const name = (attribute(item, "filename") ?? "").replaceAll("\\", "/");
          const path =
            onlySource === undefined || onlySource === "" || onlySource === "." || name.startsWith("/")
              ? name
              : `${onlySource.replace(/\/+$/, "")}/${name}`;
          for (const lines of children(item, "lines")) {
            for (const line of children(lines, "line"))
              add(hits, path, Number(attribute(line, "number")), Number(attribute(line, "hits")));
          }
        }
      }
    }
  }
  return hits;
}

function readJacoco(xml: Json): LineHits {
  const hits: LineHits = new Map();
  const visit = (node: Json): void => {
    for (const group of children(node, "group")) visit(group);
    for (const one of children(node, "package")) {
      const folder = attribute(one, "name") ?? "";
      for (const source of children(one, "sourcefile")) {
        const path = `${folder === "" ? "" : `${folder}/`}${attribute(source, "name") ?? ""}`;
        // `ci`: covered instructions of the line; `mi`: missed ones.
        for (const line of children(source, "line"))
          add(hits, path, Number(attribute(line, "nr")), Number(attribute(line, "ci")));
      }
    }
  };
  for (const report of children(xml, "report")) visit(report);
  return hits;
}

function readGo(text: string): LineHits {
  const hits: LineHits = new Map();
  for (const line of text.split("\n").slice(1)) {
    const match = /^(.+):(\d+)\.\d+,(\d+)\.\d+ \d+ (\d+)\s*$/.exec(line);
    if (match === null) continue;
    const [, path = "", from, to, count] = match;
    for (let number = Number(from); number <= Number(to); number++) add(hits, path, number, Number(count));
  }
  return hits;
}

/**
 * Finds the file of the repository that a report means: the same path from the report's own package upwards to the root, an
 * absolute one under `root`, or (module paths of Go, packages of Java) the only file that ends like it.
 */
export function createPathResolver(
  files: readonly string[],
  root: string,
): (written: string, report?: string) => string | undefined {
  const known = new Set(files);
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const name = file.slice(file.lastIndexOf("/") + 1);
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return (written, report = "") => {
    const path = written.replaceAll("\\", "/").replace(/^\.\//, "");
    const inside = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
    // Tools write paths from where they ran, which is the report's folder or one above: of a package, not of its neighbour.
    for (let at = report.lastIndexOf("/"); at >= 0; at = at === 0 ? -1 : report.lastIndexOf("/", at - 1)) {
      const nearest = `${report.slice(0, at)}/${inside}`;
      if (known.has(nearest)) return nearest;
    }
    if (known.has(inside)) return inside;
    const candidates = byName.get(inside.slice(inside.lastIndexOf("/") + 1)) ?? [];
    const endsLike = candidates.filter((file) => inside.endsWith(`/${file}`) || file.endsWith(`/${inside}`));
    // A report from another machine: its root is unknown, so the longest end that is in the repository counts.
    const longest = endsLike.toSorted((a, b) => b.length - a.length)[0];
    const isUnique = endsLike.length === 1 || (longest !== undefined && inside.endsWith(`/${longest}`));
    return isUnique ? longest : undefined;
  };
}
