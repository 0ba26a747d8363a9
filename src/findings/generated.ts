/** Recognises files that nobody of the repository writes by hand: generated and vendored ones. */
import type { Config } from "../model/config.ts";
import { type Ownership, ownershipOf } from "./copyright.ts";
import { createPathDecider } from "./globs.ts";

/** The reason for each mark, in words for the person. */
export interface FileMarks {
  readonly generated?: string;
  readonly vendored?: string;
  /** Judged once all files are known: see `copiedFiles`. */
  readonly ownership?: Ownership;
}

export type ClassifyConfig = Pick<Config, "generated" | "vendored">;

/**
 * `headText`: about the first 4 KB of the file; undefined judges by path alone. The configuration's globs have the last
 * word: `!pattern` there says that a recognised file is written by hand after all.
 */
export function classifyFile(path: string, headText: string | undefined, config: ClassifyConfig): FileMarks {
  const decide = decidersOf(config);
  const generated = decided(decide.generated(path), () => generatedBy(path, headText));
  const vendored = decided(decide.vendored(path), () => firstReason(path, vendoredPaths));
  const ownership = decide.vendored(path) === undefined ? ownershipOf(path, headText) : {};
  return {
    ...(generated === undefined ? {} : { generated }),
    ...(vendored === undefined ? {} : { vendored }),
    ...(Object.keys(ownership).length === 0 ? {} : { ownership }),
  };
}

/** A file in a folder that was found to be a build's output, unless the configuration says otherwise. */
export function markOutput(path: string, marks: FileMarks, by: string, config: ClassifyConfig): FileMarks {
  if (marks.generated !== undefined || decidersOf(config).generated(path) === false) return marks;
  return { ...marks, generated: `build output of ${by}` };
}

/** Lockfiles are generated, yet what is said about dependencies belongs there. */
export function isLockfile(path: string): boolean {
  return lockfiles.has(baseName(path));
}

function decided(byConfig: boolean | undefined, recognise: () => string | undefined): string | undefined {
  if (byConfig === undefined) return recognise();
  return byConfig ? "by the configuration" : undefined;
}

interface Deciders {
  readonly generated: (path: string) => boolean | undefined;
  readonly vendored: (path: string) => boolean | undefined;
}

const deciders = new WeakMap<ClassifyConfig, Deciders>();

function decidersOf(config: ClassifyConfig): Deciders {
  let found = deciders.get(config);
  if (found === undefined) {
    found = { generated: createPathDecider(config.generated), vendored: createPathDecider(config.vendored) };
    deciders.set(config, found);
  }
  return found;
}

