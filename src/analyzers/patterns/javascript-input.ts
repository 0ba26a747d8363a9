/** Structural rules for JavaScript and TypeScript: what comes from outside and where it must not go. */
import type { Rule } from "@ast-grep/napi";
import { calls, type PatternRule } from "./pattern-rule.ts";

const languages = ["javascript", "typescript", "tsx"] as const;

/** What a client sends: Express, Koa, Fastify, Next. */
const request = String.raw`\b(?:req|request|ctx\.req|ctx\.request|ctx)\.(?:query|params|body|headers|cookies|signedCookies)\b`;

/** A template with a value in it, or a concatenation. */
const assembled: Rule = {
  any: [
    { kind: "template_string", has: { kind: "template_substitution" } },
    { kind: "binary_expression", has: { field: "operator", regex: String.raw`^\+$` } },
  ],
};

/** An SQL value put between quotes by hand: `'${x}'` or `= '" + x`. */
const quotedSql: Rule = {
  regex: String.raw`(?is)^[\x60"'(\s]*(?:select\s.*\sfrom\s|insert\s+into\s|update\s.*\sset\s|delete\s+from\s).*(?:['"]\$\{|'"\s*\+\s*[a-z_$]|"'\s*\+\s*[a-z_$])`,
};

/** A database is asked with a text in which a value stands between quotes. */
const assembledSql: readonly Rule[] = [
  {
    has: {
      field: "function",
      regex: String.raw`(?:^|\.)(?:query|execute|raw|all|run|get|each|prepare|\$queryRawUnsafe|\$executeRawUnsafe)$`,
    },
  },
  {
    has: {
      field: "arguments",
      has: { any: [{ kind: "template_string" }, { kind: "binary_expression" }], nthChild: 1, ...quotedSql },
    },
  },
];

