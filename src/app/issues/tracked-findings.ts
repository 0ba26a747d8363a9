/** The tracker issue that a finding belongs to, as far as this clone's ledger knows. */
import { join } from "node:path";
import { existsSync } from "node:fs";
import type { IssueSettings } from "../../model/config.ts";
import { Failure } from "../../model/failure.ts";
import type { Finding } from "../../model/finding.ts";
import type { IssueLink } from "../../model/tracker.ts";
import { groupKeyOf } from "../../reports/issues/plan-issues.ts";
import { openIssueLedger } from "../compose.ts";
import type { Place } from "../place.ts";
import type { World } from "../world.ts";
import { packagesOf } from "./packages.ts";

/** Open issues only. Undefined: there are none, or the ledger cannot be read, which is no reason to say nothing at all. */
export async function trackedFindings(
  place: Place,
  settings: IssueSettings,
  world: World,
): Promise<((finding: Finding) => IssueLink | undefined) | undefined> {
  if (!existsSync(join(place.dataDirectory, "history.db"))) return undefined;
  const issues = await readOpen(place, settings, world);
  if (issues.size === 0) return undefined;
  const packageOf = settings.group === "package" ? await packagesOf(place.git) : () => ".";
  return (finding) => issues.get(groupKeyOf(finding, settings.group, packageOf));
}

async function readOpen(
  place: Place,
  { tracker }: IssueSettings,
  world: World,
): Promise<ReadonlyMap<string, IssueLink>> {
  try {
    const ledger = await openIssueLedger(place.dataDirectory, world);
    try {
      const open = (await ledger.issues({ tracker })).filter(({ state }) => state === "open");
      return new Map(
        open.map(({ group, externalId, url }) => [
          group,
          { title: /^\d+$/.test(externalId) ? `#${externalId}` : externalId, url },
        ]),
      );
    } finally {
      await ledger.close();
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    world.log.warn(`comments do not name their issues: ${error.message}`);
    return new Map();
  }
}
