/** `quality.secret-scan`: credentials in files. */
import { defineAnalyzerAction } from "./analyzer-action.ts";

export const secretScan = defineAnalyzerAction({
  id: "quality.secret-scan",
  summary: "Find credentials written in files; the step fails when there is one.",
  description: `Values are never shown or stored, only their kind and place. A secret that was pushed must be revoked: removing the line does not help. What the
repository suppressed or accepted in its baseline does not count.`,
  analyzer: "secrets",
  title: "Secrets",
  failsOnFindings: true,
});
