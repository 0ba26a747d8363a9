/** Who may command on pull requests, as the configuration of their base branch says on the code host. */
import { analyzers } from "../analyzers/index.ts";
import { configFileNames } from "../config/defaults.ts";
import type { CodeHost } from "../model/code-host.ts";
import type { CommandPolicy } from "../model/command-policy.ts";

const open: CommandPolicy = { deny: [] };

/**
 * Never out of a checkout: that may be the pull request's own, which must not say who has a say in it. A file that
 * cannot be understood forbids everything, since it might deny somebody.
 */
export async function readCommandPolicy(host: CodeHost, branch: string): Promise<CommandPolicy> {
  for (const file of configFileNames) {
    const bytes = await host.readFile(file, branch);
    if (bytes === undefined) continue;
    const { loadConfig } = await import("../config/load-config.ts");
    const { config } = await loadConfig({ text: new TextDecoder().decode(bytes), file, analyzers });
    return (
      config?.commands ?? {
        deny: [],
        fault: `${file} on ${branch} has mistakes, so it is not known whom it denies commands; codeflow config validate shows them`,
      }
    );
  }
  return open;
}
