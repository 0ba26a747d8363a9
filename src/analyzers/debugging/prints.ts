/** Rules about output that was typed to see whether a line is reached. */
import type { Rule } from "@ast-grep/napi";
import type { PatternRule } from "../patterns/pattern-rule.ts";

const scripts = ["javascript", "typescript", "tsx"] as const;

/** A text that somebody typed to see whether the line is reached. */
const marker = String.raw`(?i)[\W_]*(?:(?:i'?m|we'?re|i am|we are|got|am|in|over|right|reached)?\s*here\s*\d*|test(?:ing)?\s*\d*|debug(?:ging)?(?:\s*\d+)?|x{3,}|a{3,}|z{3,}|asdf\w*|qwe(?:rty)?|blah(?: blah)*|wtf|foo(?:bar)?|lol|yo|111+|123+)[\W_]*(?:\\n)*`;
const markerPrefilter = /["'`][^\w\n]*(?:[\w' ]*here|test|debug|xxx|aaa|zzz|asdf|qwe|blah|wtf|foo|lol|yo|111|123)/i;

const onlyArgument = (
  functions: string,
  kind = "call_expression",
  args = "arguments",
  open = String.raw`\(\s*`,
): Rule => ({
  kind,
  all: [
    { has: { field: "function", regex: functions } },
    { has: { field: args, regex: `^${open}(?:r|f|b)?["'\`]${marker}["'\`]\\s*,?\\s*\\)$` } },
  ],
});

function printed(
  name: string,
  languages: PatternRule["languages"],
  keywords: readonly string[],
  rule: Rule,
  examples: Pick<PatternRule, "bad" | "good">,
): PatternRule {
  return {
    name,
    languages,
    summary: "Output that was typed to see whether this line is reached.",
    severity: "warning",
    category: "maintainability",
    exemptTests: true,
    rationale: "It was typed to see whether the line is reached. Remove it, or write what a reader of the log needs.",
    keywords,
    prefilter: markerPrefilter,
    rule,
    ...examples,
  };
}

export const printRules: readonly PatternRule[] = [
  printed(
    "js-print",
    scripts,
    ["console.", "alert("],
    onlyArgument(String.raw`^(?:console\.(?:log|debug|info|warn|error)|(?:window\.)?alert)$`),
    {
      bad: ["console.log('here');", "console.log(`>>> HERE 2`);", "alert('test');"],
      good: ["console.log('Listening on', port);", "console.log('Testing the connection');", "logger.info('here');"],
    },
  ),
  printed("py-print", ["python"], ["print("], onlyArgument("^print$", "call"), {
    bad: ["print('here')", "print('DEBUG')", "print(f'>>> test 1')"],
    good: ["print('usage: tool FILE')", "print(here)", "log.debug('here')"],
  }),
  printed(
    "rb-print",
    ["ruby"],
    ["puts", "p ", "p("],
    {
      kind: "call",
      all: [
        { has: { field: "method", regex: "^(?:puts|p|pp)$" } },
        { not: { has: { field: "receiver", regex: "." } } },
        { has: { field: "arguments", regex: `^\\(?\\s*["']${marker}["']\\s*\\)?$` } },
      ],
    },
    { bad: ["puts 'here'", 'p("test 1")'], good: ["puts 'Testing the connection'", "puts here", "out.puts 'here'"] },
  ),
  printed(
    "go-print",
    ["go"],
    ["fmt.Print", "log.Print", "println("],
    onlyArgument(String.raw`^(?:fmt\.Print(?:ln|f)?|log\.Print(?:ln|f)?|println)$`),
    {
      bad: ['package a\n\nfunc f() { fmt.Println("here") }', 'package a\n\nfunc f() { fmt.Printf("XXX\\n") }'],
      good: ['package a\n\nfunc f() { fmt.Println("usage: tool") }', "package a\n\nfunc f() { fmt.Println(here) }"],
    },
  ),
  printed(
    "rust-print",
    ["rust"],
    ["println!"],
    { kind: "macro_invocation", regex: `^e?println!\\(\\s*"${marker}"\\s*\\)$` },
    { bad: ['fn f() { println!("here"); }'], good: ['fn f() { println!("usage: {}", name); }'] },
  ),
  printed(
    "java-print",
    ["java"],
    ["System.out.print", "System.err.print"],
    {
      kind: "method_invocation",
      all: [
        { regex: String.raw`^System\.(?:out|err)\.print(?:ln|f)?\(` },
        { has: { field: "arguments", regex: `^\\(\\s*"${marker}"\\s*\\)$` } },
      ],
    },
    {
      bad: ['class A { void f() { System.out.println("here"); } }'],
      good: ['class A { void f() { System.out.println("usage: tool"); } }'],
    },
  ),
  printed(
    "kotlin-print",
    ["kotlin"],
    ["println("],
    { kind: "call_expression", regex: `^println\\(\\s*"${marker}"\\s*\\)$` },
    { bad: ['fun f() { println("here") }'], good: ['fun f() { println("usage: tool") }'] },
  ),
  printed(
    "csharp-print",
    ["csharp"],
    ["Console.Write", "Debug.Write", "Debug.Log("],
    onlyArgument(
      String.raw`^(?:System\.)?(?:Console\.WriteLine|Console\.Write|Debug\.WriteLine|Debug\.Log)$`,
      "invocation_expression",
    ),
    {
      bad: ['class A { void F() { Console.WriteLine("here"); } }'],
      good: ['class A { void F() { Console.WriteLine("usage: tool"); } }'],
    },
  ),
  printed("c-print", ["c", "cpp"], ["printf(", "puts("], onlyArgument("^(?:printf|puts)$"), {
    bad: ['void f(void) { printf("here\\n"); }'],
    good: ['void f(void) { printf("usage: tool\\n"); }', 'void f(void) { printf("here: %d\\n", n); }'],
  }),
];
