/** Network faults of every service of notices, as one entry. */
import { exitCodes, Failure } from "../../model/failure.ts";

export async function reach<Result>(work: () => Promise<Result>, service = "Slack"): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const why = error.why === undefined ? error.message : `${error.message}: ${error.why}`;
    throw new Failure("CF701", `cannot reach ${service}`, { why, exitCode: exitCodes.incomplete, cause: error });
  }
}
