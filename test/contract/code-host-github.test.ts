/** GitHub's adapter keeps the code host's contract, on a local GitHub. */
import { codeHostContract } from "./code-host.ts";
import { githubStage } from "./github-stage.ts";

codeHostContract("GitHub", githubStage);
