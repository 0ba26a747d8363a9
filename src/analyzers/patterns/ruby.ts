/** Structural rules for Ruby. */
import type { Rule } from "@ast-grep/napi";
import { chosenByOption } from "./insecure-option.ts";
import { calls, type PatternRule } from "./pattern-rule.ts";

const languages = ["ruby"] as const;

const params = String.raw`\b(?:params|cookies)\[|\brequest\.(?:body|raw_post|headers|params|query_string|cookies)\b`;

/** `def self.run(params)`: an argument of that name is whatever the caller hands in. */
const ownParams: Rule = {
  inside: {
    kind: "method",
    stopBy: "end",
    has: { field: "parameters", regex: String.raw`\bparams\b` },
  },
};
const ownSingletonParams: Rule = {
  inside: {
    kind: "singleton_method",
    stopBy: "end",
    has: { field: "parameters", regex: String.raw`\bparams\b` },
  },
};
const fromRequest: Rule = { not: { any: [ownParams, ownSingletonParams] } };

const call = (name: string, args: Rule): Rule => ({
  kind: "call",
  all: [{ has: { field: "method", regex: `^(?:${name})$` } }, { has: { field: "arguments", ...args } }],
});

/** A query is given a text in which a value stands between quotes. */
const assembledSql: readonly Rule[] = [
  {
    has: {
      field: "method",
      regex:
        "^(?:where|not|find_by_sql|execute|exec_query|select_all|select_values|select_value|select_rows|having|joins|count_by_sql|update_all|delete_all)$",
    },
  },
  {
    has: {
      field: "arguments",
      has: {
        nthChild: 1,
        kind: "string",
        regex: String.raw`(?is)(?:=|like|in \(|values\s*\(|,)\s*'%?#\{`,
        not: { regex: String.raw`#\{\s*(?:self\.class\.name|quote|[\w.]*(?:quote|sanitize)\w*[\s(]|[A-Z_:]+\})` },
      },
    },
  },
];

