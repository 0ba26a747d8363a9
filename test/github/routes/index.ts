/** All routes; among those that fit a path, the first wins, so the literal ones stand before the general ones. */
import type { Route } from "../http/router.ts";
import { actionRoutes } from "./actions.ts";
import { checkRoutes } from "./checks.ts";
import { commentRoutes } from "./comments.ts";
import { commitRoutes } from "./commits.ts";
import { contentRoutes } from "./contents.ts";
import { issueRoutes } from "./issues.ts";
import { labelRoutes } from "./labels.ts";
import { pullRoutes } from "./pulls.ts";
import { releaseRoutes } from "./releases.ts";
import { repositoryRoutes } from "./repositories.ts";
import { reviewRoutes } from "./reviews.ts";
import { sarifRoutes } from "./sarif.ts";
import { searchRoutes } from "./search.ts";

export const routes: readonly Route[] = [
  ...commentRoutes,
  ...labelRoutes,
  ...issueRoutes,
  ...reviewRoutes,
  ...pullRoutes,
  ...checkRoutes,
  ...commitRoutes,
  ...contentRoutes,
  ...releaseRoutes,
  ...actionRoutes,
  ...sarifRoutes,
  ...searchRoutes,
  ...repositoryRoutes,
];
