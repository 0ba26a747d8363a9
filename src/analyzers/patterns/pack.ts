/** Every structural rule that ships, in one list. */
import { bashRules } from "./bash.ts";
import { cRules } from "./c.ts";
import { csharpRules } from "./csharp.ts";
import { goRules } from "./go.ts";
import { javaRules } from "./java.ts";
import { javascriptInputRules } from "./javascript-input.ts";
import { javascriptRules } from "./javascript.ts";
import { kotlinRules } from "./kotlin.ts";
import type { PatternRule } from "./pattern-rule.ts";
import { phpRules } from "./php.ts";
import { pythonCorrectnessRules } from "./python-correctness.ts";
import { pythonInputRules } from "./python-input.ts";
import { pythonRules } from "./python.ts";
import { rubyRules } from "./ruby.ts";
import { rustRules } from "./rust.ts";

export const packRules: readonly PatternRule[] = [
  ...bashRules,
  ...cRules,
  ...csharpRules,
  ...goRules,
  ...javaRules,
  ...javascriptRules,
  ...javascriptInputRules,
  ...kotlinRules,
  ...phpRules,
  ...pythonRules,
  ...pythonInputRules,
  ...pythonCorrectnessRules,
  ...rubyRules,
  ...rustRules,
];
