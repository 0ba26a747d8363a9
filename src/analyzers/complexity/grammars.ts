/** Which nodes of each language's grammar branch, loop, nest and jump. */
import type { Rule } from "@ast-grep/napi";
import type { Language } from "../trees/languages.ts";

/** What a node means for the metrics; the same word for every language. */
export type Role =
  | "function"
  | "lambda"
  | "if"
  | "elseIf"
  | "else"
  | "loop"
  | "switch"
  | "case"
  | "catch"
  | "ternary"
  | "logical"
  | "jump";

export interface Grammar {
  /** Node kinds by role; a kind has one role. */
  readonly kinds: Readonly<Partial<Record<Role, readonly string[]>>>;
  /** Finer rules than a kind, all of the role; their kinds are in no list above. */
  readonly rules?: Readonly<Partial<Record<Role, readonly Rule[]>>>;
  /** The kinds of an `if` that holds its `else` in the field `alternative`, where no node stands for the `else`. */
  readonly alternative?: boolean;
  /** Kinds of which the operators `&&` and `||` are asked. */
  readonly binary?: string;
  /** Kind in which an operator, standing there directly, does not count. */
  readonly notInside?: string;
  /** Function kinds that have a name only by what they are assigned to. */
  readonly assignable?: readonly string[];
}

const logicalOperator = String.raw`^(?:&&|\|\||and|or)$`;

const typescript: Grammar = {
  kinds: {
    function: ["function_declaration", "generator_function_declaration", "method_definition"],
    lambda: ["arrow_function", "function_expression", "generator_function"],
    if: ["if_statement"],
    else: ["else_clause"],
    loop: ["for_statement", "for_in_statement", "while_statement", "do_statement"],
    switch: ["switch_statement"],
    case: ["switch_case"],
    catch: ["catch_clause"],
    ternary: ["ternary_expression"],
  },
  rules: {
    jump: labelled(["break_statement", "continue_statement"], "statement_identifier"),
  },
  assignable: ["arrow_function", "function_expression", "generator_function"],
  binary: "binary_expression",
};

/** With JSX: `{open && <Menu />}` is how it says "if"; it is read as markup, not as logic. */
const jsx: Grammar = { ...typescript, notInside: "jsx_expression" };

const c: Grammar = {
  kinds: {
    function: ["function_definition"],
    if: ["if_statement"],
    else: ["else_clause"],
    loop: ["for_statement", "while_statement", "do_statement"],
    switch: ["switch_statement"],
    case: ["case_statement"],
    ternary: ["conditional_expression"],
    jump: ["goto_statement"],
  },
  binary: "binary_expression",
};

