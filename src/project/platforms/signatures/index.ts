/** Every table of signatures, one line each. */
import type { SignatureTable } from "../signature.ts";
import { aiBuilders } from "./ai-builders.ts";
import { ci } from "./ci.ts";
import { cloudIdes } from "./cloud-ides.ts";
import { codingAgents } from "./coding-agents.ts";
import { containers } from "./containers.ts";
import { hosting } from "./hosting.ts";
import { javascriptFrameworks } from "./javascript-frameworks.ts";
import { monorepos } from "./monorepos.ts";
import { otherFrameworks } from "./other-frameworks.ts";
import { packageManagers } from "./package-managers.ts";

export const signatureTables: readonly SignatureTable[] = [
  aiBuilders,
  ci,
  cloudIdes,
  codingAgents,
  containers,
  hosting,
  javascriptFrameworks,
  monorepos,
  otherFrameworks,
  packageManagers,
];
