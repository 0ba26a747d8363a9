/** `codeflow config`. */
import { createPalette, makeVisible } from "../app/presentation.ts";
import { configSchemaText, judgeConfig, showConfig } from "../app/show-config.ts";
import { exitCodes } from "../model/failure.ts";
import type { CliCommand } from "./door.ts";
import { diagnosticsText } from "./mistakes.ts";
import { addJson, printJson } from "./output.ts";

export const config: CliCommand = {
  name: "config",
  byDefault: "show",
  example: `\
  codeflow config                     what holds here, and what of it is a default
  codeflow config validate            every mistake at once, with the place and a hint
  codeflow config schema > schema.json`,
  subcommands: [
    {
      name: "show",
      summary: "what holds here: the file's settings and the defaults, as a codeflow.yml",
      example: "  codeflow config show --json",
      configure: (command) => void addJson(command),
      async run(context, _args, options) {
        const { file, settings } = await showConfig(context.world);
        if (options["json"] === true) {
          printJson(context, {
            file,
            config: Object.fromEntries(settings.map(({ key, value }) => [key, value])),
            fromFile: settings.filter(({ from }) => from === "file").map(({ key }) => key),
          });
          return exitCodes.passed;
        }
        const { stringify } = await import("yaml");
        const paint = createPalette(context.color);
        const source =
          file === undefined
            ? "# there is no configuration file: all of this is the default"
            : `# from ${makeVisible(file)}; settings marked "default" are not in it`;
        const lines = settings.flatMap(({ key, value, from }) => {
          const [first = "", ...rest] = stringify({ [key]: value }, { lineWidth: 100 })
            .trimEnd()
            .split("\n");
          if (from === "file") return [first, ...rest].map(makeVisible);
          const note = file === undefined ? "" : "  # default";
          return [paint.dim(makeVisible(first) + note), ...rest.map((line) => paint.dim(makeVisible(line)))];
        });
        context.out(`${paint.dim(source)}\n${lines.join("\n")}\n`);
        return exitCodes.passed;
      },
    },
    {
      name: "validate",
      usage: "validate [file]",
      summary: "say every mistake at once, with the place and a hint; exits with 2 when there is one",
      example: `\
  codeflow config validate
  codeflow config validate templates/codeflow.yml`,
      configure: (command) => void addJson(command),
      async run(context, args, options) {
        const { file, isValid, diagnostics, texts } = await judgeConfig(args[0] as string | undefined, context.world);
        const code = isValid ? exitCodes.passed : exitCodes.usage;
        if (options["json"] === true) {
          printJson(context, { file, isValid, diagnostics });
          return code;
        }
        const paint = createPalette(context.color);
        const shown = diagnosticsText(diagnostics, texts, { paint, width: context.width });
        // The first line is empty to stand off from the failure's own; here nothing is before it.
        context.out(shown.replace(/^\n/, ""));
        if (context.global.quiet === true) return code;
        if (shown !== "") context.out("\n");
        const errors = diagnostics.filter(({ severity }) => severity === "error").length;
        if (file === undefined && isValid) {
          context.out("there is no configuration file here; the defaults hold (codeflow init writes one)\n");
        } else if (isValid) context.out(`${paint.green("✓")} ${makeVisible(file ?? "")} is valid\n`);
        else context.out(`${paint.red("✗")} ${errors} ${errors === 1 ? "mistake" : "mistakes"}\n`);
        return code;
      },
    },
    {
      name: "schema",
      summary: "print the JSON Schema of codeflow.yml, for editors and other programs",
      example: "  codeflow config schema > codeflow.schema.json",
      async run(context) {
        context.out(await configSchemaText());
        return exitCodes.passed;
      },
    },
  ],
};
