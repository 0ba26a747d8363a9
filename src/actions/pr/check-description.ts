/** `pr.check-description`: the pull request's description is filled in. */
import { z } from "zod";
import { type ActionContext, defineAction, StepFailed } from "../../model/action.ts";
import { code, plain } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { checkBoxes, sameHeading, sectionsOf, withoutComments } from "./description-sections.ts";

const templates = [
  ".github/pull_request_template.md",
  ".github/PULL_REQUEST_TEMPLATE.md",
  "pull_request_template.md",
  "PULL_REQUEST_TEMPLATE.md",
  "docs/pull_request_template.md",
  "docs/PULL_REQUEST_TEMPLATE.md",
];

export const checkDescription = defineAction({
  id: "pr.check-description",
  summary: "Check that the pull request's description is filled in as its template asks.",
  description: `Without \`sections\`, the headings of the repository's template are asked for, read from the base branch; a section that is empty
or still says what the template says counts as missing. HTML comments never count as text. Pull requests of bots pass.

\`\`\`yaml
- uses: pr.check-description
  with:
    sections: [Why, How it was tested]
    checkboxes: all
\`\`\``,
  inputs: z.strictObject({
    sections: textList.default([]).describe("Headings that must be there with text; those of the template when empty."),
    optional: textList.default([]).describe("Headings of the template that may stay empty."),
    checkboxes: z
      .enum(["ignore", "any", "all"])
      .default("ignore")
      .describe("Whether at least one or every box must be ticked."),
    "min-length": z.number().int().min(0).default(1).describe("Characters of text, comments left out."),
    "skip-bots": z.boolean().default(true).describe("Let pull requests of bots pass."),
    fail: z.boolean().default(true).describe("Fail the step when something is missing."),
  }),
  outputs: z.object({
    valid: z.boolean().describe("Whether nothing is missing."),
    problems: z.array(z.string()).describe("What is missing, in words."),
    missing: z.array(z.string()).describe("Headings without text."),
    unchecked: z.array(z.string()).describe("Boxes that are not ticked."),
    template: z.string().describe("The template that was found; empty when none was asked."),
  }),
  needs: ["host", "pullRequest"],
  effects: "none",
  async run(context, inputs) {
    const pull = await context.pullRequest.get();
    if (inputs["skip-bots"] && pull.author.isBot) {
      context.log.info(`${pull.author.login} is a bot: its description is not checked`);
      return { valid: true, problems: [], missing: [], unchecked: [], template: "" };
    }
    const asked = listOf(inputs.sections);
    const template = asked.length > 0 ? undefined : await readTemplate(context, pull.base.branch);
    const blank = sectionsOf(template?.text ?? "");
    const optional = listOf(inputs.optional);
    const headings = asked.length > 0 ? asked : blank.map(({ heading }) => heading).filter((heading) => heading !== "");
    const written = sectionsOf(pull.body);
    const isFilled = (heading: string): boolean => {
      const found = written.filter((section) => sameHeading(section.heading, heading));
      const hint = blank.find((section) => sameHeading(section.heading, heading))?.text ?? "";
      // A list of boxes is filled in by ticking them, which `checkboxes` is about.
      return found.some(({ text }) => text !== "" && (text !== hint || checkBoxes(text).length > 0));
    };
    const missing = headings.filter(
      (heading) => !optional.some((one) => sameHeading(one, heading)) && !isFilled(heading),
    );
    const boxes = checkBoxes(pull.body);
    const unchecked = boxes.filter(({ isChecked }) => !isChecked).map(({ text }) => text);
    const problems = missing.map((heading) => `the section ${code(heading)} is missing or empty`);
    const length = [...withoutComments(pull.body).trim()].length;
    if (length < inputs["min-length"]) {
      problems.unshift(
        length === 0 ? "there is no description" : `it has ${length} characters, ${inputs["min-length"]} are asked`,
      );
    }
    if (inputs.checkboxes === "all") problems.push(...unchecked.map((text) => `not ticked: ${plain(text)}`));
    if (inputs.checkboxes === "any" && boxes.length > 0 && unchecked.length === boxes.length)
      problems.push("no box is ticked");
    const result = { valid: problems.length === 0, problems, missing, unchecked, template: template?.path ?? "" };
    if (problems.length > 0) {
      context.summarize(`The description is not complete:\n\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
      if (inputs.fail) throw new StepFailed(`the description is not complete: ${problems.join("; ")}`, result);
    }
    return result;
  },
});

async function readTemplate(
  { host }: ActionContext<"host">,
  ref: string,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  for (const path of templates) {
    const bytes = await host.readFile(path, ref);
    if (bytes !== undefined) return { path, text: new TextDecoder().decode(bytes) };
  }
  return undefined;
}