function generatedBy(path: string, headText: string | undefined): string | undefined {
  if (isLockfile(path)) return "a lockfile";
  const byPath = firstReason(path, generatedPaths);
  if (byPath !== undefined || headText === undefined) return byPath;
  const head = headText.slice(0, headLength);
  if (hasMarker(head)) return "it says that it is generated";
  if (recording.test(head)) return "a terminal's output";
  if (!/\.(?:[cm]?js|css)$/.test(path)) return undefined;
  if (bundles.some((marker) => marker.test(head))) return "a bundle";
  // The wrapper for every loader at the top of a file that is served is a release's.
  if (/(?:^|\/)(?:public|static|assets|www|wwwroot)\//.test(path) && /\bdefine\.amd\b/.test(head.slice(0, 2_000)))
    return "a bundle";
  return isMinified(head) ? "minified" : undefined;
}

/** Colours as a terminal is sent them: no language has them in its text, expected outputs of tests do. */
const recording = /^(?:[^\n]*\n){0,5}[^\n]*\u001b\[[\d;]+m/;

/** How browserify, webpack and rollup's UMD begin what they put together. */
const bundles: readonly RegExp[] = [
  /^\(function e\(t,n,r\)\{function s\(o,u\)|^\(function\s*\(\)\s*\{\s*function r\(e,\s*n,\s*t\)/,
  // Rolldown keeps the names of what it joins.
  /^\/\/#region \S+\.[cm]?[jt]sx?$/m,
  /\bfunction __webpack_require__\(|^\/\*{6}\/ /m,
  // What Babel and TypeScript put at the top of what they compile.
  /^\s*(?:"use strict";\s*)?function _(?:classCallCheck|inherits|inheritsLoose|createClass|getPrototypeOf|interopRequireDefault|defineProperties|iterableToArrayLimit)\(/m,
  /^var __(?:extends|awaiter|importDefault|createBinding) = \(this && this\.__/m,
  /^;\/\/ (?:CONCATENATED MODULE: )?\.\/\S+$/m,
];

type PathTable = readonly (readonly [pattern: RegExp, reason: string])[];

function firstReason(path: string, table: PathTable): string | undefined {
  return table.find(([pattern]) => pattern.test(path))?.[1];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

const lockfiles = new Set([
  "package-lock.json",
  "npm-shrinkwrap.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "bun.lockb",
  "deno.lock",
  "poetry.lock",
  "uv.lock",
  "pdm.lock",
  "pixi.lock",
  "Pipfile.lock",
  "pylock.toml",
  "conda-lock.yml",
  "Cargo.lock",
  "go.sum",
  "go.work.sum",
  "Gopkg.lock",
  "glide.lock",
  "Gemfile.lock",
  "gems.locked",
  "composer.lock",
  "symfony.lock",
  "pubspec.lock",
  "mix.lock",
  "rebar.lock",
  "Podfile.lock",
  "Cartfile.resolved",
  "Package.resolved",
  "flake.lock",
  "Chart.lock",
  ".terraform.lock.hcl",
  "packages.lock.json",
  "paket.lock",
  "gradle.lockfile",
  "MODULE.bazel.lock",
  "cabal.project.freeze",
  "stack.yaml.lock",
  "Manifest.toml",
  "esy.lock",
]);

/** What the conventions of languages and tools say; the facts are those GitHub Linguist documents as well. */
const generatedPaths: PathTable = [
  [/(?:^|\/)__generated__\//, "in a folder of generated files"],
  [/(?:^|\/)(?:auto[-_]?)?generated\//, "in a folder of generated files"],
  [/(?:^|\/)zz_generated[._]/, "named as generated"],
  [/[._-](?:auto)?generated\.\w+$/, "named as generated"],
  [/(?:^|\/)__snapshots__\//, "test snapshots"],
  [/\.(?:snap|ambr)$/, "test snapshots"],
  [/(?:^|\/)[^/]*[.-](?:min|pack)\.(?:[cm]?js|css)$/, "minified"],
  // Written by a bundler, unless it lies among the sources.
  [/^(?!(?:.*\/)?src\/)(?:.*\/)?[^/]*\.(?:esm|umd|iife|amd)\.js$/, "a bundle"],
  // A documentation tool's copies of the pages of earlier versions.
  [/(?:^|\/)versioned_(?:docs|sidebars)\//, "a copy for an earlier version"],
  [/\.bundle\.(?:[cm]?js|css)$/, "a bundle"],
  [/(?:^|\/)(?:[^/]+\.)?(?:[cm]?js|css)\.map$/, "a source map"],
  [/\.(?:[cm]?js|css)\.map$/, "a source map"],
  [/(?:^|\/)dist\/.*\.(?:[cm]?js|css|map|d\.[cm]?ts)$/, "build output"],
  [/(?:^|\/)(?:\.next|\.nuxt|\.output|\.svelte-kit|\.parcel-cache|\.turbo|storybook-static)\//, "build output"],
  [/(?:^|\/)(?:lcov-report|htmlcov)\//, "a coverage report"],
  [/\.tsbuildinfo$/, "build output"],
  [/\.pb(?:\.gw|\.validate)?\.(?:go|cc|h|dart|swift|ts|rb)$/, "generated from protocol buffers"],
  [/_pb2(?:_grpc)?\.pyi?$/, "generated from protocol buffers"],
  [/_pb\.(?:[cm]?js|d\.ts|ts|rb)$/, "generated from protocol buffers"],
  [/_grpc(?:_web)?_pb\.(?:js|d\.ts)$/, "generated from protocol buffers"],
  [/\.(?:g|freezed|gr|mocks|config)\.dart$/, "generated by build_runner"],
  [/\.(?:g|g\.i|designer)\.(?:cs|vb)$/i, "generated by .NET tools"],
  [/(?:^|\/)(?:Reference|ServiceReference)\.cs$/, "generated by .NET tools"],
  [/\.xcodeproj\/|\.xcworkspacedata$|\.pbxproj$/, "kept by Xcode"],
  [/(?:^|\/)db\/(?:schema\.rb|structure\.sql)$/, "written by Rails migrations"],
  [/(?:^|\/)(?:\.pnp\.[cm]?js|\.pnp\.loader\.mjs)$/, "written by Yarn"],
  [/(?:^|\/)next-env\.d\.ts$/, "written by Next.js"],
  [/(?:^|\/)routeTree\.gen\.ts$|\.gen\.tsx?$/, "named as generated"],
  [/(?:^|\/)(?:auto-imports|components)\.d\.ts$/, "written by unplugin"],
  [/(?:^|\/)(?:worker-configuration|vite-env\.gen)\.d\.ts$/, "named as generated"],
];

const vendoredPaths: PathTable = [
  [/(?:^|\/)node_modules\//, "installed by a package manager"],
  [/(?:^|\/)(?:bower_components|jspm_packages)\//, "installed by a package manager"],
  [/(?:^|\/)(?:site-packages|\.?venv|\.tox|\.nox)\//, "a Python environment"],
  [/(?:^|\/)_?vendor(?:ed)?\//, "in a vendor folder"],
  [/(?:^|\/)(?:js|static|public|assets|libs?)\/(?:[^/]+\/)*(?:vendors|libraries)\//, "in a vendor folder"],
  [/(?:^|\/)ext(?:ernal)?[-_]?libs?\/|^(?!src\/|lib\/)[^/]+\/external\/[^/]+\//i, "in a folder of external code"],
  [/^extern(?:al)?\/|(?:^|\/)extern(?:al)?\/.*\.(?:[cm]?js|css)$/, "in a folder of external code"],
  // `plugins/codemirror-5.17.0/mode/perl.js`: nobody puts a release's number on the folder of what they write.
  [
    /(?:^|\/)(?!v-?\d|versions?-|releases?-)[a-z][\w.]*(?:-[a-z]+)*[-.@]v?\d+\.\d+\.\d+\/(?:.*\.(?:[cm]?[jt]sx?|css|py|rb|php|c|cc|cpp|h|hpp|java|sh)$|.*(?:^|\/)(?:\.clang-tidy|README[^/]*|scripts?\/[^/]*)$)/i,
    "a copy of a release",
  ],
  [/(?:^|\/)(?:3rd|third)[-_]?party\//i, "third-party code"],
  [/^deps\//, "in a deps folder at the root"],
  [/(?:^|\/)Godeps\/_workspace\//, "in a vendor folder"],
  [/(?:^|\/)(?:Pods|Carthage)\//, "installed by a package manager"],
  [/(?:^|\/)\.yarn\/(?:releases|plugins|sdks|versions|unplugged|cache)\//, "installed by Yarn"],
  [/(?:^|\/)wwwroot\/lib\//, "installed by LibMan"],
  [/(?:^|\/)(?:gradlew|gradlew\.bat|mvnw|mvnw\.cmd)$/, "a build tool's wrapper script"],
  [/(?:^|\/)gradle\/wrapper\/|(?:^|\/)\.mvn\/wrapper\//, "a build tool's wrapper script"],
  [
    /(?:^|\/)(?:install-sh|ltmain\.sh|config\.guess|config\.sub|aclocal\.m4|libtool\.m4)$/,
    "a copy from the GNU build system",
  ],
  [/(?:^|\/)jquery(?:[.-](?:\d[\w.]*|ui|slim|migrate|validate|unobtrusive-ajax))*\.js$/i, "a copy of jQuery"],
  // Plugins too, unless this is their own repository, where they lie at the root or among the sources.
  [
    /(?:^|\/)(?:js|javascripts?|lib|libs|assets|static|public|plugins)\/(?:[^/]+\/)*jquery[.-][^/]*\.js$/i,
    "a plugin of jQuery",
  ],
  [
    /(?:^|\/)(?:bootstrap|bootstrap-theme|bootstrap\.bundle|bootstrap-[a-z]+)(?:-\d[\w.]*)?\.(?:js|css)$/i,
    "a copy of Bootstrap",
  ],
  [/(?:^|\/)font-?awesome[\w.-]*\.(?:css|js|less|scss)$/i, "a copy of Font Awesome"],
  [
    /(?:^|\/)(?:modernizr|html5shiv|respond|es5-shim|require|underscore|backbone|raphael|angular|ember|handlebars|mustache|prototype|mootools|dojo)[.-]\d[\w.-]*\.js$/i,
    "a copy of a library",
  ],
  [/(?:^|\/)d3(?:\.v\d+)?\.js$/, "a copy of a library"],
  [
    /(?:^|\/)(?:public|static|assets|www|wwwroot|htdocs|js|javascripts?)\/(?:[^/]+\/)*(?:backbone|underscore|modernizr|html5shiv|mustache|handlebars|zepto|lodash|moment|knockout|angular|require|hammer|metisMenu)\.js$/i,
    "a copy of a library",
  ],
  [
    /(?:^|\/)(?:public|static|assets|www|wwwroot|htdocs|js|javascripts?|libs?|plugins|resources)\/(?:[^/]+\/)*(?:ckeditor\d?|tinymce|tiny_mce|codemirror|fckeditor|elfinder|highcharts|ace-builds|pdfjs|mathjax|swagger-ui|datatables|fullcalendar|jquery-ui|jqueryui|jqplot|summernote|plupload)\/(?!src\/)/i,
    "a copy of a library",
  ],
  // Applications in Python that carry their dependencies along, without a folder called vendor.
  [
    /^libs?\/(?:future|past|libfuturize|libpasteurize|cherrypy|cheroot|requests|urllib3|rich|apscheduler|oauthlib|certifi|chardet|charset_normalizer|idna|six|bs4|html5lib|pytz|dateutil|yaml|simplejson|mako|jinja2|markupsafe|backports|arrow|pkg_resources|setuptools|httplib2|feedparser|sqlalchemy|tornado|werkzeug|flask|markdown|mutagen|unidecode|xmltodict|websocket|plexapi|paho|dns|zope|tempora|jaraco|portend)\//,
    "a copy of a library",
  ],
  // Shared by the repositories of .NET, and overwritten from there.
  [/^eng\/common\//, "a copy of shared build scripts"],
  [/(?:^|\/)themes\/hugo-theme-[\w-]+\//, "a copy of a theme"],
  // `public/js/plugins/select2/select2.full.js`: what is served lies there under its own name.
  [
    /(?:^|\/)(?:public|static|assets|www|wwwroot|htdocs|webroot)\/(?:[^/]+\/)*([a-z][\w-]{2,})\/(?:[^/]+\/)*(?:jquery[.-])?\1(?:[.-][\w.-]*)?\.(?:js|css)$/i,
    "a copy of a library",
  ],
  [
    /(?:^|\/)(?:public|static|assets|www|wwwroot|htdocs|webroot|js|lib|libs)\/.*\.(?:full|pkgd|umd|iife|amd)\.js$/i,
    "a copy of a library",
  ],
];

const headLength = 8_192;
const markerLines = 30;

/** Only in comments, and only as a statement about this file: code that deals with such markers is not generated. */
function hasMarker(headText: string): boolean {
  let end = 0;
  for (let line = 0; line < markerLines && end < headText.length; line++) {
    const next = headText.indexOf("\n", end);
    const text = headText.slice(end, next === -1 ? undefined : next);
    end = next === -1 ? headText.length : next + 1;
    // A page generated from others says so in a quotation or a heading: `> ## THIS IS AN AUTOGENERATED FILE.`
    const comment = /^\s*(?:(?:>\s*)+#*|\/\/+|\/\*+|\*+|#+|--+|;+|%+|<!--|"""|'''|\(\*+|\{-|rem\s)[!\s*=#-]*(.*)/i.exec(
      text.slice(0, 300),
    )?.[1];
    if (comment === undefined || comment === "") continue;
    if (markers.some((marker) => marker.test(comment))) return true;
    // A scaffold was generated too, and is kept by hand since: only with a word against editing is it an answer.
    if (scaffoldOrGenerated.test(comment) && againstEditing.test(headText)) return true;
  }
  return false;
}

const scaffoldOrGenerated = /^this (?:\w+ )?file (?:is|was|has been) generated (?:by|from|with|using)\b/i;
const againstEditing =
  /\b(?:do not|don't|shouldn't|never|not intended for|must not be|should not be) (?:\w+ )?(?:edit|modif|chang|touch)|\bwill be (?:lost|overwritten)\b/i;

const markers: readonly RegExp[] = [
  /^@(?:partially-)?generated\b(?!\s+(?:marker|tag|annotation|comment)s?\b)/,
  /\bautomatically @generated\b/,
  /^Code generated .*DO NOT EDIT\.?/i,
  /^<auto-?generated\b/i,
  /^(?:GENERATED CODE|GENERATED FILE|AUTO-?GENERATED)\b.*\bDO NOT (?:EDIT|MODIFY|CHANGE)/i,
  /\b(?:auto[- ]?|automatically |machine )?generated\b.*\bdo not (?:edit|modify|change|alter|touch)\b/i,
  /\bdo not (?:edit|modify|change|alter|touch)\b.*\b(?:auto[- ]?|automatically |is |was )generated\b/i,
  /^(?:note:?\s*)?(?:this (?:\w+ )?(?:file|code|class|module|source) (?:is|was|has been) )(?:auto(?:matically)?[- ]?|machine[- ]?)generated\b/i,
  /^this (?:\w+ )?file was generated by Bundler\b/i,
  /^Generated by the protocol buffer compiler\b/i,
  /^Autogenerated by (?:Thrift|Avro)\b/i,
  /^Generated from .* by (?:ANTLR|Snowball)\b/,
  /^this is an? (?:auto[- ]?|automatically )generated (?:file|page|document)\b/i,
  /^Generated by (?:Cython|Haxe|JFlex|CUP|SWIG|re2c|ragel|PEG\.js|Peggy)\b/i,
  /^A Bison parser, made by GNU Bison\b/,
  /^auto-?generated (?:by|from)\b/i,
];

/** Long lines without white space, full of punctuation; a long string (an image, a path) is not. */
function isMinified(headText: string): boolean {
  let minified = 0;
  for (const line of headText.split("\n")) {
    if (line.length < 500) continue;
    const spaces = line.replace(/\S+/g, "").length;
    const marks = line.replace(/[^;,{}()=:]+/g, "").length;
    if (spaces < line.length * 0.12 && marks > line.length * 0.08) minified += line.length;
  }
  return minified > headText.length / 2;
}
