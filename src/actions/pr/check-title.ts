/** `pr.check-title`: the pull request's title keeps a form. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { code } from "../markdown-table.ts";
import { listOf, textList } from "../text-list.ts";
import { conventionalTypes, parseHeader } from "./conventional-header.ts";

export const checkTitle = defineAction({
  id: "pr.check-title",
  summary: "Check the pull request's title: a conventional commit by default.",
  description: `For repositories that squash: the title becomes the commit. With \`pattern\`, that regular expression is asked instead of the
conventional form. Git's own \`Revert "…"\` passes. The step fails with every mistake that was found, unless \`fail: false\`.

\`\`\`yaml
- uses: pr.check-title
  with:
    scopes: [api, web]
    max-length: 72
\`\`\``,
  inputs: z.strictObject({
    types: textList.default([...conventionalTypes]).describe("Types that may be used."),
    scopes: textList.default([]).describe("Scopes that may be used; any when empty."),
    "require-scope": z.boolean().default(false).describe("Whether there must be a scope."),
    "max-length": z.number().int().min(0).default(100).describe("Characters; 0 for any number."),
    pattern: z.string().optional().describe("A regular expression that the whole title must match instead."),
    fail: z.boolean().default(true).describe("Fail the step when something is wrong."),
  }),
  outputs: z.object({
    valid: z.boolean().describe("Whether nothing is wrong."),
    problems: z.array(z.string()).describe("What is wrong, in words."),
    type: z.string().describe("`feat`, `fix`, …; empty when there is none."),
    scope: z.string().describe("What stands in parentheses; empty when nothing does."),
    breaking: z.boolean().describe("Whether a `!` marks a breaking change."),
    subject: z.string().describe("What follows the colon."),
  }),
  needs: ["pullRequest"],
  effects: "none",
  async run({ pullRequest, summarize }, inputs) {
    const { title } = await pullRequest.get();
    const header = parseHeader(title);
    const problems: string[] = [];
    const types = listOf(inputs.types);
    const scopes = listOf(inputs.scopes);
    if (inputs.pattern !== undefined) {
      if (!compile(inputs.pattern).test(title)) problems.push(`it does not match ${inputs.pattern}`);
    } else if (header === undefined) {
      if (!/^Revert ".+"$/.test(title)) problems.push("it is not of the form `type(scope): subject`");
    } else {
      const { type, scope, subject } = header;
      if (!types.includes(type)) problems.push(`the type ${code(type)} is none of ${types.join(", ")}`);
      if (scope === "" && inputs["require-scope"]) problems.push("the scope is missing");
      const unknown =
        scope === "" || scopes.length === 0 ? [] : scope.split(/[,/] */).filter((one) => !scopes.includes(one));
      for (const one of unknown) problems.push(`the scope ${code(one)} is none of ${scopes.join(", ")}`);
      if (subject.endsWith(".")) problems.push("the subject ends with a period");
    }
    const length = [...title].length;
    const limit = inputs["max-length"];
    if (limit > 0 && length > limit) problems.push(`it has ${length} characters, ${limit} are allowed`);
    const result = {
      valid: problems.length === 0,
      problems,
      type: header?.type ?? "",
      scope: header?.scope ?? "",
      breaking: header?.isBreaking ?? false,
      subject: header?.subject ?? title,
    };
    if (problems.length > 0) {
      summarize(`The title ${code(title)}:\n\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
      if (inputs.fail) throw new StepFailed(`the title is not right: ${problems.join("; ")}`, result);
    }
    return result;
  },
});

function compile(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, "u");
  } catch (error) {
    throw new StepFailed(`pattern is no regular expression: ${(error as Error).message}`);
  }
}
