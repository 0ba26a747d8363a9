/** Structural rules for Java. */
import type { Rule } from "@ast-grep/napi";
import { javaDateRules } from "./date-formats.ts";
import { chosenByOption } from "./insecure-option.ts";
import { calls, type PatternRule } from "./pattern-rule.ts";

const languages = ["java"] as const;

const request = String.raw`\b(?:request|req|httpRequest|servletRequest)\.(?:getParameter|getHeader|getQueryString|getCookies|getInputStream|getReader)\(`;
const quotedSql = String.raw`(?is)"\s*(?:select\s.*\sfrom\s|insert\s+into\s|update\s.*\sset\s|delete\s+from\s).*'"\s*\+\s*\w`;

const method = (name: string, args: Rule): Rule => ({
  kind: "method_invocation",
  all: [{ has: { field: "name", regex: `^(?:${name})$` } }, { has: { field: "arguments", ...args } }],
});

const inClass = (body: string): string => `class A {\n  void f() {\n    ${body}\n  }\n}`;

export const javaRules: readonly PatternRule[] = [
  {
    name: "java-string-identity",
    languages,
    summary: "`==` asks whether two strings are the same object, not whether their text is equal.",
    severity: "error",
    category: "correctness",
    rationale: 'It is true only by luck of interning. Use `"text".equals(value)`.',
    keywords: ['== "', '!= "', '" ==', '" !='],
    rule: {
      kind: "binary_expression",
      all: [
        { has: { field: "operator", regex: "^[=!]=$" } },
        {
          any: [
            { has: { field: "left", kind: "string_literal" } },
            { has: { field: "right", kind: "string_literal" } },
          ],
        },
      ],
    },
    bad: [inClass('if (name == "admin") grant();'), inClass('boolean b = "" != name;')],
    good: [inClass('if ("admin".equals(name)) grant();'), inClass("if (name == null) return;")],
  },
  {
    name: "java-random-secret",
    languages,
    summary: "A secret is made with `Random`, which can be predicted.",
    severity: "error",
    category: "security",
    cwe: 338,
    exemptTests: true,
    optional: true,
    rationale: "Use `java.security.SecureRandom`. What SpotBugs was told to accept is left alone.",
    keywords: ["Random"],
    unless: /PREDICTABLE_RANDOM/,
    rule: {
      any: [
        {
          kind: "variable_declarator",
          all: [{ has: { field: "name", pattern: "$N" } }, { has: { field: "value", pattern: "$V" } }],
        },
        {
          kind: "assignment_expression",
          all: [{ has: { field: "left", pattern: "$N" } }, { has: { field: "right", pattern: "$V" } }],
        },
      ],
    },
    constraints: {
      N: {
        regex:
          "(?i)(?:password|passwd|secret|csrfToken|session(?:Id|Token|Key)|apiKey|accessToken|authToken|resetToken|otp)$",
      },
      V: {
        regex: String.raw`\bnew (?:java\.util\.)?Random\(|\bMath\.random\(|ThreadLocalRandom\.|RandomStringUtils\.random`,
      },
    },
    bad: [inClass('String resetToken = "" + new Random().nextLong();')],
    good: [
      inClass("int index = new Random().nextInt(10);"),
      inClass("long resetToken = new SecureRandom().nextLong();"),
    ],
  },
  {
    name: "java-xxe",
    languages,
    summary: "This XML parser follows external entities: a document can read this machine's files.",
    severity: "warning",
    category: "security",
    cwe: 611,
    exemptTests: true,
    optional: true,
    rationale:
      '`factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true)` for documents from outside; `setProperty(XMLInputFactory.SUPPORT_DTD, false)` for StAX.',
    keywords: ["DocumentBuilderFactory", "SAXParserFactory", "XMLInputFactory"],
    unless:
      /disallow-doctype-decl|FEATURE_SECURE_PROCESSING|ACCESS_EXTERNAL|SUPPORT_DTD|external-general-entities|setExpandEntityReferences|isSupportingExternalEntities|IS_SUPPORTING_EXTERNAL_ENTITIES|setEntityResolver|newDocument\(\)/,
    rule: calls(
      "DocumentBuilderFactory.newInstance()",
      "SAXParserFactory.newInstance()",
      "XMLInputFactory.newInstance()",
      "XMLInputFactory.newFactory()",
    ),
    bad: [inClass("DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);")],
    good: [
      inClass(
        'DocumentBuilderFactory f = DocumentBuilderFactory.newInstance(); f.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);',
      ),
    ],
  },
  {
    name: "java-sql-injection",
    languages,
    summary: "A value is put between quotes in an SQL text by hand.",
    // Where the value comes from is not known: it may be a constant.
    severity: "warning",
    category: "security",
    cwe: 89,
    exemptTests: true,
    rationale: "A quote in the value ends the literal and the rest is run as SQL. Use a `PreparedStatement` with `?`.",
    keywords: ["execute", "createQuery", "createNativeQuery", "prepareStatement", "query"],
    rule: method(
      "execute|executeQuery|executeUpdate|addBatch|prepareStatement|createQuery|createNativeQuery|query|queryForObject|queryForList|rawQuery|execSQL",
      { regex: quotedSql },
    ),
    bad: [inClass('s.executeQuery("SELECT * FROM users WHERE name = \'" + name + "\'");')],
    good: [
      inClass('c.prepareStatement("SELECT * FROM users WHERE name = ?");'),
      inClass('s.executeQuery("SELECT * FROM " + table + " WHERE id = 1");'),
    ],
  },
  {
    name: "java-trust-everybody",
    languages,
    summary: "Every certificate or host name is accepted: anybody on the way can read and change the traffic.",
    severity: "error",
    category: "security",
    cwe: 295,
    exemptTests: true,
    exemptExplained: true,
    rationale: "Put the private authority into a key store and make a trust manager from it.",
    keywords: ["checkServerTrusted", "HostnameVerifier", "TrustAll", "ALLOW_ALL"],
    rule: {
      not: chosenByOption({ branches: ["if_statement"], functions: ["method_declaration", "class_declaration"] }),
      any: [
        {
          kind: "method_declaration",
          all: [
            { has: { field: "name", regex: "^checkServerTrusted$" } },
            { has: { field: "body", regex: String.raw`^\{\s*(?://[^\n]*\s*|return;\s*)*\}$` } },
          ],
        },
        {
          kind: "method_declaration",
          all: [
            { has: { field: "name", regex: "^verify$" } },
            { regex: "SSLSession" },
            { has: { field: "body", regex: String.raw`^\{\s*return true;\s*\}$` } },
          ],
        },
        {
          kind: "field_access",
          regex: String.raw`^(?:NoopHostnameVerifier\.INSTANCE|SSLConnectionSocketFactory\.ALLOW_ALL_HOSTNAME_VERIFIER|TrustAllStrategy\.INSTANCE)$`,
        },
        { kind: "method_invocation", regex: String.raw`HostnameVerifier\(\s*\(\w+,\s*\w+\)\s*->\s*true\s*\)$` },
      ],
    },
    bad: [
      "class T implements X509TrustManager {\n  public void checkServerTrusted(X509Certificate[] c, String a) {}\n}",
      inClass("builder.setHostnameVerifier((h, s) -> true);"),
      "class V {\n  public boolean verify(String h, SSLSession s) { return true; }\n  HostnameVerifier v;\n}",
    ],
    good: [
      "class T implements X509TrustManager {\n  public void checkServerTrusted(X509Certificate[] c, String a) { delegate.checkServerTrusted(c, a); }\n}",
    ],
  },
  {
    name: "java-weak-cipher",
    languages,
    summary: "This cipher does not keep a secret.",
    severity: "error",
    category: "security",
    cwe: 327,
    exemptTests: true,
    rationale:
      "DES and RC4 are broken, and ECB (also what plain `AES` means) shows equal blocks. Use `AES/GCM/NoPadding` with a fresh nonce.",
    keywords: ["Cipher.getInstance("],
    rule: calls("Cipher.getInstance($A, $$$)"),
    constraints: {
      A: { regex: String.raw`(?i)^"(?:aes|des|desede|rc4|arcfour|blowfish)(?:/ecb.*)?"$|^"des(?:ede)?/` },
    },
    bad: [
      'class A { Object c = Cipher.getInstance("AES/ECB/PKCS5Padding"); }',
      'class A { Object c = Cipher.getInstance("DES"); }',
    ],
    good: ['class A { Object c = Cipher.getInstance("AES/GCM/NoPadding"); }'],
  },
  {
    name: "java-deserialize-outside",
    languages,
    summary: "Objects from outside are deserialized, which can run code that they ask for.",
    severity: "error",
    category: "security",
    cwe: 502,
    exemptTests: true,
    rationale: "Exchange JSON, or set an `ObjectInputFilter` that lists the classes that may come.",
    keywords: ["ObjectInputStream("],
    unless: /ObjectInputFilter/,
    rule: {
      kind: "object_creation_expression",
      all: [
        { has: { field: "type", regex: "^ObjectInputStream$" } },
        { has: { field: "arguments", regex: `${request}|(?i)socket\\.getInputStream\\(` } },
      ],
    },
    bad: [inClass("new ObjectInputStream(request.getInputStream()).readObject();")],
    good: [inClass("new ObjectInputStream(file).readObject();")],
  },
  {
    name: "java-command-concat",
    languages,
    summary: "A command line is assembled from values.",
    severity: "warning",
    category: "security",
    cwe: 78,
    exemptTests: true,
    rationale:
      "`exec(String)` splits at spaces, whatever the values hold. Use `ProcessBuilder` or `exec(String[])` with one entry an argument.",
    keywords: [".exec("],
    rule: {
      kind: "method_invocation",
      all: [
        { regex: String.raw`getRuntime\(\)\s*\.exec\(` },
        { has: { field: "name", regex: "^exec$" } },
        { has: { field: "arguments", has: { nthChild: 1, kind: "binary_expression" } } },
      ],
    },
    bad: [inClass('Runtime.getRuntime().exec("ping " + host);')],
    good: [
      inClass('Runtime.getRuntime().exec(new String[] { "ping", host });'),
      inClass('Runtime.getRuntime().exec("ls");'),
    ],
  },
  {
    name: "java-thread-run",
    languages,
    summary: "`run()` works in this thread; `start()` would start one.",
    severity: "error",
    category: "correctness",
    rationale: "Call `start()`, or call the method without a `Thread`.",
    keywords: ["new Thread("],
    rule: { pattern: "new Thread($$$).run()" },
    bad: [inClass("new Thread(task).run();")],
    good: [inClass("new Thread(task).start();")],
  },
  {
    name: "java-equals-itself",
    languages,
    summary: "The value is compared with itself.",
    severity: "error",
    category: "correctness",
    exemptTests: true,
    rationale: "Most likely another field or parameter was meant.",
    keywords: [".equals("],
    rule: { kind: "method_invocation", pattern: "$A.equals($A)" },
    constraints: { A: { regex: String.raw`^[\w.]+$` } },
    bad: [inClass("return name.equals(name);")],
    good: [inClass("return name.equals(other.name);")],
  },
  {
    name: "java-bigdecimal-double",
    languages,
    summary: "`new BigDecimal(0.1)` is 0.1000000000000000055511151231257827…",
    severity: "error",
    category: "correctness",
    exemptTests: true,
    rationale: 'Use `new BigDecimal("0.1")` or `BigDecimal.valueOf(0.1)`.',
    keywords: ["new BigDecimal("],
    rule: { kind: "object_creation_expression", pattern: "new BigDecimal($N)" },
    constraints: {
      N: { kind: "decimal_floating_point_literal", not: { regex: String.raw`^-?\d+\.(?:0|5|25|75|125)[dDfF]?$` } },
    },
    fix: { message: "Use BigDecimal.valueOf", template: "BigDecimal.valueOf($N)", safety: "unsafe" },
    bad: [inClass("BigDecimal rate = new BigDecimal(0.1);")],
    good: [inClass('BigDecimal rate = new BigDecimal("0.1");'), inClass("BigDecimal half = new BigDecimal(0.5);")],
  },
  {
    name: "java-optional-null",
    languages,
    summary: "A method that promises an `Optional` returns null.",
    severity: "error",
    category: "correctness",
    rationale: "Callers do not check an `Optional` for null. Return `Optional.empty()`.",
    keywords: ["Optional<"],
    rule: {
      kind: "return_statement",
      all: [
        { has: { kind: "null_literal" } },
        {
          inside: {
            kind: "method_declaration",
            stopBy: { any: [{ kind: "method_declaration" }, { kind: "lambda_expression" }] },
            has: { field: "type", regex: "^(?:java\\.util\\.)?Optional<" },
          },
        },
      ],
    },
    fix: { message: "Return an empty Optional", template: "return Optional.empty();", safety: "unsafe" },
    bad: ["class A {\n  Optional<String> f() {\n    return null;\n  }\n}"],
    good: [
      "class A {\n  Optional<String> f() {\n    return Optional.empty();\n  }\n}",
      "class A {\n  Optional<String> f() {\n    return x.map(y -> { return null; });\n  }\n}",
    ],
  },
  {
    name: "java-compare-nan",
    languages,
    summary: "Nothing equals NaN, not even NaN: the comparison is always the same.",
    severity: "error",
    category: "correctness",
    rationale: "Use `Double.isNaN(x)`.",
    keywords: ["NaN"],
    rule: {
      kind: "binary_expression",
      all: [
        { has: { field: "operator", regex: "^[=!]=$" } },
        { regex: String.raw`(?:^|== |!= )(?:Double|Float)\.NaN(?:$| ==| !=)` },
      ],
    },
    bad: [inClass("if (x == Double.NaN) return;")],
    good: [inClass("if (Double.isNaN(x)) return;")],
  },
  {
    name: "java-return-in-finally",
    languages,
    summary: "A `return` in `finally` swallows the exception that is on its way.",
    severity: "error",
    category: "correctness",
    rationale: "The caller never learns of the error. Return after the `try`.",
    keywords: ["finally"],
    rule: {
      kind: "return_statement",
      inside: {
        kind: "finally_clause",
        stopBy: { any: [{ kind: "finally_clause" }, { kind: "lambda_expression" }, { kind: "method_declaration" }] },
      },
    },
    bad: [inClass("try { work(); } finally { return; }")],
    good: [inClass("try { return; } finally { close(); }")],
  },
  ...javaDateRules,
  {
    name: "java-password-fast-hash",
    languages,
    summary: "A password is hashed with a fast hash.",
    severity: "error",
    category: "security",
    cwe: 916,
    exemptTests: true,
    rationale:
      "Graphics cards try billions of such hashes a second. Use bcrypt, Argon2 or PBKDF2 with a salt for each password.",
    // A step of a slow function, or of a protocol that prescribes it.
    unless:
      /pbkdf2|scrypt|bcrypt|argon2|\bSRP\b|string_compare|hash_equals|needs_rehash|\blegacy|password_hash\(|passwordHelper/i,
    exemptExplained: true,
    keywords: ["DigestUtils.", "Hashing."],
    rule: {
      kind: "method_invocation",
      all: [
        {
          regex: String.raw`^(?:DigestUtils|Hashing)\.(?:md5|sha1|sha|sha256|sha512|md5Hex|sha1Hex|sha256Hex|sha512Hex|md5DigestAsHex)\(`,
        },
        {
          has: {
            field: "arguments",
            regex: String.raw`(?i)^\((?:\w+\.)*(?:get)?(?:password|passwd)(?:\(\))?(?:\.getBytes\([^)]*\))?\)$`,
          },
        },
      ],
    },
    bad: [inClass("String h = DigestUtils.md5Hex(password);")],
    good: [inClass("String h = DigestUtils.md5Hex(content);")],
  },
  {
    name: "java-empty-catch",
    languages,
    summary: "Every exception is swallowed without a word.",
    severity: "info",
    category: "maintainability",
    optional: true,
    exemptTests: true,
    rationale: "Handle it, rethrow it, log it, or say in a comment why it does not matter.",
    keywords: ["catch"],
    rule: {
      kind: "catch_clause",
      all: [
        { regex: String.raw`^catch\s*\(\s*(?:final\s+)?(?:Exception|Throwable|RuntimeException)\s+\w+` },
        { has: { field: "body", regex: String.raw`^\{\s*\}$` } },
      ],
      not: { regex: "ignored|expected" },
    },
    bad: [inClass("try { work(); } catch (Exception e) {}")],
    good: [
      inClass("try { work(); } catch (Exception ignored) {}"),
      inClass("try { work(); } catch (Exception e) { /* optional */ }"),
    ],
  },
];
