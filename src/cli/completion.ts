/** `codeflow completion`. */
import { Argument } from "commander";
import { analyzerNames } from "../app/list-analyzers.ts";
import { reportIds } from "../app/reports.ts";
import { exitCodes } from "../model/failure.ts";
import { completionCommands } from "./completion/words.ts";
import type { CliCommand } from "./door.ts";
import { createProgram } from "./program.ts";

const shells = ["bash", "zsh", "fish", "powershell"] as const;

export const completion: CliCommand = {
  name: "completion",
  example: `\
  source <(codeflow completion bash)          for this shell
  codeflow completion zsh > "\${fpath[1]}/_codeflow"
  codeflow completion fish > ~/.config/fish/completions/codeflow.fish
  codeflow completion powershell >> $PROFILE`,
  configure(command) {
    command.addArgument(new Argument("<shell>", "the shell to print it for").choices(shells));
  },
  async run(context, args) {
    const program = await createProgram({
      version: context.door.version,
      wanted: () => true,
      run: async () => undefined,
      writeOut: () => undefined,
      writeErr: () => undefined,
    });
    const commands = completionCommands(program, { analyzers: analyzerNames, formats: reportIds });
    context.out(await scriptFor(args[0] as (typeof shells)[number], commands));
    return exitCodes.passed;
  },
};

async function scriptFor(
  shell: (typeof shells)[number],
  commands: ReturnType<typeof completionCommands>,
): Promise<string> {
  switch (shell) {
    case "bash":
      return (await import("./completion/bash.ts")).bashScript(commands);
    case "zsh":
      return (await import("./completion/zsh.ts")).zshScript(commands);
    case "fish":
      return (await import("./completion/fish.ts")).fishScript(commands);
    case "powershell":
      return (await import("./completion/powershell.ts")).powershellScript(commands);
  }
}
