/** `quality.lockfile-drift`: manifests against lockfiles. */
import { defineAnalyzerAction } from "./analyzer-action.ts";

export const lockfileDrift = defineAnalyzerAction({
  id: "quality.lockfile-drift",
  summary: "Find lockfiles that do not give what their manifests ask for.",
  description: `npm, pnpm, Yarn, Bun, Poetry, uv, PDM, Pipenv, Cargo, Go, Bundler and Composer; nothing is installed and nothing asked of a registry. The step fails on
a drift, because an installation from such a lockfile fails too or installs something else.`,
  analyzer: "dependencies",
  title: "Lockfiles",
  failsOnFindings: true,
  isAbout: ({ rule }) => rule !== "dependencies/duplicated-versions",
});
