/** Structural rules for C#. */
import { csharpDateRules } from "./date-formats.ts";
import type { PatternRule } from "./pattern-rule.ts";

const languages = ["csharp"] as const;

const inClass = (member: string): string => `class A\n{\n    ${member}\n}`;
const inMethod = (body: string): string => inClass(`void M() { ${body} }`);

export const csharpRules: readonly PatternRule[] = [
  ...csharpDateRules,
  {
    name: "csharp-binary-formatter",
    languages,
    summary: "`BinaryFormatter` runs code that the data asks for; newer .NET has removed it.",
    severity: "error",
    category: "security",
    cwe: 502,
    exemptTests: true,
    rationale: "Use `System.Text.Json`, protobuf or another format that holds data only.",
    keywords: ["BinaryFormatter", "NetDataContractSerializer", "SoapFormatter", "LosFormatter"],
    rule: {
      kind: "object_creation_expression",
      has: {
        field: "type",
        regex: String.raw`(?:^|\.)(?:BinaryFormatter|NetDataContractSerializer|SoapFormatter|LosFormatter)$`,
      },
    },
    bad: [inMethod("var f = new BinaryFormatter();")],
    good: [inMethod("var s = JsonSerializer.Serialize(x);")],
  },
  {
    name: "csharp-async-void",
    languages,
    summary: "Nobody can wait for an `async void` method, and its exception ends the process.",
    severity: "warning",
    category: "correctness",
    exemptTests: true,
    optional: true,
    rationale: "Return `Task`. Only event handlers and timers need `void`; catch everything in them.",
    keywords: ["async void"],
    rule: {
      kind: "method_declaration",
      all: [
        { has: { kind: "modifier", regex: "^async$" } },
        { has: { field: "returns", regex: "^void$" } },
        { not: { has: { kind: "modifier", regex: "^override$" } } },
        {
          not: {
            has: {
              field: "parameters",
              regex: String.raw`(?i)\bsender\b|^\(\s*object\??\s+\w+\s*[,)]|EventArgs|Args\b`,
            },
          },
        },
        { not: { has: { field: "name", regex: "^On[A-Z]|_" } } },
      ],
    },
    bad: [inClass("public async void Save(string name) { await Write(name); }")],
    good: [
      inClass("public async Task Save(string name) { await Write(name); }"),
      inClass("async void Click(object sender, EventArgs e) { await Save(); }"),
      // What `Timer` calls.
      inClass("private async void Tick(object? state) { await Save(); }"),
    ],
  },
  {
    name: "csharp-sql-injection",
    languages,
    summary: "A value is put between quotes in an SQL text by hand.",
    // Where the value comes from is not known: it may be a constant.
    severity: "warning",
    category: "security",
    cwe: 89,
    exemptTests: true,
    optional: true,
    rationale: "A quote in the value ends the literal and the rest is run as SQL. Use parameters (`@name`).",
    keywords: ["SqlCommand", "Execute", "Query", "CommandText", "FromSqlRaw"],
    // Whoever switched the compiler's own rule about it off has looked.
    unless: /pragma warning disable[^\n]*CA2100/,
    prefilter: /'"\s*\+|'%?\{\w/,
    rule: {
      any: [
        { kind: "object_creation_expression", has: { field: "type", regex: "Command$" } },
        {
          kind: "invocation_expression",
          has: {
            field: "function",
            regex: String.raw`\.(?:Execute\w*|Query\w*|FromSqlRaw|ExecuteSqlRaw\w*)(?:<\w+>)?$`,
          },
        },
        { kind: "assignment_expression", has: { field: "left", regex: String.raw`\bCommandText$` } },
      ],
      regex: String.raw`(?is)"\s*(?:select\s[^;]*\sfrom\s|insert\s+into\s|update\s[^;]*\sset\s|delete\s+from\s)[^;]*(?:'"\s*\+\s*\w|(?:=|like|\(|,)\s*'%?\{\w)`,
    },
    bad: [
      inMethod('var c = new SqlCommand("SELECT * FROM users WHERE name = \'" + name + "\'", connection);'),
      inMethod("db.Execute($\"UPDATE users SET name = '{name}'\");"),
    ],
    good: [
      inMethod('var c = new SqlCommand("SELECT * FROM users WHERE name = @name", connection);'),
      inMethod('db.Execute($"UPDATE {table} SET name = @name");'),
    ],
  },
  {
    name: "csharp-sql-raw-interpolated",
    languages,
    summary: "`FromSqlRaw` with an interpolated text does not make parameters of its values.",
    severity: "error",
    category: "security",
    cwe: 89,
    exemptTests: true,
    rationale: "Use `FromSqlInterpolated` or `FromSql`, which do.",
    keywords: ["SqlRaw"],
    rule: {
      kind: "invocation_expression",
      all: [
        {
          has: {
            field: "function",
            regex: String.raw`\.(?:FromSqlRaw|ExecuteSqlRaw|ExecuteSqlRawAsync|SqlQueryRaw(?:<[^>]*>)?)$`,
          },
        },
        {
          has: {
            field: "arguments",
            has: {
              nthChild: 1,
              has: {
                kind: "interpolated_string_expression",
                has: {
                  kind: "interpolation",
                  not: {
                    has: { any: [{ kind: "qualified_name" }, { regex: "(?i)table|schema|column|nameof|[A-Z_]{3,}$" }] },
                  },
                },
              },
            },
          },
        },
      ],
    },
    bad: [inMethod('var u = db.Users.FromSqlRaw($"SELECT * FROM users WHERE id = {id}");')],
    good: [
      inMethod('var u = db.Users.FromSqlInterpolated($"SELECT * FROM users WHERE id = {id}");'),
      inMethod('db.Database.ExecuteSqlRaw($"TRUNCATE {tableName}");'),
    ],
  },
  {
    name: "csharp-tls-verify-off",
    languages,
    summary: "Certificates are not verified: anybody on the way can read and change the traffic.",
    severity: "warning",
    category: "security",
    cwe: 295,
    exemptTests: true,
    exemptExplained: true,
    optional: true,
    rationale: "Trust the private authority through a custom chain policy instead of trusting everybody.",
    keywords: ["ServerCertificate"],
    rule: {
      any: [
        {
          kind: "assignment_expression",
          all: [
            {
              has: {
                field: "left",
                regex:
                  "(?:ServerCertificateValidationCallback|ServerCertificateCustomValidationCallback|RemoteCertificateValidationCallback)$",
              },
            },
            {
              has: {
                field: "right",
                regex: String.raw`(?s)^(?:\([^)]*\)|delegate\s*(?:\([^)]*\))?)\s*(?:=>)?\s*(?:true|\{\s*return true;\s*\})$|DangerousAcceptAnyServerCertificateValidator`,
              },
            },
          ],
        },
      ],
    },
    bad: [
      inMethod("handler.ServerCertificateCustomValidationCallback = (m, c, ch, e) => true;"),
      inMethod("ServicePointManager.ServerCertificateValidationCallback = delegate { return true; };"),
    ],
    good: [inMethod("handler.ServerCertificateCustomValidationCallback = Check;")],
  },
  {
    name: "csharp-ecb",
    languages,
    summary: "The mode ECB shows which blocks are equal.",
    severity: "error",
    category: "security",
    cwe: 327,
    exemptTests: true,
    rationale: "Use `AesGcm` with a fresh nonce.",
    keywords: ["CipherMode.ECB"],
    rule: { kind: "assignment_expression", has: { field: "right", regex: String.raw`^CipherMode\.ECB$` } },
    bad: [inMethod("aes.Mode = CipherMode.ECB;")],
    good: [inMethod("aes.Mode = CipherMode.CBC;")],
  },
  {
    name: "csharp-throw-loses-trace",
    languages,
    summary: "`throw ex` forgets where the exception came from.",
    severity: "warning",
    category: "correctness",
    exemptTests: true,
    rationale: "Write `throw;` to pass it on as it is, or wrap it: `throw new X(message, ex)`.",
    keywords: ["catch"],
    prefilter: /\bthrow \w+;/,
    rule: {
      kind: "throw_statement",
      all: [
        { pattern: { context: "class A { void M() { throw $E; } }", selector: "throw_statement" } },
        {
          inside: {
            kind: "catch_clause",
            stopBy: {
              any: [{ kind: "catch_clause" }, { kind: "lambda_expression" }, { kind: "local_function_statement" }],
            },
            has: { kind: "catch_declaration", has: { field: "name", pattern: "$E" } },
          },
        },
      ],
    },
    constraints: { E: { kind: "identifier" } },
    fix: { message: "Pass the exception on as it is", template: "throw;", safety: "safe" },
    bad: [inMethod("try { Work(); } catch (Exception ex) { Log(ex); throw ex; }")],
    good: [
      inMethod("try { Work(); } catch (Exception ex) { Log(ex); throw; }"),
      inMethod("try { Work(); } catch (Exception ex) { throw new Wrapped(ex); }"),
    ],
  },
  {
    name: "csharp-random-secret",
    languages,
    summary: "A secret is made with `Random`, which can be predicted.",
    severity: "error",
    category: "security",
    cwe: 338,
    exemptTests: true,
    rationale: "Use `RandomNumberGenerator.GetBytes`.",
    keywords: ["Random"],
    rule: {
      any: [
        {
          kind: "variable_declarator",
          all: [
            {
              has: {
                field: "name",
                regex:
                  "(?i)(?:password|passwd|secret|csrfToken|session(?:Id|Token|Key)|apiKey|accessToken|authToken|resetToken|otp)$",
              },
            },
            { regex: String.raw`=(?s).*(?:new Random\(|Random\.Shared)` },
          ],
        },
        {
          kind: "assignment_expression",
          all: [
            {
              has: {
                field: "left",
                regex:
                  "(?i)(?:password|passwd|secret|csrfToken|session(?:Id|Token|Key)|apiKey|accessToken|authToken|resetToken|otp)$",
              },
            },
            { has: { field: "right", regex: String.raw`new Random\(|Random\.Shared` } },
          ],
        },
      ],
    },
    bad: [inMethod("var resetToken = new Random().Next().ToString();")],
    good: [
      inMethod("var index = new Random().Next(10);"),
      inMethod("var resetToken = RandomNumberGenerator.GetBytes(16);"),
    ],
  },
  {
    name: "csharp-type-name-handling",
    languages,
    summary: "The JSON document decides which classes are created.",
    severity: "warning",
    category: "security",
    cwe: 502,
    exemptTests: true,
    // A program's own settings and copies of its own objects, most often.
    optional: true,
    rationale:
      "Some classes run code when they are created. Leave `TypeNameHandling.None`, or set a `SerializationBinder` that lists the classes.",
    keywords: ["TypeNameHandling."],
    unless: /SerializationBinder|namespace Newtonsoft\.Json/,
    rule: {
      kind: "assignment_expression",
      has: {
        field: "right",
        regex: String.raw`^(?:Newtonsoft\.Json\.)?TypeNameHandling\.(?:All|Auto|Objects|Arrays)$`,
      },
    },
    bad: [inMethod("var s = new JsonSerializerSettings { TypeNameHandling = TypeNameHandling.All };")],
    good: [inMethod("var s = new JsonSerializerSettings { TypeNameHandling = TypeNameHandling.None };")],
  },
  {
    name: "csharp-html-raw-request",
    languages,
    summary: "A value from the request is declared to be safe HTML.",
    severity: "error",
    category: "security",
    cwe: 79,
    rationale: "A crafted link runs its script with your visitors' sessions. Write the value without `Html.Raw`.",
    keywords: ["Html.Raw(", "HtmlString("],
    rule: {
      any: [
        { kind: "invocation_expression", has: { field: "function", regex: String.raw`^(?:\w+\.)?Html\.Raw$` } },
        { kind: "object_creation_expression", has: { field: "type", regex: "^(?:Html|MvcHtml)String$" } },
      ],
      has: {
        field: "arguments",
        regex: String.raw`\bRequest\.(?:Query|Form|Cookies|Headers|QueryString|Params)\b`,
        not: { regex: "Encode" },
      },
    },
    bad: [inMethod('var h = Html.Raw(Request.Query["title"]);')],
    good: [inMethod("var h = Html.Raw(rendered);")],
  },
];
