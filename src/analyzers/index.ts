/** Every analyzer, one sorted line each. Definitions are light; engines load when first used. */
import type { Analyzer } from "../model/analyzer.ts";
import { bandit } from "./bandit.ts";
import { biome } from "./biome.ts";
import { checkstyle } from "./checkstyle.ts";
import { clippy } from "./clippy.ts";
import { commits } from "./commits.ts";
import { complexity } from "./complexity.ts";
import { cppcheck } from "./cppcheck.ts";
import { debugging } from "./debugging.ts";
import { dependencies } from "./dependencies.ts";
import { dockerfile } from "./dockerfile.ts";
import { duplication } from "./duplication.ts";
import { eslint } from "./eslint.ts";
import { executables } from "./executables.ts";
import { exports } from "./exports.ts";
import { gitleaks } from "./gitleaks.ts";
import { goVet } from "./go-vet.ts";
import { golangciLint } from "./golangci-lint.ts";
import { hadolint } from "./hadolint.ts";
import { hygiene } from "./hygiene.ts";
import { knip } from "./knip.ts";
import { ktlint } from "./ktlint.ts";
import { licenses } from "./licenses.ts";
import { links } from "./links.ts";
import { markdown } from "./markdown.ts";
import { mypy } from "./mypy.ts";
import { osvScanner } from "./osv-scanner.ts";
import { oxlint } from "./oxlint.ts";
import { paths } from "./paths.ts";
import { patterns } from "./patterns.ts";
import { phpstan } from "./phpstan.ts";
import { prettier } from "./prettier.ts";
import { pyright } from "./pyright.ts";
import { rubocop } from "./rubocop.ts";
import { ruff } from "./ruff.ts";
import { ruffCli } from "./ruff-cli.ts";
import { secrets } from "./secrets.ts";
import { semgrep } from "./semgrep.ts";
import { shell } from "./shell.ts";
import { shellcheck } from "./shellcheck.ts";
import { sizes } from "./sizes.ts";
import { sqlfluff } from "./sqlfluff.ts";
import { stylelint } from "./stylelint.ts";
import { swiftlint } from "./swiftlint.ts";
import { syntax } from "./syntax.ts";
import { tflint } from "./tflint.ts";
import { todo } from "./todo.ts";
import { trivy } from "./trivy.ts";
import { tsc } from "./tsc.ts";
import { vueTsc } from "./vue-tsc.ts";
import { workflows } from "./workflows.ts";
import { yamllint } from "./yamllint.ts";
import { zizmor } from "./zizmor.ts";

export const analyzers: readonly Analyzer[] = [
  bandit,
  biome,
  checkstyle,
  clippy,
  commits,
  complexity,
  cppcheck,
  debugging,
  dependencies,
  dockerfile,
  duplication,
  eslint,
  executables,
  exports,
  gitleaks,
  goVet,
  golangciLint,
  hadolint,
  hygiene,
  knip,
  ktlint,
  licenses,
  links,
  markdown,
  mypy,
  osvScanner,
  oxlint,
  paths,
  patterns,
  phpstan,
  prettier,
  pyright,
  rubocop,
  ruff,
  ruffCli,
  secrets,
  semgrep,
  shell,
  shellcheck,
  sizes,
  sqlfluff,
  stylelint,
  swiftlint,
  syntax,
  tflint,
  todo,
  trivy,
  tsc,
  vueTsc,
  workflows,
  yamllint,
  zizmor,
];
