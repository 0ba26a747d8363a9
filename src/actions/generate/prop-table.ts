/** `generate.prop-table`: a Markdown table of a React component's props, read from its types. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { readProps } from "./react-props.ts";

export const propTable = defineAction({
  id: "generate.prop-table",
  summary: "Write a Markdown table of a React component's props, read from its types, between markers of a document.",
  description:
    "Reads the interface or type literal of the component's first parameter (or the one named `NAMEProps`), with its " +
    "comments and the defaults of its destructuring. Nothing is executed. The table stands between " +
    "`<!-- props:NAME -->` and `<!-- /props:NAME -->`; a document without the markers is not touched.\n\n" +
    "```yaml\n- uses: generate.prop-table\n  with: { file: src/Button.tsx, document: docs/button.md }\n```",
  inputs: z.strictObject({
    file: z.string().min(1).describe("The module with the component."),
    component: z.string().optional().describe("Its name; the file's only component when absent."),
    document: z.string().optional().describe("Markdown file to write to; the table is only an output when absent."),
  }),
  outputs: z.object({
    component: z.string().describe("The component."),
    table: z.string().describe("The table in Markdown."),
    props: z.number().describe("How many props it has."),
    changed: z.boolean().describe("Whether the document was written."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run(context, given) {
    const text = await context.repo.readText(given.file);
    if (text === undefined) throw new StepFailed(`there is no file ${given.file}`);
    const { component, props } = await readProps(given.file, text, given.component);
    const table = [
      "| prop | type | default | what it is |",
      "| --- | --- | --- | --- |",
      ...props.map(
        (prop) =>
          `| \`${prop.name}\`${prop.isRequired ? " (required)" : ""} | ${code(prop.type)} | ${prop.fallback === undefined ? "" : code(prop.fallback)} | ${cell(prop.comment)} |`,
      ),
    ].join("\n");
    let changed = false;
    if (given.document !== undefined) {
      const before = await context.repo.readText(given.document);
      if (before === undefined) throw new StepFailed(`there is no document ${given.document}`);
      const after = between(before, component, table, given.document);
      changed = after !== before;
      if (changed) await context.repo.write(given.document, after);
    }
    return { component, table, props: props.length, changed };
  },
});

function between(document: string, component: string, table: string, path: string): string {
  const open = `<!-- props:${component} -->`;
  const close = `<!-- /props:${component} -->`;
  const start = document.indexOf(open);
  const end = document.indexOf(close, start);
  if (start === -1 || end === -1) throw new StepFailed(`${path} does not hold ${open} and ${close}`);
  if (document.indexOf(open, start + 1) !== -1) throw new StepFailed(`${path} holds ${open} twice`);
  return `${document.slice(0, start + open.length)}\n\n${table}\n\n${document.slice(end)}`;
}

function code(text: string): string {
  const line = text.replace(/\s+/g, " ").replaceAll("|", String.raw`\|`);
  return line.includes("`") ? `\`\` ${line} \`\`` : `\`${line}\``;
}

function cell(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replaceAll("|", String.raw`\|`)
    .replaceAll("<", "&lt;")
    .trim();
}