export const rubyRules: readonly PatternRule[] = [
  {
    name: "rb-eval-params",
    languages,
    summary: "A value from the request is run as code.",
    severity: "error",
    category: "security",
    cwe: 95,
    rationale: "Whoever sends the request runs code in this process. Look the value up in a list of what is allowed.",
    keywords: ["eval", "params"],
    prefilter: /eval\b[ (].*(?:params|cookies|request)\b/,
    rule: call("eval|instance_eval|class_eval|module_eval", { regex: params }),
    bad: ["eval(params[:formula])", "user.instance_eval params[:code]"],
    good: ["eval(source)", "ALLOWED.fetch(params[:formula])"],
  },
  {
    name: "rb-send-params",
    languages,
    summary: "The client decides which method or class is used.",
    severity: "error",
    category: "security",
    cwe: 470,
    rationale: "`send` reaches private methods such as `system` too. Choose from a list of names.",
    keywords: ["params["],
    exemptTests: true,
    rule: {
      any: [
        {
          kind: "call",
          all: [
            fromRequest,
            { has: { field: "method", regex: "^(?:send|__send__|public_send)$" } },
            { has: { field: "arguments", regex: String.raw`^\(?\s*params\[` } },
          ],
        },
        {
          kind: "call",
          all: [
            { has: { field: "method", regex: "^(?:constantize|safe_constantize)$" } },
            { has: { field: "receiver", regex: String.raw`^params\[` } },
          ],
        },
      ],
    },
    bad: ["record.send(params[:field])", "params[:type].constantize.new", "params[:type].classify.constantize"],
    good: ["record.public_send(FIELDS.fetch(params[:field]))", "NAMES.fetch(params[:type]).constantize"],
  },
  {
    name: "rb-deserialize-request",
    languages,
    summary: "Bytes from the request are deserialized, which can run code that they ask for.",
    severity: "error",
    category: "security",
    cwe: 502,
    rationale: "Exchange JSON (`JSON.parse`).",
    keywords: ["Marshal", "YAML", "Oj."],
    exemptTests: true,
    rule: {
      kind: "call",
      all: [
        {
          regex: String.raw`^(?:Marshal\.(?:load|restore)|YAML\.(?:load|unsafe_load)|Psych\.unsafe_load|Oj\.object_load)\b`,
        },
        { has: { field: "arguments", regex: params } },
      ],
    },
    bad: ["Marshal.load(Base64.decode64(cookies[:state]))", "YAML.load(params[:config])"],
    good: ["Marshal.load(cache.read)", "JSON.parse(params[:config])", "YAML.safe_load(params[:config])"],
  },
  {
    name: "rb-command-params",
    languages,
    summary: "A value from the request reaches a shell command.",
    severity: "error",
    category: "security",
    cwe: 78,
    rationale: "A client who sends `; rm -rf ~` runs it. Use `system('ls', value)`, which starts no shell.",
    keywords: ["params["],
    exemptTests: true,
    rule: {
      ...fromRequest,
      any: [
        call("system|exec|spawn|popen|capture2|capture2e|capture3", {
          has: { nthChild: 1, kind: "string", regex: String.raw`#\{\s*params\[` },
        }),
        { kind: "subshell", regex: String.raw`#\{\s*params\[` },
      ],
    },
    bad: ['system("ls #{params[:dir]}")', "out = `ls #{params[:dir]}`"],
    good: [
      "system('ls', params[:dir])",
      'logger.info("ls #{params[:dir]}")',
      'def self.run(params)\n  system("ls #{params[:dir]}")\nend',
    ],
  },
  {
    name: "rb-sql-injection",
    languages,
    summary: "A value is put between quotes in an SQL text by hand.",
    // Where the value comes from is not known: it may be a constant.
    severity: "warning",
    category: "security",
    cwe: 89,
    exemptTests: true,
    optional: true,
    rationale:
      "A quote in the value ends the literal and the rest is run as SQL. Use `where(name: name)` or `where('name = ?', name)`.",
    keywords: ["#{"],
    prefilter: /'%?#\{/,
    rule: {
      kind: "call",
      all: [...assembledSql],
    },
    bad: [
      "User.where(\"name = '#{params[:name]}'\")",
      "connection.execute(\"SELECT * FROM users WHERE name LIKE '%#{name}%'\")",
    ],
    good: ["User.where(name: params[:name])", "User.where('name = ?', name)", 'User.where("#{table}.name = ?", name)'],
  },
  {
    name: "rb-sql-request",
    languages,
    summary: "A value from the request is put between quotes in an SQL text.",
    severity: "error",
    category: "security",
    cwe: 89,
    exemptTests: true,
    rationale:
      "A quote in the value ends the literal and the rest is run as SQL. Use `where(name: name)` or `where('name = ?', name)`.",
    keywords: ["#{"],
    prefilter: /'%?#\{/,
    rule: {
      kind: "call",
      all: [{ regex: String.raw`'%?#\{\s*(?:params|request|cookies|session)\b` }, ...assembledSql],
    },
    bad: ["User.where(\"name = '#{params[:name]}'\")"],
    good: [
      "User.where(name: params[:name])",
      "connection.execute(\"SELECT * FROM users WHERE name LIKE '%#{name}%'\")",
    ],
  },
  {
    name: "rb-tls-verify-off",
    languages,
    summary: "Certificates are not verified: anybody on the way can read and change the traffic.",
    severity: "warning",
    category: "security",
    cwe: 295,
    exemptTests: true,
    exemptExplained: true,
    optional: true,
    rationale: "Name the private authority with `ca_file` instead.",
    keywords: ["VERIFY_NONE"],
    rule: {
      all: [
        {
          not: chosenByOption({ branches: ["if", "if_modifier", "unless", "unless_modifier"], functions: ["method"] }),
        },
      ],
      kind: "scope_resolution",
      regex: String.raw`^(?:::)?OpenSSL::SSL::VERIFY_NONE$`,
      inside: { any: [{ kind: "assignment" }, { kind: "pair" }] },
    },
    bad: ["http.verify_mode = OpenSSL::SSL::VERIFY_NONE", "open(url, ssl_verify_mode: OpenSSL::SSL::VERIFY_NONE)"],
    good: [
      "http.verify_mode = OpenSSL::SSL::VERIFY_PEER",
      "http.verify_mode = insecure ? OpenSSL::SSL::VERIFY_NONE : OpenSSL::SSL::VERIFY_PEER",
    ],
  },
  {
    name: "rb-html-safe-params",
    languages,
    summary: "A value from the request is declared to be safe HTML.",
    severity: "error",
    category: "security",
    cwe: 79,
    rationale:
      "A crafted link runs its script with your visitors' sessions. Let the template escape it, or `sanitize` it.",
    keywords: ["html_safe", "raw"],
    prefilter: /\bparams\b/,
    exemptTests: true,
    rule: {
      any: [
        {
          kind: "call",
          all: [
            { has: { field: "method", regex: "^html_safe$" } },
            { has: { field: "receiver", regex: String.raw`\bparams\[`, not: { regex: "escape|sanitize|\\bh\\(" } } },
          ],
        },
        {
          kind: "call",
          all: [
            { has: { field: "method", regex: "^raw$" } },
            { has: { field: "arguments", regex: String.raw`^\(?params\[` } },
          ],
        },
      ],
    },
    bad: ["params[:title].html_safe", "raw(params[:title])"],
    good: ["sanitize(params[:title])", "title.html_safe", "h(params[:title]).html_safe"],
  },
  {
    name: "rb-open-redirect",
    languages,
    summary: "The client decides where it is redirected to.",
    severity: "warning",
    category: "security",
    cwe: 601,
    exemptTests: true,
    rationale: "A link to your site that ends on another helps phishing. Accept only paths: `url_from(params[:to])`.",
    keywords: ["redirect_to"],
    rule: call("redirect_to|redirect", {
      regex: String.raw`^\(?\s*params\[:\w+\](?:\s*\|\||\s*,|\s*\)?$)`,
      not: { regex: "allow_other_host: false|only_path" },
    }),
    bad: ["redirect_to params[:return_to]", "redirect_to(params[:url] || root_path)"],
    good: [
      "redirect_to root_path",
      "redirect_to url_from(params[:return_to]) || root_path",
      "redirect_to action: params[:step]",
    ],
  },
  {
    name: "rb-path-traversal",
    languages,
    summary: "A value from the request chooses a file.",
    severity: "error",
    category: "security",
    cwe: 22,
    exemptTests: true,
    optional: true,
    rationale:
      "`../../etc/passwd` is a file name too, and `open` even runs commands. Use `File.basename`, or look the file up.",
    keywords: ["params["],
    rule: {
      kind: "call",
      all: [
        fromRequest,
        {
          regex: String.raw`^(?:File\.(?:read|open|new|binread|readlines|write|delete)|IO\.(?:read|binread)|open|send_file|FileUtils\.rm\w*)\b`,
        },
        {
          has: {
            field: "arguments",
            // What is written may come from anywhere; where to is the question.
            has: { nthChild: 1, regex: String.raw`\bparams\[` },
            not: { regex: "basename|sanitize|safe|find\\(|find_by" },
          },
        },
      ],
    },
    bad: ["send_file Rails.root.join('files', params[:name])", 'File.read("files/#{params[:name]}")'],
    good: [
      "send_file Rails.root.join('files', File.basename(params[:name]))",
      "File.read(path)",
      "File.write(path, params[:content])",
      "def self.run(params)\n  File.read(params[:template])\nend",
    ],
  },
  {
    name: "rb-permit-all",
    languages,
    summary: "The client may set every attribute of the record.",
    severity: "warning",
    category: "security",
    cwe: 915,
    exemptTests: true,
    optional: true,
    rationale: "Also `admin: true`. List what may be set: `params.permit(:name, :email)`.",
    keywords: ["permit!"],
    rule: {
      kind: "call",
      // An administrator may set everything anyway.
      not: {
        inside: {
          stopBy: "end",
          any: [{ kind: "module" }, { kind: "class" }],
          has: { field: "name", regex: String.raw`\bAdmin` },
        },
      },
      all: [
        { has: { field: "method", regex: "^permit!$" } },
        { has: { field: "receiver", regex: String.raw`^params(?:$|\.require\(|\[)` } },
        // Given to a record, or returned by the method that records are made from.
        {
          any: [{ has: { field: "receiver", regex: String.raw`^params[.\[]` } }, { inside: { kind: "argument_list" } }],
        },
      ],
    },
    bad: ["User.create(params.require(:user).permit!)", "User.new(params.permit!)"],
    good: ["User.create(params.require(:user).permit(:name))", "params.permit!"],
  },
  {
    name: "rb-password-fast-hash",
    languages,
    summary: "A password is hashed with a fast hash.",
    severity: "error",
    category: "security",
    cwe: 916,
    exemptTests: true,
    rationale: "Graphics cards try billions of such hashes a second. Use bcrypt (`has_secure_password`) or Argon2.",
    // A step of a slow function, or of a protocol that prescribes it.
    unless:
      /pbkdf2|scrypt|bcrypt|argon2|\bSRP\b|string_compare|hash_equals|needs_rehash|\blegacy|password_hash\(|passwordHelper/i,
    exemptExplained: true,
    keywords: ["Digest::"],
    rule: {
      kind: "call",
      regex: String.raw`(?i)^(?:OpenSSL::)?Digest::(?:MD5|SHA1|SHA256|SHA512)\.(?:hex|base64)?digest\(\s*(?:\w+\.)*(?:password|passwd|params\[:password\])\s*(?:\+[^)]*)?\)$`,
    },
    bad: ["Digest::MD5.hexdigest(password)", "Digest::SHA256.hexdigest(params[:password])"],
    good: ["Digest::MD5.hexdigest(content)", "BCrypt::Password.create(password)"],
  },
  {
    name: "rb-random-secret",
    languages,
    summary: "A secret is made with `rand`, which can be predicted.",
    severity: "error",
    category: "security",
    cwe: 338,
    exemptTests: true,
    rationale: "Use `SecureRandom.hex` or `SecureRandom.alphanumeric`.",
    keywords: ["rand", "sample"],
    rule: {
      kind: "assignment",
      all: [
        {
          has: {
            field: "left",
            regex: String.raw`(?i)(?:^|[._@])(?:password|secret|csrf_token|session_(?:id|token|key)|api_key|access_token|auth_token|reset_token|otp)$`,
          },
        },
        {
          has: {
            field: "right",
            regex: String.raw`(?:^|[^.\w])(?:Kernel\.|Random\.)?rand\(|\.sample\b`,
            not: { regex: "SecureRandom" },
          },
        },
      ],
    },
    bad: ["reset_token = rand(10**9).to_s", "user.password = (0..8).map { letters.sample }.join"],
    good: ["reset_token = SecureRandom.hex", "index = rand(10)"],
  },
  {
    name: "rb-rescue-exception",
    languages,
    summary: "`rescue Exception` also swallows Ctrl-C, `exit` and out of memory.",
    severity: "warning",
    category: "correctness",
    exemptTests: true,
    optional: true,
    rationale: "Rescue `StandardError` (or just `rescue => e`), or raise again.",
    keywords: ["rescue Exception", "rescue ::Exception"],
    rule: {
      kind: "rescue",
      all: [{ has: { field: "exceptions", regex: "^(?:::)?Exception$" } }],
      not: { regex: String.raw`\b(?:raise|exit|abort|throw)\b|error\s*=|exception\s*=` },
    },
    bad: ["begin\n  work\nrescue Exception => e\n  log(e)\nend"],
    good: ["begin\n  work\nrescue => e\n  log(e)\nend", "begin\n  work\nrescue Exception => e\n  log(e)\n  raise\nend"],
  },
  {
    name: "rb-csrf-off",
    languages,
    summary: "Requests forged by other sites are accepted.",
    severity: "warning",
    category: "security",
    cwe: 352,
    optional: true,
    exemptTests: true,
    rationale: "Right for an interface with tokens of its own; elsewhere leave the check on.",
    keywords: ["verify_authenticity_token"],
    rule: calls("skip_before_action :verify_authenticity_token", "skip_before_action :verify_authenticity_token, $$$"),
    bad: ["skip_before_action :verify_authenticity_token"],
    good: ["before_action :verify_authenticity_token"],
  },
];
