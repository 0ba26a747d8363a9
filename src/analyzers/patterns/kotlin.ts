/** Structural rules for Kotlin. */
import { kotlinDateRules } from "./date-formats.ts";
import type { PatternRule } from "./pattern-rule.ts";

const languages = ["kotlin"] as const;

export const kotlinRules: readonly PatternRule[] = [
  ...kotlinDateRules,
  {
    name: "kotlin-weak-cipher",
    languages,
    summary: "This cipher does not keep a secret.",
    severity: "error",
    category: "security",
    cwe: 327,
    exemptTests: true,
    optional: true,
    rationale:
      "DES and RC4 are broken, and ECB (also what plain `AES` means) shows equal blocks. Use `AES/GCM/NoPadding` with a fresh nonce.",
    keywords: ["Cipher.getInstance("],
    rule: {
      kind: "call_expression",
      regex: String.raw`(?i)^(?:javax\.crypto\.)?cipher\.getInstance\("(?:(?:aes|des|desede|rc4|arcfour|blowfish)(?:/ecb[^"]*)?|des(?:ede)?/[^"]*)"`,
    },
    bad: ['val c = Cipher.getInstance("AES/ECB/PKCS5Padding")', 'val c = Cipher.getInstance("DES")'],
    good: ['val c = Cipher.getInstance("AES/GCM/NoPadding")'],
  },
  {
    name: "kotlin-sql-injection",
    languages,
    summary: "A value is put between quotes in an SQL text by hand.",
    // Where the value comes from is not known: it may be a constant.
    severity: "warning",
    category: "security",
    cwe: 89,
    exemptTests: true,
    optional: true,
    rationale:
      "A quote in the value ends the literal and the rest is run as SQL. Use `?` and pass the values separately.",
    keywords: ["rawQuery", "execSQL", "executeQuery", "prepareStatement", "createNativeQuery", "createQuery"],
    rule: {
      kind: "call_expression",
      all: [
        {
          has: {
            kind: "navigation_expression",
            regex: String.raw`\.(?:rawQuery|execSQL|executeQuery|executeUpdate|prepareStatement|createNativeQuery|createQuery)$`,
          },
        },
        {
          has: {
            kind: "call_suffix",
            regex: String.raw`(?is)"\s*(?:select\s.*\sfrom\s|insert\s+into\s|update\s.*\sset\s|delete\s+from\s).*(?:'\$[a-z{]|'"\s*\+)`,
          },
        },
      ],
    },
    bad: ["fun f() { db.rawQuery(\"SELECT * FROM users WHERE name = '$name'\", null) }"],
    good: ['fun f() { db.rawQuery("SELECT * FROM users WHERE name = ?", arrayOf(name)) }'],
  },
  {
    name: "kotlin-trust-everybody",
    languages,
    summary: "Every certificate or host name is accepted: anybody on the way can read and change the traffic.",
    severity: "error",
    category: "security",
    cwe: 295,
    exemptTests: true,
    exemptExplained: true,
    rationale: "Put the private authority into a key store and make a trust manager from it.",
    keywords: ["checkServerTrusted", "ostnameVerifier"],
    // A function of that name is an option that somebody has to choose.
    unless: /\bfun \w*(?:[iI]nsecure|[tT]rustAll|[uU]nsafe)\w*\(/,
    rule: {
      any: [
        {
          kind: "function_declaration",
          regex: String.raw`(?s)\bfun checkServerTrusted\(.*\)\s*(?::\s*Unit\s*)?(?:\{\s*(?://[^\n]*\s*)?\}|=\s*Unit)$`,
        },
        {
          kind: "call_expression",
          regex: String.raw`^[\w.()\s]*\b[hH]ostnameVerifier\s*\(?\s*\{\s*(?:\w+,\s*\w+\s*->)?\s*true\s*\}\s*\)?$`,
        },
      ],
    },
    bad: [
      "class T : X509TrustManager {\n  override fun checkServerTrusted(c: Array<X509Certificate>, a: String) {}\n}",
      "val c = builder.hostnameVerifier { _, _ -> true }",
    ],
    good: [
      "class T : X509TrustManager {\n  override fun checkServerTrusted(c: Array<X509Certificate>, a: String) { other.checkServerTrusted(c, a) }\n}",
    ],
  },
  {
    name: "kotlin-global-scope",
    languages,
    summary: "Work in `GlobalScope` outlives whatever started it and cannot be cancelled with it.",
    severity: "warning",
    category: "correctness",
    optional: true,
    exemptTests: true,
    rationale: "Launch in a scope of your own (`viewModelScope`, `coroutineScope`).",
    keywords: ["GlobalScope."],
    rule: { kind: "call_expression", regex: String.raw`^GlobalScope\.(?:launch|async)\b` },
    bad: ["fun f() { GlobalScope.launch { work() } }"],
    good: ["fun f() { scope.launch { work() } }"],
  },
];
