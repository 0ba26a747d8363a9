/** Every analyzer, one sorted line each. Definitions are light; engines load when first used. */
import type { Analyzer } from "../model/analyzer.ts";
import { oxlint } from "./oxlint.ts";
import { ruff } from "./ruff.ts";
import { secrets } from "./secrets.ts";

export const analyzers: readonly Analyzer[] = [oxlint, ruff, secrets];
