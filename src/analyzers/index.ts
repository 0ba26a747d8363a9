/** Every analyzer, one sorted line each. Definitions are light; engines load when first used. */
import type { Analyzer } from "../model/analyzer.ts";
import { bandit } from "./bandit.ts";
import { biome } from "./biome.ts";
import { checkstyle } from "./checkstyle.ts";
import { clippy } from "./clippy.ts";
import { cppcheck } from "./cppcheck.ts";
import { dockerfile } from "./dockerfile.ts";
import { eslint } from "./eslint.ts";
import { goVet } from "./go-vet.ts";
import { hygiene } from "./hygiene.ts";
import { knip } from "./knip.ts";
import { markdown } from "./markdown.ts";
import { mypy } from "./mypy.ts";
import { oxlint } from "./oxlint.ts";
import { paths } from "./paths.ts";
import { patterns } from "./patterns.ts";
import { prettier } from "./prettier.ts";
import { pyright } from "./pyright.ts";
import { rubocop } from "./rubocop.ts";
import { ruffCli } from "./ruff-cli.ts";
import { ruff } from "./ruff.ts";
import { secrets } from "./secrets.ts";
import { shellcheck } from "./shellcheck.ts";
import { sqlfluff } from "./sqlfluff.ts";
import { stylelint } from "./stylelint.ts";
import { syntax } from "./syntax.ts";
import { tsc } from "./tsc.ts";
import { vueTsc } from "./vue-tsc.ts";
import { workflows } from "./workflows.ts";
import { yamllint } from "./yamllint.ts";

export const analyzers: readonly Analyzer[] = [
  bandit,
  biome,
  checkstyle,
  clippy,
  cppcheck,
  dockerfile,
  eslint,
  goVet,
  hygiene,
  knip,
  markdown,
  mypy,
  oxlint,
  paths,
  patterns,
  prettier,
  pyright,
  rubocop,
  ruffCli,
  ruff,
  secrets,
  shellcheck,
  sqlfluff,
  stylelint,
  syntax,
  tsc,
  vueTsc,
  workflows,
  yamllint,
];
