/** `generate.component`: a component with its test, in the framework that the package uses. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { readPackage, type PackageFacts } from "./manifest.ts";
import { spell } from "./names.ts";
import { writeNewFiles } from "./new-files.ts";
import { renderTemplates, type Template } from "./templates.ts";

const frameworks = ["react", "vue", "svelte"] as const;
type Framework = (typeof frameworks)[number];

export const component = defineAction({
  id: "generate.component",
  summary: "Write a new component with its test, in the framework and language that the package uses.",
  description:
    "Looks at the nearest package.json for React, Vue or Svelte, for TypeScript and for vitest or jest. Existing files are " +
    "never overwritten: the step fails before anything is written. Templates in `.codeflow/templates/component/*.mustache` " +
    "replace the built-in ones; they see `name`, `camel`, `kebab`, `typescript`, `runner`, `css-module`.\n\n" +
    "```yaml\n- uses: generate.component\n  with: { name: UserCard, directory: src/components, style: css-module }\n```",
  inputs: z.strictObject({
    name: z.string().min(1).describe("Its name, in any spelling."),
    directory: z.string().default("src/components").describe("Where it goes; a folder of its own is made in it."),
    framework: z
      .enum(["auto", ...frameworks])
      .default("auto")
      .describe("`auto` looks at package.json."),
    style: z.enum(["none", "css-module"]).default("none").describe("A CSS module beside it (React only)."),
    test: z
      .boolean()
      .default(true)
      .describe("Write a test where the package has vitest or jest and the testing library."),
  }),
  outputs: z.object({
    files: z.array(z.string()).describe("What was written."),
    name: z.string().describe("The component's name."),
    framework: z.string().describe("What it was written for."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run(context, given) {
    const facts = await readPackage(context.repo, given.directory);
    const framework = given.framework === "auto" ? frameworkOf(facts) : given.framework;
    const spelled = spell(given.name);
    const library = `@testing-library/${framework}`;
    const isTested = given.test && facts.testRunner !== undefined && facts.dependencies.has(library);
    if (given.test && !isTested) {
      context.log.info(`no test was written: it takes vitest or jest and ${library} in ${facts.directory}package.json`);
    }
    const withStyle = given.style === "css-module" && framework === "react";
    const files = await renderTemplates(
      context.repo,
      "component",
      templatesOf(framework, facts, withStyle, isTested),
      `${given.directory.replace(/\/+$/, "")}/${framework === "react" ? spelled.pascal : ""}`,
      {
        name: spelled.pascal,
        camel: spelled.camel,
        kebab: spelled.kebab,
        typescript: facts.isTypeScript,
        runner: facts.testRunner ?? "",
        vitest: facts.testRunner === "vitest",
        ending: facts.ending,
        "css-module": withStyle,
        spaced: facts.isTypeScript || withStyle,
      },
    );
    return { files: await writeNewFiles(context.repo, files), name: spelled.pascal, framework };
  },
});

function frameworkOf({ dependencies, directory }: PackageFacts): Framework {
  const found = frameworks.filter((name) => dependencies.has(name) || (name === "react" && dependencies.has("next")));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new StepFailed(
      first === undefined
        ? `${directory}package.json names neither react, vue nor svelte; say which with \`framework\``
        : `${directory}package.json names ${found.join(" and ")}; say which with \`framework\``,
    );
  }
  return first;
}

function templatesOf(
  framework: Framework,
  facts: PackageFacts,
  withStyle: boolean,
  isTested: boolean,
): readonly Template[] {
  const script = facts.isTypeScript ? "ts" : "js";
  const templates: Template[] = [];
  if (framework === "react") {
    templates.push({ path: `{{name}}.${script}x`, text: reactComponent });
    if (withStyle) templates.push({ path: "{{name}}.module.css", text: ".root {\n  display: block;\n}" });
    if (isTested) templates.push({ path: `{{name}}.test.${script}x`, text: reactTest });
  } else if (framework === "vue") {
    templates.push({ path: "{{name}}.vue", text: vueComponent });
    if (isTested) templates.push({ path: `{{name}}.test.${script}`, text: vueTest });
  } else {
    templates.push({ path: "{{name}}.svelte", text: svelteComponent });
    if (isTested) templates.push({ path: `{{name}}.test.${script}`, text: svelteTest });
  }
  return templates;
}

const importRunner = `{{#vitest}}import { expect, it } from "vitest";
{{/vitest}}`;

const reactComponent = `{{#typescript}}import type { ReactNode } from "react";
{{/typescript}}{{#css-module}}import styles from "./{{name}}.module.css";
{{/css-module}}{{#spaced}}

{{/spaced}}{{#typescript}}export interface {{name}}Props {
  children?: ReactNode;
}

export function {{name}}({ children }: {{name}}Props) {
{{/typescript}}{{^typescript}}export function {{name}}({ children }) {
{{/typescript}}  return <div{{#css-module}} className={styles.root}{{/css-module}}>{children}</div>;
}`;

const reactTest = `import { render, screen } from "@testing-library/react";
${importRunner}import { {{name}} } from "./{{name}}{{ending}}";

it("shows its children", () => {
  render(<{{name}}>hello</{{name}}>);
  expect(screen.getByText("hello")).toBeTruthy();
});`;

const vueComponent = `<script setup{{#typescript}} lang="ts"{{/typescript}}>
{{#typescript}}defineProps<{ label?: string }>();{{/typescript}}{{^typescript}}defineProps({ label: { type: String, default: "" } });{{/typescript}}
</script>

<template>
  <div><slot>{{=<% %>=}}{{ label }}<%={{ }}=%></slot></div>
</template>`;

const vueTest = `import { render, screen } from "@testing-library/vue";
${importRunner}import {{name}} from "./{{name}}.vue";

it("shows its label", () => {
  render({{name}}, { props: { label: "hello" } });
  expect(screen.getByText("hello")).toBeTruthy();
});`;

const svelteComponent = `<script{{#typescript}} lang="ts"{{/typescript}}>
  let { label = "" }{{#typescript}}: { label?: string }{{/typescript}} = $props();
</script>

<div>{label}</div>`;

const svelteTest = `import { render, screen } from "@testing-library/svelte";
${importRunner}import {{name}} from "./{{name}}.svelte";

it("shows its label", () => {
  render({{name}}, { props: { label: "hello" } });
  expect(screen.getByText("hello")).toBeTruthy();
});`;
