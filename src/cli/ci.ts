/** `codeflow ci`. */
import type { CliCommand } from "./door.ts";

export const ci: CliCommand = {
  name: "ci",
  example: `\
  codeflow ci                         in a job of GitHub Actions: what action.yml runs
  INPUT_COMMAND=collect codeflow ci   for a fork's pull request: nothing is published, nothing of it is run
  INPUT_COMMAND=publish codeflow ci   in a workflow_run job: publishes what such a job collected`,
  configure() {
    // Everything comes as the runner hands it over: the inputs of action.yml as INPUT_ variables, the event as a file.
  },
  async run({ world, door }) {
    const { runAction } = await import("../ci/run.ts");
    return runAction(world, door.version);
  },
};
