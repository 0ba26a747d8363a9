/** `quality.dead-code`: exports that nothing uses. */
import { defineAnalyzerAction } from "./analyzer-action.ts";

export const deadCode = defineAnalyzerAction({
  id: "quality.dead-code",
  summary: "Find exports of JavaScript and TypeScript that nothing uses.",
  description: `The bundled analyzer: entry points of packages, files that a framework loads by their place, and whatever cannot be followed count as used.
Suppressions and the baseline of the repository hold.`,
  analyzer: "exports",
  title: "Dead code",
  failsOnFindings: false,
  isAbout: ({ rule }) => rule === "exports/dead-export",
});
