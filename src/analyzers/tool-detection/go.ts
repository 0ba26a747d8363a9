/** A repository's Go modules, and whether this machine can build them without downloading anything. */
import type { ToolProject } from "../../model/analyzer.ts";
import { askWith, findExecutable, isAtLeast, type Executable } from "./detect.ts";
import { excerpt } from "../tool-output/json-output.ts";
import { directoryOf, isBelow, trackedFiles } from "./tracked-files.ts";

/** No download of modules, of toolchains, and no change of go.mod: nothing happens behind anybody's back. */
export const goOffline: Readonly<Record<string, string>> = {
  GOFLAGS: "-mod=readonly",
  GOPROXY: "off",
  GOTOOLCHAIN: "local",
};

/** The same for a module with a vendor directory, which `-mod=readonly` would ignore. */
export function goEnvironment(isVendored: boolean): Readonly<Record<string, string>> {
  return isVendored ? { ...goOffline, GOFLAGS: "-mod=vendor" } : goOffline;
}

export interface GoModule {
  readonly directory: string;
  readonly path: string;
  readonly isVendored: boolean;
}

/** Modules with at least one Go file of their own. */
export function goModules(project: ToolProject): GoModule[] {
  return trackedFiles(project, ["go.mod"])
    .map((path) => {
      const directory = directoryOf(path);
      const vendored = directory === "" ? "vendor/modules.txt" : `${directory}/vendor/modules.txt`;
      return { directory, path, isVendored: project.paths.has(vendored) };
    })
    .filter(({ directory }) => {
      for (const path of project.paths) if (path.endsWith(".go") && isBelow(path, directory)) return true;
      return false;
    });
}

/** The `go` command, when it is new enough for the module and all that the module needs is there. */
export async function goFor(project: ToolProject, module: GoModule): Promise<Executable> {
  const go = await findExecutable(project, module.directory, {
    names: ["go"],
    from: "path",
    versionArgs: ["version"],
    versionPattern: /\bgo(\d+\.\d+(?:\.\d+)?\w*)/,
    install: "get it from https://go.dev/dl",
    askOutside: true,
  });
  if ("reason" in go) return go;
  const wanted = /^go\s+(\d+)\.(\d+)(?:\.(\d+))?/m.exec((await project.read(module.path)) ?? "");
  if (wanted !== null) {
    const [, major, minor, patch] = wanted;
    // Before 1.21 the line was advice; a newer number than the toolchain's still often does not compile.
    if (!isAtLeast(go.version, Number(major), Number(minor), Number(patch ?? "0"))) {
      return { reason: `${module.path} asks for go ${wanted[0].slice(2).trim()}, this machine has ${go.version}` };
    }
  }
  const list = await askWith(
    project,
    goEnvironment(module.isVendored),
    [go.executable, "list", "-deps", "-f", "{{.ImportPath}}", "./..."],
    module.directory,
  );
  if (
    list !== undefined &&
    list.exitCode !== 0 &&
    /cannot find module|no required module|module lookup disabled|missing go\.sum|updates to go\.mod/.test(list.stderr)
  ) {
    return { reason: `the modules it needs are not here${excerpt(list.stderr)}; run \`go mod download\`` };
  }
  return go;
}
