/** Rules about leftover debugging: breakpoints, focused tests, dumps. */
import type { PatternRule } from "../patterns/pattern-rule.ts";
import { printRules } from "./prints.ts";

const scripts = ["javascript", "typescript", "tsx"] as const;

const rationale = {
  breakpoint: "It stops the program for whoever runs it next. Remove it.",
  focus:
    "All other tests of the file are skipped and nobody notices: the run is green without having looked. Remove it.",
  dump: "It shows internals to users. Remove it, or use the logger.",
};

export const leftoverRules: readonly PatternRule[] = [
  {
    name: "js-debugger",
    languages: scripts,
    summary: "A breakpoint was left in the code.",
    severity: "error",
    category: "correctness",
    rationale: rationale.breakpoint,
    keywords: ["debugger"],
    rule: { kind: "debugger_statement" },
    fix: { message: "Remove the breakpoint", template: "", safety: "unsafe" },
    bad: ["function f() {\n  debugger;\n}"],
    good: ["// debugger\nconst s = 'debugger;';", "chrome.debugger.attach(target);"],
  },
  {
    name: "js-focused-test",
    languages: scripts,
    summary: "Only this test runs; all others of the file are skipped.",
    severity: "error",
    category: "test",
    rationale: rationale.focus,
    keywords: [".only(", ".only.each", "fdescribe(", "fit(", "fcontext("],
    rule: {
      kind: "call_expression",
      // Tests of a test runner ask what `.only` gives; alone in a branch it leaves out the others on purpose.
      not: {
        any: [
          { inside: { kind: "arguments" } },
          {
            inside: {
              kind: "expression_statement",
              inside: { kind: "statement_block", inside: { kind: "if_statement" } },
            },
          },
        ],
      },
      any: [
        {
          has: {
            field: "function",
            regex: String.raw`^(?:describe|it|test|suite|context|specify|bench|Scenario)(?:\.(?:describe|concurrent|serial|sequential))?\.only(?:\.each\(.*)?$`,
          },
        },
        {
          all: [
            { has: { field: "function", regex: "^(?:fdescribe|fit|fcontext)$" } },
            {
              has: {
                field: "arguments",
                all: [
                  { has: { nthChild: 1, any: [{ kind: "string" }, { kind: "template_string" }] } },
                  { has: { any: [{ kind: "arrow_function" }, { kind: "function_expression" }] } },
                ],
              },
            },
          ],
        },
      ],
    },
    bad: [
      "it.only('adds', () => {});",
      "describe.only('sum', function () {});",
      "fit('adds', () => {});",
      "test.describe.only('x', () => {});",
    ],
    good: [
      "it('adds', () => {});",
      "fit(model, data);",
      "const only = pick.only('a');",
      "// it.only('adds', () => {})",
      "expect(test.only('adds', () => {})).type.toBe();",
      "if (isWindows) {\n  test.only('needs a POSIX system', () => {});\n}",
    ],
  },
  {
    name: "py-breakpoint",
    languages: ["python"],
    summary: "A breakpoint was left in the code.",
    severity: "error",
    category: "correctness",
    // Whoever tells another tool on that line to let it pass means it.
    silencedBy: /#.*(?:\bnoqa\b(?!:)|\bnoqa:[^#]*\bT100\b|pylint:\s*disable=[^#]*(?:forgotten-debug-statement|W1515))/,
    rationale: rationale.breakpoint,
    keywords: ["breakpoint()", "set_trace("],
    // Tests of a debugger replace it.
    unless: /\b(?:patch|mock|monkeypatch)\b[^\n]*(?:set_trace|[pP]db|breakpoint)/,
    rule: {
      kind: "call",
      has: {
        field: "function",
        regex: String.raw`^(?:breakpoint|(?:pdb|ipdb|pudb|wdb|rpdb|epdb|web_pdb|remote_pdb|celery\.contrib\.rdb|rdb)\.set_trace)$`,
      },
      inside: { kind: "expression_statement" },
      // Debuggers and their plugins do this for a living.
      not: {
        inside: {
          stopBy: "end",
          kind: "function_definition",
          has: { field: "name", regex: "(?i)debug|breakpoint|set_trace|pdb|interact" },
        },
      },
    },
    bad: [
      "def f():\n    breakpoint()",
      "import pdb; pdb.set_trace()",
      "def f():\n    # verify this\n    breakpoint()",
      "breakpoint()  # noqa: E501",
    ],
    good: [
      "breakpoint()  # noqa: T100 pylint: disable=forgotten-debug-statement",
      "# breakpoint()\ns = 'pdb.set_trace()'",
      "def debug():\n    pdb.set_trace()",
      "self.breakpoint()",
    ],
  },
  {
    name: "rb-breakpoint",
    languages: ["ruby"],
    summary: "A breakpoint was left in the code.",
    severity: "error",
    category: "correctness",
    rationale: rationale.breakpoint,
    keywords: ["binding.", "byebug", "debugger"],
    rule: {
      any: [
        { kind: "call", regex: String.raw`^binding\.(?:pry|irb|remote_pry|b|break|pry_remote|break_on_exception)$` },
        {
          kind: "identifier",
          regex: "^(?:byebug|debugger)$",
          // A statement of its own: not a name that is assigned, called upon or passed on.
          inside: {
            any: [
              { kind: "body_statement" },
              { kind: "then" },
              { kind: "else" },
              { kind: "do" },
              { kind: "program" },
              { kind: "block_body" },
            ],
          },
        },
      ],
      not: {
        inside: {
          stopBy: "end",
          kind: "method",
          has: { field: "name", regex: "(?i)debug|console|irb|pry|repl|interact|break" },
        },
      },
    },
    bad: ["def f\n  binding.pry\n  1\nend", "def f\n  byebug\n  1\nend"],
    good: [
      "# binding.pry\ns = 'byebug'",
      "def console\n  binding.irb\nend",
      "gem 'byebug'",
      "def f(debugger)\n  debugger.start\nend",
    ],
  },
  {
    name: "rb-focused-test",
    languages: ["ruby"],
    summary: "Only this example runs; all others are skipped.",
    severity: "error",
    category: "test",
    rationale: rationale.focus,
    keywords: ["focus", "fit ", "fdescribe", "fcontext"],
    rule: {
      kind: "call",
      any: [
        {
          all: [
            { has: { field: "method", regex: "^(?:it|describe|context|specify|feature|scenario|example)$" } },
            {
              has: {
                field: "arguments",
                regex: String.raw`,\s*(?:focus:\s*true|:focus(?:\s*=>\s*true)?)\s*(?:,|\)?$)`,
              },
            },
          ],
        },
        {
          all: [
            { has: { field: "method", regex: "^(?:fit|fdescribe|fcontext|fspecify|ffeature|fscenario)$" } },
            { has: { field: "block", regex: "." } },
            { not: { has: { field: "receiver", regex: "." } } },
          ],
        },
      ],
    },
    bad: [
      "it 'adds', focus: true do\n  expect(1).to eq 1\nend",
      "fit 'adds' do\n  expect(1).to eq 1\nend",
      "describe Sum, :focus do\nend",
    ],
    good: ["it 'adds' do\nend", "input :name, focus: true", "config.filter_run_when_matching :focus"],
  },
  {
    name: "php-dump",
    languages: ["php"],
    summary: "Internals are printed for debugging.",
    severity: "error",
    category: "correctness",
    exemptTests: true,
    rationale: rationale.dump,
    keywords: ["var_dump(", "dd(", "xdebug_break("],
    // What is printed is caught to be shown elsewhere.
    unless: /\bob_start\s*\(/,
    rule: {
      kind: "function_call_expression",
      has: { field: "function", regex: String.raw`^\\?(?:var_dump|dd|xdebug_break)$` },
      inside: { kind: "expression_statement" },
      not: {
        inside: {
          stopBy: "end",
          any: [{ kind: "function_definition" }, { kind: "method_declaration" }],
          has: { field: "name", regex: "(?i)dump|debug|^dd|print" },
        },
      },
    },
    bad: ["<?php\nvar_dump($user);\n", "<?php\nfunction f($x) { dd($x); }\n"],
    good: [
      "<?php\n// var_dump($x);\n$s = 'dd($x)';\n",
      "<?php\nfunction dumpAll($x) { var_dump($x); }\n",
      "<?php\nclass A { function ddJson() { dd($this->json()); } }\n",
      "<?php\n$this->dd($x);\n",
      "<?php\nob_start();\nvar_dump($x);\n$text = ob_get_clean();\n",
    ],
  },
  {
    name: "php-focused-test",
    languages: ["php"],
    summary: "Only this test runs; all others are skipped.",
    severity: "error",
    category: "test",
    rationale: rationale.focus,
    keywords: ["->only()"],
    rule: {
      kind: "member_call_expression",
      all: [
        { has: { field: "name", regex: "^only$" } },
        { has: { field: "arguments", regex: String.raw`^\(\s*\)$` } },
        { has: { field: "object", regex: String.raw`^(?:it|test|describe)\(` } },
      ],
    },
    bad: ["<?php\nit('adds', function () {})->only();\n"],
    good: ["<?php\n$request->only('a');\n"],
  },
  {
    name: "go-dump",
    languages: ["go"],
    summary: "Internals are printed for debugging.",
    severity: "warning",
    category: "maintainability",
    exemptTests: true,
    rationale: rationale.dump,
    keywords: ["spew.Dump(", "runtime.Breakpoint("],
    rule: {
      kind: "call_expression",
      has: { field: "function", regex: String.raw`^(?:spew\.Dump|runtime\.Breakpoint)$` },
      inside: { kind: "expression_statement" },
    },
    bad: ["package a\n\nfunc f() { spew.Dump(x) }"],
    good: ["package a\n\nfunc f() { s := spew.Sdump(x) }"],
  },
  {
    name: "go-focused-test",
    languages: ["go"],
    summary: "Only this spec runs; all others are skipped.",
    severity: "error",
    category: "test",
    rationale: rationale.focus,
    keywords: ["ginkgo"],
    prefilter: /\bF(?:It|Describe|Context|When|Entry|DescribeTable|Specify)\(/,
    rule: {
      kind: "call_expression",
      all: [
        {
          has: {
            field: "function",
            regex: String.raw`^(?:ginkgo\.)?F(?:It|Describe|Context|When|Entry|DescribeTable|Specify)$`,
          },
        },
        { has: { field: "arguments", regex: String.raw`^\(\s*["\x60]` } },
      ],
    },
    bad: ['package a\n\nimport . "github.com/onsi/ginkgo/v2"\n\nvar _ = FDescribe("sum", func() {})'],
    good: ['package a\n\nimport . "github.com/onsi/ginkgo/v2"\n\nvar _ = Describe("sum", func() {})'],
  },
  {
    name: "rust-dbg",
    languages: ["rust"],
    summary: "`dbg!` was left in the code.",
    severity: "warning",
    category: "maintainability",
    exemptTests: true,
    rationale: rationale.dump,
    keywords: ["dbg!"],
    rule: {
      kind: "macro_invocation",
      has: { field: "macro", regex: "^(?:std::)?dbg$" },
      not: {
        inside: {
          stopBy: "end",
          any: [
            // Behind a switch of its own.
            { kind: "if_expression", has: { field: "condition", regex: "(?i)debug|verbose|trace" } },
            { kind: "mod_item", has: { field: "name", regex: "^tests?$" } },
            { kind: "function_item", follows: { kind: "attribute_item", regex: "test" } },
          ],
        },
      },
    },
    bad: ["fn f() { dbg!(x); }"],
    good: [
      "fn f() { if debugging { dbg!(x); } }",
      "// dbg!(x)\nfn f() { debug!(x); }",
      "mod tests { fn f() { dbg!(x); } }",
    ],
  },
  {
    name: "csharp-breakpoint",
    languages: ["csharp"],
    summary: "A breakpoint was left in the code.",
    severity: "error",
    category: "correctness",
    exemptTests: true,
    rationale: rationale.breakpoint,
    keywords: ["Debugger.Break()", "Debugger.Launch()"],
    // Behind a condition it is a feature for developers.
    unless: /#if\s+\(?\s*!?\w*DEBUG|Debugger\.IsAttached|\[Conditional\(/,
    rule: {
      kind: "invocation_expression",
      has: { field: "function", regex: String.raw`^(?:System\.Diagnostics\.)?Debugger\.(?:Break|Launch)$` },
      not: { inside: { stopBy: "end", kind: "if_statement" } },
    },
    bad: ["class A { void F() { Debugger.Break(); } }"],
    good: ["class A { void F() { if (options.Debug) { Debugger.Launch(); } } }"],
  },
  ...printRules,
];
