/** Templates as data: ours, or the repository's own in `.codeflow/templates/KIND/`, in the logic-less language Mustache. */
import { StepFailed, type Repository } from "../../model/action.ts";
import type { GeneratedFile } from "./new-files.ts";

export interface Template {
  /** Itself a template, relative to the folder that is generated into. */
  readonly path: string;
  readonly text: string;
}

export type TemplateKind = "component" | "hook" | "api-route";

/**
 * The repository's templates of a kind replace ours as a whole: each file `.codeflow/templates/KIND/PATH.mustache` gives
 * one file; `__name__`, `__camel__` and `__kebab__` in PATH are spelled out. Mustache runs no code, so templates of a
 * stranger's branch are harmless. Nothing is escaped: code is not HTML.
 */
export async function renderTemplates(
  repo: Repository,
  kind: TemplateKind,
  own: readonly Template[],
  directory: string,
  view: Readonly<Record<string, unknown>>,
): Promise<GeneratedFile[]> {
  const { default: mustache } = await import("mustache");
  const prefix = `.codeflow/templates/${kind}/`;
  const overriding: Template[] = [];
  for (const { path } of await repo.files()) {
    if (!path.startsWith(prefix) || !path.endsWith(".mustache")) continue;
    const text = await repo.readText(path);
    if (text !== undefined) overriding.push({ path: path.slice(prefix.length, -".mustache".length), text });
  }
  const at = directory === "" || directory === "." ? "" : `${directory.replace(/\/+$/, "")}/`;
  return (overriding.length > 0 ? overriding : own).map((template) => {
    const render = (text: string): string => {
      try {
        return mustache.render(text, view, undefined, { escape: String });
      } catch (error) {
        const where = overriding.length > 0 ? `${prefix}${template.path}.mustache` : `the ${kind} template`;
        throw new StepFailed(`${where} is no Mustache template: ${(error as Error).message}`);
      }
    };
    const path = template.path
      .replaceAll("__name__", String(view["name"]))
      .replaceAll("__camel__", String(view["camel"]))
      .replaceAll("__kebab__", String(view["kebab"]));
    return { path: at + render(path), text: `${render(template.text).trim()}\n` };
  });
}