export const grammars: Readonly<Partial<Record<Language, Grammar>>> = {
  javascript: jsx,
  typescript,
  tsx: jsx,
  c,
  cpp: {
    ...c,
    kinds: {
      ...c.kinds,
      lambda: ["lambda_expression"],
      loop: ["for_statement", "for_range_loop", "while_statement", "do_statement"],
      catch: ["catch_clause"],
    },
  },
  csharp: {
    kinds: {
      function: ["method_declaration", "constructor_declaration", "local_function_statement", "operator_declaration"],
      lambda: ["lambda_expression", "anonymous_method_expression"],
      if: ["if_statement"],
      loop: ["for_statement", "foreach_statement", "while_statement", "do_statement"],
      switch: ["switch_statement", "switch_expression"],
      case: ["switch_section", "switch_expression_arm"],
      catch: ["catch_clause"],
      ternary: ["conditional_expression"],
      jump: ["goto_statement"],
    },
    alternative: true,
    binary: "binary_expression",
  },
  go: {
    kinds: {
      function: ["function_declaration", "method_declaration"],
      lambda: ["func_literal"],
      if: ["if_statement"],
      loop: ["for_statement"],
      switch: ["expression_switch_statement", "type_switch_statement", "select_statement"],
      case: ["expression_case", "type_case", "communication_case"],
      jump: ["goto_statement"],
    },
    rules: { jump: labelled(["break_statement", "continue_statement"], "label_name") },
    alternative: true,
    binary: "binary_expression",
  },
  java: {
    kinds: {
      function: ["method_declaration", "constructor_declaration"],
      lambda: ["lambda_expression"],
      if: ["if_statement"],
      loop: ["for_statement", "enhanced_for_statement", "while_statement", "do_statement"],
      switch: ["switch_expression"],
      case: ["switch_label"],
      catch: ["catch_clause"],
      ternary: ["ternary_expression"],
    },
    rules: { jump: labelled(["break_statement", "continue_statement"], "identifier") },
    alternative: true,
    binary: "binary_expression",
  },
  kotlin: {
    kinds: {
      function: ["function_declaration", "secondary_constructor"],
      lambda: ["lambda_literal", "anonymous_function"],
      if: ["if_expression"],
      loop: ["for_statement", "while_statement", "do_while_statement"],
      switch: ["when_expression"],
      case: ["when_entry"],
      catch: ["catch_block"],
      logical: ["conjunction_expression", "disjunction_expression"],
    },
  },
  php: {
    kinds: {
      function: ["function_definition", "method_declaration"],
      lambda: ["anonymous_function", "arrow_function"],
      if: ["if_statement"],
      elseIf: ["else_if_clause"],
      else: ["else_clause"],
      loop: ["for_statement", "foreach_statement", "while_statement", "do_statement"],
      switch: ["switch_statement", "match_expression"],
      case: ["case_statement", "match_conditional_expression"],
      catch: ["catch_clause"],
      ternary: ["conditional_expression"],
      jump: ["goto_statement"],
    },
    binary: "binary_expression",
  },
  python: {
    kinds: {
      function: ["function_definition"],
      lambda: ["lambda"],
      if: ["if_statement"],
      elseIf: ["elif_clause"],
      loop: ["for_statement", "while_statement"],
      switch: ["match_statement"],
      case: ["case_clause"],
      catch: ["except_clause"],
      ternary: ["conditional_expression"],
      logical: ["boolean_operator"],
    },
    rules: {
      else: [
        {
          kind: "else_clause",
          inside: { any: [{ kind: "if_statement" }, { kind: "for_statement" }, { kind: "while_statement" }] },
        },
      ],
    },
  },
  ruby: {
    kinds: {
      function: ["method", "singleton_method"],
      lambda: ["block", "do_block", "lambda"],
      if: ["if", "unless", "if_modifier", "unless_modifier"],
      elseIf: ["elsif"],
      loop: ["while", "until", "for", "while_modifier", "until_modifier"],
      switch: ["case", "case_match"],
      case: ["when", "in_clause"],
      catch: ["rescue", "rescue_modifier"],
      ternary: ["conditional"],
    },
    rules: { else: [{ kind: "else", inside: { any: [{ kind: "if" }, { kind: "unless" }, { kind: "elsif" }] } }] },
    binary: "binary",
  },
  rust: {
    kinds: {
      function: ["function_item"],
      lambda: ["closure_expression"],
      if: ["if_expression"],
      else: ["else_clause"],
      loop: ["for_expression", "while_expression", "loop_expression"],
      switch: ["match_expression"],
      case: ["match_arm"],
    },
    rules: { jump: labelled(["break_expression", "continue_expression"], "label") },
    binary: "binary_expression",
  },
};

function labelled(statements: readonly string[], label: string): Rule[] {
  return statements.map((kind) => ({ kind, has: { kind: label } }));
}

/** One rule that finds every node of interest in one pass over the tree. */
export function nodeRule(grammar: Grammar): Rule {
  const kinds = [...new Set(Object.values(grammar.kinds).flat())];
  return {
    any: [
      ...kinds.map((kind) => ({ kind })),
      ...Object.values(grammar.rules ?? {}).flat(),
      ...(grammar.binary === undefined
        ? []
        : [
            {
              kind: grammar.binary,
              has: { field: "operator", regex: logicalOperator },
              ...(grammar.notInside === undefined ? {} : { not: { inside: { kind: grammar.notInside } } }),
            },
          ]),
    ],
  };
}

/** Role of each kind that the rule above can find. */
export function rolesOf(grammar: Grammar): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  for (const [role, kinds] of Object.entries(grammar.kinds)) {
    for (const kind of kinds) roles.set(kind, role as Role);
  }
  for (const [role, rules] of Object.entries(grammar.rules ?? {})) {
    for (const rule of rules) if (typeof rule.kind === "string") roles.set(rule.kind, role as Role);
  }
  if (grammar.binary !== undefined) roles.set(grammar.binary, "logical");
  return roles;
}
