/** The few colours of the terminal report. Whether there are any is said by the caller: nothing is read from the environment. */
import type { Severity } from "../model/finding.ts";
import { makeVisible } from "./visible-text.ts";
import { pathToUri } from "./wording.ts";

type Paint = (text: string) => string;

export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly blue: Paint;
  readonly cyan: Paint;
  readonly severity: (severity: Severity, text: string) => string;
}

export function createPalette(color: boolean): Palette {
  const style = (open: number, close: number): Paint =>
    color ? (text) => (text === "" ? "" : `\u001b[${open}m${text}\u001b[${close}m`) : (text) => text;
  const red = style(31, 39);
  const yellow = style(33, 39);
  const blue = style(34, 39);
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red,
    green: style(32, 39),
    yellow,
    blue,
    cyan: style(36, 39),
    severity: (severity, text) => (severity === "error" ? red : severity === "warning" ? yellow : blue)(text),
  };
}

/** An OSC 8 hyperlink. The address must be plain ASCII, which escaped URIs are. */
export function hyperlink(text: string, uri: string | undefined, on: boolean): string {
  return on && uri !== undefined ? `\u001b]8;;${makeVisible(uri)}\u001b\\${text}\u001b]8;;\u001b\\` : text;
}

/** The `file:` address of a repository-relative path. */
export function fileUri(root: string, path: string): string {
  const base = root.replaceAll("\\", "/").replace(/\/+$/, "");
  return `file://${base.startsWith("/") ? "" : "/"}${pathToUri(base)}/${pathToUri(path)}`;
}