export const javascriptInputRules: readonly PatternRule[] = [
  {
    name: "js-command-injection",
    languages,
    summary: "A value from the request reaches a shell command.",
    severity: "error",
    category: "security",
    cwe: 78,
    rationale:
      "`exec` hands its text to a shell, so a client who sends `; rm -rf ~` runs it. Use `execFile` or `spawn` with an argument list and check the value against what is allowed.",
    keywords: ["exec"],
    prefilter: /\b(?:req|request|ctx)\.(?:query|params|body|headers|cookies|signedCookies|req|request)\b/,
    rule: calls("exec($CMD, $$$)", "execSync($CMD, $$$)", "$P.exec($CMD, $$$)", "$P.execSync($CMD, $$$)"),
    constraints: {
      CMD: { all: [assembled, { regex: request }] },
      P: { regex: "(?i)child|^cp$|process" },
    },
    bad: ["exec(`ping ${req.query.host}`, done);", "child_process.execSync('ls ' + request.body.dir);"],
    good: [
      "execFile('ping', [req.query.host]);",
      "pattern.exec(`a ${req.query.host}`);",
      "exec(`git tag ${version}`);",
    ],
  },
  {
    name: "js-command-template",
    languages,
    summary: "A shell command is assembled from values.",
    severity: "warning",
    category: "security",
    cwe: 78,
    optional: true,
    exemptTests: true,
    rationale:
      "Spaces, quotes and `;` in a value change the command. Use `execFile` or `spawn` with an argument list, which needs no quoting.",
    keywords: ["child_process"],
    rule: calls(
      "exec($CMD, $$$)",
      "execSync($CMD, $$$)",
      "child_process.exec($CMD, $$$)",
      "child_process.execSync($CMD, $$$)",
      "cp.exec($CMD, $$$)",
      "cp.execSync($CMD, $$$)",
    ),
    constraints: { CMD: assembled },
    bad: ["import { exec } from 'child_process';\nexec(`git checkout ${branch}`);"],
    good: ["import { exec } from 'child_process';\nexec(`git status`);\nrunner.exec(`git ${x}`);"],
  },
  {
    name: "js-eval-request",
    languages,
    summary: "A value from the request is run as code.",
    severity: "error",
    category: "security",
    cwe: 95,
    rationale: "Whoever sends the request runs code in this process. Parse the value (`JSON.parse`) or look it up.",
    keywords: ["eval", "Function", "runIn"],
    prefilter: /\b(?:req|request|ctx)\.(?:query|params|body|headers|cookies|signedCookies|req|request)\b/,
    rule: {
      any: [
        {
          kind: "call_expression",
          has: { field: "function", regex: String.raw`^(?:eval|vm\.runIn(?:This|New)?Context)$` },
        },
        { kind: "new_expression", has: { field: "constructor", regex: "^Function$" } },
      ],
      has: { field: "arguments", regex: request },
    },
    bad: ["eval(req.body.formula);", "new Function('a', req.query.body);"],
    good: ["eval(source);", "JSON.parse(req.body.formula);"],
  },
  {
    name: "js-sql-injection",
    languages,
    summary: "A value is put between quotes in an SQL text by hand.",
    severity: "error",
    category: "security",
    cwe: 89,
    // Where the value comes from is not known: most often it is a constant or a setting.
    optional: true,
    rationale:
      "A quote in the value ends the literal and the rest is run as SQL. Use placeholders (`?`, `$1`) and pass the values separately.",
    keywords: ["select ", "SELECT ", "insert ", "INSERT ", "update ", "UPDATE ", "delete ", "DELETE "],
    prefilter: /['"]\$\{|'"\s*\+|"'\s*\+/,
    // Migrations put values between quotes that they have just read from the same database.
    unless: /\bqueryInterface\b/,
    exemptTests: true,
    rule: {
      kind: "call_expression",
      all: [...assembledSql],
    },
    bad: [
      "db.query(`SELECT * FROM users WHERE name = '${name}'`);",
      'connection.query("SELECT * FROM users WHERE name = \'" + name + "\'");',
    ],
    good: [
      "db.query('SELECT * FROM users WHERE name = ?', [name]);",
      "db.query(`SELECT * FROM ${table} WHERE id = $1`, [id]);",
      "sql`SELECT * FROM users WHERE name = ${name}`;",
    ],
  },
  {
    name: "js-sql-request",
    languages,
    summary: "A value from the request is put between quotes in an SQL text.",
    severity: "error",
    category: "security",
    cwe: 89,
    rationale:
      "A quote in the value ends the literal and the rest is run as SQL. Use placeholders (`?`, `$1`) and pass the values separately.",
    keywords: ["select ", "SELECT ", "insert ", "INSERT ", "update ", "UPDATE ", "delete ", "DELETE "],
    prefilter: /['"]\$\{|'"\s*\+|"'\s*\+/,
    // Migrations put values between quotes that they have just read from the same database.
    unless: /\bqueryInterface\b/,
    exemptTests: true,
    rule: {
      kind: "call_expression",
      all: [
        {
          regex: String.raw`\b(?:req|request|ctx)\.(?:query|params|body|cookies|headers|request)\b|\b(?:searchParams|formData)\.get\(`,
        },
        ...assembledSql,
      ],
    },
    bad: [
      "db.query(`SELECT * FROM users WHERE name = '${req.query.name}'`);",
      'connection.query("SELECT * FROM users WHERE name = \'" + request.body.name + "\'");',
    ],
    good: [
      "db.query(`SELECT * FROM users WHERE name = '${name}'`);",
      "db.query('SELECT * FROM users WHERE name = ?', [req.query.name]);",
    ],
  },
  {
    name: "js-nosql-where",
    languages,
    summary: "JavaScript for MongoDB's `$where` is assembled from values.",
    severity: "error",
    category: "security",
    cwe: 943,
    rationale:
      "`$where` runs its text as JavaScript in the database. Use query operators, or at least a constant text.",
    keywords: ["$where"],
    exemptTests: true,
    rule: {
      kind: "pair",
      all: [
        { has: { field: "key", regex: String.raw`^['"]?\$where['"]?$` } },
        { has: { field: "value", ...assembled } },
      ],
    },
    bad: ["orders.find({ $where: `this.id == '${id}'` });", "c.find({ $where: 'this.name == ' + name });"],
    good: ["orders.find({ $where: 'this.a == this.b' });", "orders.find({ id });"],
  },
  {
    name: "js-dom-xss",
    languages,
    summary: "Text from the address bar becomes HTML.",
    severity: "error",
    category: "security",
    cwe: 79,
    rationale: "A link with a script in its hash or query runs in your page. Use `textContent`, or sanitise first.",
    keywords: ["innerHTML", "outerHTML", "document.write", "insertAdjacentHTML"],
    prefilter: /location\.(?:hash|search|href)|document\.(?:URL|referrer)|window\.name/,
    exemptTests: true,
    rule: calls(
      "$E.innerHTML = $V",
      "$E.outerHTML = $V",
      "$E.innerHTML += $V",
      "document.write($V)",
      "document.writeln($V)",
      "$E.insertAdjacentHTML($W, $V)",
    ),
    constraints: {
      V: {
        regex: String.raw`\b(?:location\.(?:hash|search|href)|document\.(?:URL|referrer)|window\.name)\b`,
        not: { regex: "(?i)saniti[sz]e|escape|encodeURI|purify" },
      },
    },
    bad: ["box.innerHTML = decodeURIComponent(location.hash);", "document.write('<a>' + location.search + '</a>');"],
    good: [
      "box.textContent = location.hash;",
      "box.innerHTML = DOMPurify.sanitize(location.hash);",
      "box.innerHTML = html;",
    ],
  },
  {
    name: "js-reflected-xss",
    languages,
    summary: "A value from the request is sent back as HTML without escaping.",
    severity: "error",
    category: "security",
    cwe: 79,
    rationale:
      "A crafted link runs its script with your visitors' sessions. Escape the value or render through a template that does.",
    keywords: ["res.", "response.", "reply."],
    prefilter: /\b(?:req|request|ctx)\.(?:query|params|body|headers|cookies|signedCookies|req|request)\b/,
    exemptTests: true,
    rule: calls("$R.send($V)", "$R.write($V)", "$R.end($V)"),
    constraints: {
      R: { regex: String.raw`^(?:res|response|reply)(?:\.status\([^)]*\))?$` },
      V: {
        all: [assembled, { regex: `${request}` }, { regex: "<[a-zA-Z!]" }],
        not: { regex: "(?i)escape|saniti[sz]e|encode" },
      },
    },
    bad: ["res.send(`<h1>Hello ${req.query.name}</h1>`);"],
    good: [
      "res.send({ name: req.query.name });",
      "res.send(`<h1>${escapeHtml(req.query.name)}</h1>`);",
      "res.send(`no ${req.params.id}`);",
    ],
  },
  {
    name: "js-open-redirect",
    languages,
    summary: "The client decides where it is redirected to.",
    severity: "warning",
    category: "security",
    cwe: 601,
    rationale:
      "A link to your site that ends on another helps phishing. Accept only paths of your own, or names from a list.",
    keywords: ["redirect("],
    exemptTests: true,
    rule: calls("$R.redirect($V)", "$R.redirect($S, $V)"),
    constraints: {
      R: { regex: "^(?:res|response|reply|ctx|ctx\\.response)$" },
      V: {
        regex: String.raw`^(?:req|request|ctx|ctx\.request)\.(?:query|body)(?:\.\w+|\[['"]\w+['"]\])( as string)?$`,
      },
    },
    bad: ["res.redirect(req.query.next);", "res.redirect(302, req.body.returnTo);"],
    good: ["res.redirect('/login');", "res.redirect(safePath(req.query.next));"],
  },
  {
    name: "js-path-traversal",
    languages,
    summary: "A value from the request chooses a file.",
    severity: "error",
    category: "security",
    cwe: 22,
    rationale:
      "`../../etc/passwd` is a file name too. Use `res.sendFile(name, { root })`, `path.basename`, or check that the resolved path stays inside.",
    keywords: ["sendFile(", "readFile", "createReadStream(", ".download("],
    prefilter: /\b(?:req|request|ctx)\.(?:query|params|body|headers|cookies|signedCookies|req|request)\b/,
    exemptTests: true,
    rule: calls(
      "$R.sendFile($V)",
      "$R.download($V)",
      "fs.readFile($V, $$$)",
      "fs.readFileSync($V, $$$)",
      "fs.createReadStream($V, $$$)",
      "readFileSync($V, $$$)",
      "createReadStream($V, $$$)",
    ),
    constraints: {
      V: {
        regex: String.raw`\b(?:req|request)\.(?:query|params|body)\b`,
        not: { regex: "basename|saniti[sz]e|normali[sz]e|safe" },
      },
    },
    bad: ["res.sendFile(path.join(root, req.params.name));", "fs.readFileSync('./files/' + req.query.file);"],
    good: [
      "res.sendFile(req.params.name, { root });",
      "fs.readFileSync(path.join(root, path.basename(req.query.file)));",
    ],
  },
  {
    name: "js-ssrf",
    languages,
    summary: "The client decides which address this server calls.",
    severity: "error",
    category: "security",
    cwe: 918,
    rationale:
      "The client reaches services inside your network, such as the cloud's metadata address. Choose from a list of known hosts.",
    keywords: ["fetch(", "axios", "got(", "http.get(", "https.get("],
    prefilter: /\b(?:req|request|ctx)\.(?:query|params|body|headers|cookies|signedCookies|req|request)\b/,
    exemptTests: true,
    rule: calls(
      "fetch($V, $$$)",
      "axios($V, $$$)",
      "axios.get($V, $$$)",
      "axios.post($V, $$$)",
      "got($V, $$$)",
      "http.get($V, $$$)",
      "https.get($V, $$$)",
    ),
    constraints: {
      V: {
        regex: String.raw`^(?:req|request|ctx|ctx\.request)\.(?:query|body)(?:\.\w+|\[['"]\w+['"]\])( as string)?$`,
      },
    },
    bad: ["const page = await fetch(req.query.url);", "axios.get(req.body.target, options);"],
    good: ["fetch(`https://api.example.com/${req.params.id}`);", "fetch(url);"],
  },
];
