/** Publishes a finished check on a pull request, with fixes that can be committed there. */
import { activeFindings } from "../reports/active-findings.ts";
import { coverageOf } from "../reports/pull-request/coverage.ts";
import type { CheckedProject } from "./check.ts";
import { lineSuggestions } from "./line-suggestions.ts";
import type { PublisherPort } from "../model/action.ts";
import { publishRun, type PublishOutcome, type PublishRequest } from "./publish-run.ts";

export async function publishCheck(
  project: Pick<CheckedProject, "run" | "files">,
  request: Omit<PublishRequest, "run" | "covers" | "suggestions">,
): Promise<PublishOutcome> {
  const { run, files } = project;
  const shown = activeFindings(run).filter(({ state }) => state === "new");
  return publishRun({
    ...request,
    run,
    covers: coverageOf(run),
    suggestions: await lineSuggestions(shown, (path) => files.text(path)),
  });
}

/** The port of actions. `projectOf`: the check that gave a run; it holds the texts that suggestions are made of. */
export function publisherPort(
  request: Pick<PublishRequest, "host" | "pullRequest"> & Pick<PublishRequest, "change" | "sha">,
  projectOf: (run: object) => Pick<CheckedProject, "run" | "files"> | undefined,
): PublisherPort {
  return {
    async publish(run, { comment, checkName, statusContext, attention }) {
      const project = projectOf(run);
      if (project === undefined) throw new Error("only a run that this step's check gave can be published");
      const outcome = await publishCheck(project, {
        ...request,
        comment,
        checkName,
        statusContext,
        ...(attention === undefined ? {} : { policy: { attention } }),
      });
      if (outcome.status === "stale") return outcome;
      const { counts, carried, verdict } = outcome.publication;
      const { inline, folded, resolved } = counts;
      return {
        status: "published",
        verdict,
        new: counts.new,
        inline,
        folded,
        resolved,
        carried: carried.length,
        ...(outcome.withheld.length === 0 ? {} : { withheld: outcome.withheld.map(({ reason }) => reason) }),
      };
    },
  };
}
