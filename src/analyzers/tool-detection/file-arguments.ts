/** The part of a command line that names files. */
import picomatch from "picomatch";
import { isBelow, relativeTo } from "./tracked-files.ts";

/**
 * Bytes of names. Below what macOS (1 MiB) and Linux (2 MiB) accept with the environment, above what a caller that
 * splits per-file work over several processes puts into one.
 */
const longest = 600_000;

/**
 * The invocation's files relative to its directory. Where they would not fit on a command line, the top-level entries
 * that hold them: the tool then finds the files itself and leaves alone what no tracked file lies in
 * (`node_modules`, `.venv`).
 */
export function fileArguments(invocation: {
  readonly files: readonly string[];
  readonly directory?: string;
}): string[] {
  const directory = invocation.directory ?? "";
  const files = invocation.files
    .filter((file) => isBelow(file, directory))
    .map((file) => asArgument(relativeTo(directory, file)));
  if (files.reduce((length, file) => length + file.length + 1, 0) <= longest) return files;
  return [
    ...new Set(files.map((file) => (file.startsWith("./") ? `./${file.slice(2).split("/")[0]}` : file.split("/")[0]!))),
  ];
}

/** A name that begins with a dash must not be taken for an option; `@` makes some tools read a list of arguments. */
function asArgument(path: string): string {
  return /^[-@+]/.test(path) ? `./${path}` : path;
}

/** Of these files those that the targets of a script (files, directories, patterns) name; all without targets. */
export function withinTargets(files: readonly string[], directory: string, targets: readonly string[]): string[] {
  const wanted = targets.map((target) => target.replace(/^\.\/(?=.)/, "").replace(/(?<=.)\/$/, ""));
  if (wanted.length === 0 || wanted.some((target) => target === "." || target === "*" || target === "**")) {
    return [...files];
  }
  const positive = wanted.filter((target) => !target.startsWith("!"));
  const negative = wanted.filter((target) => target.startsWith("!")).map((target) => target.slice(1));
  const matches = picomatch(positive, { dot: true });
  const isRefused = negative.length === 0 ? () => false : picomatch(negative, { dot: true });
  const refused = (path: string): boolean => isRefused(path) || negative.some((target) => isBelow(path, target));
  return files.filter((file) => {
    if (!isBelow(file, directory)) return false;
    const path = relativeTo(directory, file);
    return (matches(path) || positive.some((target) => isBelow(path, target))) && !refused(path);
  });
}

/**
 * The targets of a call as a setting. Those that name no tracked file were misread (the value of an option that is not
 * known here), and looking at nothing would be green without having looked: then there are none.
 */
export function targetsSetting(paths: ReadonlySet<string>, directory: string, targets: readonly string[]): string {
  return JSON.stringify(withinTargets([...paths], directory, targets).length === 0 ? [] : targets);
}

/** Lists travel through detection settings as JSON. */
export function listSetting(settings: Readonly<Record<string, string>> | undefined, key: string): string[] {
  const text = settings?.[key];
  return text === undefined ? [] : (JSON.parse(text) as string[]);
}
