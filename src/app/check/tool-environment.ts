/** The part of the environment that a repository's own tools answer by: a cached answer holds only while it is the same. */
import { digest } from "./keys.ts";

/** By the names that the tools and their languages document; what a shell session numbers for itself is not among them. */
const prefixes =
  /^(?:BANDIT|BIOME|BUNDLE_|CARGO_|CGO_|CHECKSTYLE|CLIPPY|COMPOSER|CONDA_|CPPCHECK|DYLD_|ESLINT|GEM_|GITLEAKS_|GO[A-Z]+$|GOLANGCI|HADOLINT_|JAVA_|JDK_|KNIP|KOTLIN|KTLINT|LC_|LD_|MYPY|NODE_|NPM_CONFIG_|OSV_|PHP|PRETTIER|PYRIGHT|PYTHON|RUBOCOP|RUBY|RUFF_|RUST|SEMGREP_|SHELLCHECK_|SQLFLUFF|STYLELINT|SWIFT|TFLINT_|TF_|TRIVY_|TSC_|TYPESCRIPT|YAMLLINT_|ZIZMOR_)/;
const names = new Set(["CI", "HOME", "LANG", "VIRTUAL_ENV", "XDG_CONFIG_HOME"]);

export function toolEnvironment(env: Readonly<Record<string, string | undefined>>): string {
  const chosen = Object.entries(env)
    .filter(([name, value]) => value !== undefined && (names.has(name) || prefixes.test(name)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return digest(JSON.stringify(chosen));
}
