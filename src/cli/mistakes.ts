/** Mistakes in people's files as text: the place, the code with a marker under it, and what to do. */
import { Mistakes } from "../app/mistakes.ts";
import { createPalette, diagnosticFrame, makeVisible, type Palette } from "../app/presentation.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Failure } from "../model/failure.ts";
import type { Door } from "./door.ts";
import { colorOf, widthOf } from "./terminal.ts";

/** Empty for any other failure. */
export function mistakesOf(error: Failure, door: Door): string {
  if (!(error instanceof Mistakes)) return "";
  const color = !door.argv.includes("--no-color") && colorOf(door.env, door.stderr.isTTY === true);
  return diagnosticsText(error.diagnostics, error.texts, {
    paint: createPalette(color),
    width: widthOf(door.env, door.stderr.columns),
  });
}

export function diagnosticsText(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  { paint, width }: { readonly paint: Palette; readonly width: number },
): string {
  return diagnostics
    .map((diagnostic) => {
      const { file, line, column, severity, code, message, hint } = diagnostic;
      const word = severity === "error" ? paint.red("error") : paint.yellow("warning");
      const place = paint.bold(makeVisible(`${file}:${line}:${column}`));
      const text = texts.get(file);
      const frame = text === undefined ? "" : diagnosticFrame(diagnostic, text, { width: Math.max(40, width - 12) });
      return [
        "",
        `${place} ${word} ${makeVisible(message)} ${paint.dim(code)}`,
        ...(frame === "" ? [] : frame.split("\n").map((text) => `  ${text}`)),
        ...(hint === undefined ? [] : [`  ${paint.cyan("hint")}: ${makeVisible(hint)}`]),
        "",
      ].join("\n");
    })
    .join("");
}
