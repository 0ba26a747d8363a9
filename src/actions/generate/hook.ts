/** `generate.hook`: a React hook with its test. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { readPackage } from "./manifest.ts";
import { spell } from "./names.ts";
import { writeNewFiles } from "./new-files.ts";
import { renderTemplates, type Template } from "./templates.ts";

export const hook = defineAction({
  id: "generate.hook",
  summary: "Write a new React hook with its test, in the language that the package uses.",
  description:
    "The name gets its `use` by itself. Existing files are never overwritten. Templates in " +
    "`.codeflow/templates/hook/*.mustache` replace the built-in ones.\n\n" +
    "```yaml\n- uses: generate.hook\n  with: { name: toggle }\n```",
  inputs: z.strictObject({
    name: z.string().min(1).describe("Its name, with or without `use`."),
    directory: z.string().default("src/hooks").describe("Where it goes."),
    test: z
      .boolean()
      .default(true)
      .describe("Write a test where the package has vitest or jest and @testing-library/react."),
  }),
  outputs: z.object({
    files: z.array(z.string()).describe("What was written."),
    name: z.string().describe("The hook's name."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run(context, given) {
    const facts = await readPackage(context.repo, given.directory);
    if (!facts.dependencies.has("react") && !facts.dependencies.has("next")) {
      throw new StepFailed(`${facts.directory}package.json does not name react: hooks are React's`);
    }
    const bare = spell(given.name);
    const spelled = /^use[A-Z]/.test(bare.camel) ? bare : spell(`use-${bare.kebab}`);
    const isTested = given.test && facts.testRunner !== undefined && facts.dependencies.has("@testing-library/react");
    if (given.test && !isTested) {
      context.log.info(
        `no test was written: it takes vitest or jest and @testing-library/react in ${facts.directory}package.json`,
      );
    }
    const extension = facts.isTypeScript ? "ts" : "js";
    const templates: Template[] = [{ path: `{{camel}}.${extension}`, text: hookText }];
    if (isTested) templates.push({ path: `{{camel}}.test.${extension}`, text: testText });
    const files = await renderTemplates(context.repo, "hook", templates, given.directory, {
      name: spelled.pascal,
      camel: spelled.camel,
      kebab: spelled.kebab,
      typescript: facts.isTypeScript,
      vitest: facts.testRunner === "vitest",
      ending: facts.ending,
      runner: facts.testRunner ?? "",
    });
    return { files: await writeNewFiles(context.repo, files), name: spelled.camel };
  },
});

const hookText = `import { useCallback, useState } from "react";

{{#typescript}}export interface {{name}}Result<T> {
  value: T;
  update: (next: T) => void;
  reset: () => void;
}

export function {{camel}}<T>(initial: T): {{name}}Result<T> {
  const [value, update] = useState<T>(initial);
{{/typescript}}{{^typescript}}export function {{camel}}(initial) {
  const [value, update] = useState(initial);
{{/typescript}}  const reset = useCallback(() => update(initial), [initial]);
  return { value, update, reset };
}`;

const testText = `import { act, renderHook } from "@testing-library/react";
{{#vitest}}import { expect, it } from "vitest";
{{/vitest}}import { {{camel}} } from "./{{camel}}{{ending}}";

it("goes back to where it began", () => {
  const { result } = renderHook(() => {{camel}}(1));
  act(() => result.current.update(2));
  expect(result.current.value).toBe(2);
  act(() => result.current.reset());
  expect(result.current.value).toBe(1);
});`;
