/** Parsing one JavaScript or TypeScript module of the repository, refusing what the parser cannot take. */
import { unfitness } from "../../analyzers/trees/tree.ts";
import { StepFailed } from "../../model/action.ts";

export async function parseModule(
  path: string,
  text: string,
): Promise<Awaited<ReturnType<typeof import("oxc-parser").parse>>> {
  // Thousands of open brackets end the process inside the parser.
  const unfit = unfitness(text);
  if (unfit !== undefined) throw new StepFailed(`${path} cannot be parsed: it is ${unfit}`);
  const { parseSync } = await import("oxc-parser");
  const parsed = parseSync(path, text);
  const error = parsed.errors.find(({ severity }) => severity === "Error");
  if (error !== undefined) throw new StepFailed(`${path} cannot be parsed: ${error.message}`);
  return parsed;
}
