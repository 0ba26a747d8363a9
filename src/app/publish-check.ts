/** Publishes a finished check on a pull request, with fixes that can be committed there. */
import { activeFindings } from "../reports/active-findings.ts";
import { coverageOf } from "../reports/pull-request/coverage.ts";
import type { FreshCheck } from "./check-afresh.ts";
import { trackedFindings } from "./issues/tracked-findings.ts";
import { lineSuggestions } from "./line-suggestions.ts";
import type { PublisherPort } from "../model/action.ts";
import type { World } from "./world.ts";
import { publishRun, type PublishOutcome, type PublishRequest } from "./publish-run.ts";

/** Without the configuration comments do not name the issues of their findings. */
type PublishableCheck = Pick<FreshCheck, "run" | "edited" | "place"> & Partial<Pick<FreshCheck, "configured">>;

export async function publishCheck(
  { run, edited, place, configured }: PublishableCheck,
  request: Omit<PublishRequest, "run" | "covers" | "suggestions">,
  world: World,
): Promise<PublishOutcome> {
  const issueOf = configured === undefined ? undefined : await trackedFindings(place, configured.issues, world);
  const shown = activeFindings(run).filter(({ state }) => state === "new");
  return publishRun({
    ...request,
    run,
    covers: coverageOf(run),
    suggestions: await lineSuggestions(shown, edited),
    ...(issueOf === undefined ? {} : { issueOf }),
  });
}

/** The port of actions. `projectOf`: the check that gave a run; it holds the files that suggestions are for. */
export function publisherPort(
  request: Pick<PublishRequest, "host" | "pullRequest"> & Pick<PublishRequest, "change" | "sha">,
  projectOf: (run: object) => PublishableCheck | undefined,
  world: World,
): PublisherPort {
  return {
    async publish(run, { comment, checkName, statusContext, attention, accepting }) {
      const project = projectOf(run);
      if (project === undefined) throw new Error("only a run that this step's check gave can be published");
      const outcome = await publishCheck(
        project,
        {
          ...request,
          comment,
          checkName,
          statusContext,
          ...(attention === undefined ? {} : { policy: { attention } }),
          ...(accepting === undefined ? {} : { accepting }),
        },
        world,
      );
      if (outcome.status === "stale") return outcome;
      const { counts, carried, verdict } = outcome.publication;
      const { inline, folded, resolved, accepted } = counts;
      return {
        status: "published",
        verdict,
        new: counts.new,
        inline,
        folded,
        resolved,
        carried: carried.length,
        accepted,
        ...(outcome.withheld.length === 0 ? {} : { withheld: outcome.withheld.map(({ reason }) => reason) }),
      };
    },
  };
}
