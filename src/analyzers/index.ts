/** Every analyzer, one sorted line each. Definitions are light; engines load when first used. */
import type { Analyzer } from "../model/analyzer.ts";
import { biome } from "./biome.ts";
import { dockerfile } from "./dockerfile.ts";
import { eslint } from "./eslint.ts";
import { hygiene } from "./hygiene.ts";
import { knip } from "./knip.ts";
import { markdown } from "./markdown.ts";
import { oxlint } from "./oxlint.ts";
import { paths } from "./paths.ts";
import { patterns } from "./patterns.ts";
import { prettier } from "./prettier.ts";
import { ruff } from "./ruff.ts";
import { secrets } from "./secrets.ts";
import { stylelint } from "./stylelint.ts";
import { syntax } from "./syntax.ts";
import { tsc } from "./tsc.ts";
import { vueTsc } from "./vue-tsc.ts";
import { workflows } from "./workflows.ts";

export const analyzers: readonly Analyzer[] = [
  biome,
  dockerfile,
  eslint,
  hygiene,
  knip,
  markdown,
  oxlint,
  paths,
  patterns,
  prettier,
  ruff,
  secrets,
  stylelint,
  syntax,
  tsc,
  vueTsc,
  workflows,
];
