/** Structural rules for Rust. */
import { chosenByOption } from "./insecure-option.ts";
import type { PatternRule } from "./pattern-rule.ts";

const languages = ["rust"] as const;

export const rustRules: readonly PatternRule[] = [
  {
    name: "rust-tls-verify-off",
    languages,
    summary: "Certificates are not verified: anybody on the way can read and change the traffic.",
    severity: "warning",
    category: "security",
    cwe: 295,
    exemptTests: true,
    exemptExplained: true,
    optional: true,
    rationale: "Add the private authority with `add_root_certificate` instead.",
    keywords: ["danger_accept_invalid", "SslVerifyMode::NONE"],
    rule: {
      all: [
        { not: chosenByOption({ branches: ["if_expression"], functions: ["function_item"], others: ["match_arm"] }) },
      ],
      kind: "call_expression",
      any: [
        {
          all: [
            { has: { field: "function", regex: String.raw`\.danger_accept_invalid_(?:certs|hostnames)$` } },
            { has: { field: "arguments", regex: String.raw`^\(\s*true\s*\)$` } },
          ],
        },
        {
          all: [
            { has: { field: "function", regex: String.raw`\.set_verify$` } },
            { has: { field: "arguments", regex: "SslVerifyMode::NONE" } },
          ],
        },
      ],
    },
    bad: ["fn f() { let c = Client::builder().danger_accept_invalid_certs(true); }"],
    good: ["fn f() { let c = Client::builder().danger_accept_invalid_certs(insecure); }"],
  },
  {
    name: "rust-uninitialized",
    languages,
    summary: "`mem::uninitialized` is undefined behaviour for nearly every type.",
    severity: "error",
    category: "correctness",
    cwe: 908,
    rationale: "Use `MaybeUninit`.",
    keywords: ["uninitialized"],
    rule: {
      kind: "call_expression",
      has: { field: "function", regex: String.raw`^(?:std::)?mem::uninitialized(?:::<.*>)?$` },
    },
    bad: ["fn f() { let x: u8 = unsafe { std::mem::uninitialized() }; }"],
    good: ["fn f() { let x = MaybeUninit::<u8>::uninit(); }"],
  },
  {
    name: "rust-set-len-uninit",
    languages,
    summary: "The vector's elements are never written: reading them is undefined behaviour.",
    severity: "error",
    category: "correctness",
    cwe: 908,
    exemptTests: true,
    rationale: "Use `vec![0; n]` or `spare_capacity_mut`, and `set_len` after writing.",
    keywords: ["set_len("],
    rule: {
      kind: "expression_statement",
      all: [
        { regex: String.raw`^(?:unsafe\s*\{\s*)?\w+\.set_len\([^)]*\);?\s*(?:\};?)?$` },
        { follows: { kind: "let_declaration", regex: String.raw`Vec(?:::<[^>]*>)?::with_capacity\(` } },
      ],
    },
    bad: ["fn f() {\n    let mut v: Vec<u8> = Vec::with_capacity(n);\n    unsafe { v.set_len(n); }\n    read(&v);\n}"],
    good: [
      "fn f() {\n    let mut v: Vec<u8> = Vec::with_capacity(n);\n    fill(&mut v);\n    unsafe { v.set_len(n); }\n}",
    ],
  },
  {
    name: "rust-shell-interpolation",
    languages,
    summary: "A shell command is assembled from values.",
    severity: "warning",
    category: "security",
    cwe: 78,
    exemptTests: true,
    rationale:
      "Spaces, quotes and `;` in a value change the command. Start the program itself with `.arg()` for each argument.",
    keywords: ["Command::new("],
    rule: {
      kind: "call_expression",
      regex: String.raw`(?s)^(?:std::process::|process::|tokio::process::)?Command::new\("(?:/bin/)?(?:ba|z)?sh"\)\s*\.args?\(\s*\[?&?\[?"-l?c"\s*[,)]\s*(?:\.arg\(\s*)?&?format!\([^()]*\)\s*\]?\s*,?\s*\)$`,
    },
    bad: ['fn f() { Command::new("sh").arg("-c").arg(format!("ls {}", dir)); }'],
    good: ['fn f() { Command::new("ls").arg(dir); }', 'fn f() { Command::new("sh").arg("-c").arg(script); }'],
  },
  {
    name: "rust-sql-injection",
    languages,
    summary: "A value is put between quotes in an SQL text by hand.",
    // Where the value comes from is not known: it may be a constant.
    severity: "warning",
    category: "security",
    cwe: 89,
    exemptTests: true,
    optional: true,
    rationale: "A quote in the value ends the literal and the rest is run as SQL. Use placeholders (`$1`, `?`).",
    keywords: ["format!("],
    prefilter: /'\{/,
    rule: {
      kind: "call_expression",
      all: [
        {
          has: {
            field: "function",
            regex: String.raw`(?:\.|::)(?:execute|query|query_as|query_scalar|query_row|query_map|sql_query|batch_execute|prepare)$`,
          },
        },
        {
          has: {
            field: "arguments",
            regex: String.raw`(?is)format!\(\s*r?#?"\s*(?:select\s.*\sfrom\s|insert\s+into\s|update\s.*\sset\s|delete\s+from\s).*'\{`,
          },
        },
      ],
    },
    bad: ["fn f() { db.execute(&format!(\"SELECT * FROM users WHERE name = '{}'\", name), []); }"],
    good: ['fn f() { db.execute("SELECT * FROM users WHERE name = ?1", [name]); }'],
  },
  {
    name: "rust-blocking-in-async",
    languages,
    summary: "This call blocks the thread that runs other tasks.",
    severity: "warning",
    category: "performance",
    exemptTests: true,
    rationale: "Use `tokio::time::sleep(…).await`, or `spawn_blocking`.",
    keywords: ["thread::sleep"],
    rule: {
      kind: "call_expression",
      all: [
        { has: { field: "function", regex: String.raw`^(?:std::)?thread::sleep$` } },
        {
          inside: {
            kind: "function_item",
            stopBy: { any: [{ kind: "function_item" }, { kind: "closure_expression" }] },
            has: { kind: "function_modifiers", regex: String.raw`\basync\b` },
          },
        },
      ],
    },
    bad: ["async fn f() { std::thread::sleep(Duration::from_secs(1)); }"],
    good: [
      "fn f() { std::thread::sleep(Duration::from_secs(1)); }",
      "async fn f() { spawn_blocking(|| { std::thread::sleep(d); }); }",
    ],
  },
];
