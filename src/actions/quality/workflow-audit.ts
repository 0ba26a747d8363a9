/** `quality.workflow-audit`: GitHub workflow files. */
import { defineAnalyzerAction } from "./analyzer-action.ts";

export const workflowAudit = defineAnalyzerAction({
  id: "quality.workflow-audit",
  summary: "Audit GitHub workflow and action files: mistakes and security holes.",
  description: `Untrusted text in \`run:\`, privileged triggers on strangers' code, unpinned actions where the rule is on, expressions and syntax that GitHub would
refuse. The rules are those of the analyzer \`workflows\`.`,
  analyzer: "workflows",
  title: "Workflow files",
  failsOnFindings: false,
});
