/** How a repository's Python tools are configured: tables of pyproject.toml and sections of INI files. */
import type { ToolProject } from "../../model/analyzer.ts";
import type { Place } from "./detect.ts";
import { hasIniSection, hasTomlTable } from "./manifests.ts";
import { directoryOf, trackedFiles } from "./tracked-files.ts";

export interface PythonConfiguration {
  /** Files that belong to the tool alone. */
  readonly files: readonly string[];
  /** Table of pyproject.toml, e.g. `tool.mypy`. */
  readonly table?: string;
  /** Section of setup.cfg and tox.ini, e.g. `mypy`. */
  readonly section?: string;
}

/** The places where a tool is configured, one a directory, outermost first; own files before shared ones. */
export async function pythonPlaces(project: ToolProject, configuration: PythonConfiguration): Promise<Place[]> {
  const evidence = new Map<string, string>();
  const note = (path: string): void => {
    if (!evidence.has(directoryOf(path))) evidence.set(directoryOf(path), path);
  };
  for (const path of trackedFiles(project, configuration.files)) note(path);
  const { table, section } = configuration;
  if (table !== undefined) {
    for (const path of trackedFiles(project, ["pyproject.toml"])) {
      if (hasTomlTable((await project.read(path)) ?? "", table)) note(path);
    }
  }
  if (section !== undefined) {
    for (const path of trackedFiles(project, ["setup.cfg", "tox.ini"])) {
      if (hasIniSection((await project.read(path)) ?? "", section)) note(path);
    }
  }
  return [...evidence].map(([directory, path]) => ({ directory, evidence: [path] }));
}
