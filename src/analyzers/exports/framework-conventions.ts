/** Which modules and exports the frameworks of a package load by place and name: by the dependencies that it declares. */

export interface Convention {
  /** As `codeflow detect` calls it. */
  readonly framework: string;
  /** npm packages, in a manifest's dependencies, that mean the framework is used. */
  readonly packages: readonly string[];
  /** Paths in the package of the files that it loads. */
  readonly files: RegExp;
  /** Exports that it looks for, in those files and in whatever else a route may be made of. */
  readonly names: RegExp;
}

const methods = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ALL|fallback";
const page = (names: string): RegExp => new RegExp(`^(?:${names})$`);
const none = /^(?!)/;

/** `pages` and `routes` at any depth: frameworks let both be moved. */
const pages = /(?:^|\/)pages\//;
const routes = /(?:^|\/)routes\//;

export const conventions: readonly Convention[] = [
  {
    framework: "next",
    packages: ["next", "blitz", "@blitzjs/next"],
    // https://nextjs.org/docs/app/api-reference/file-conventions
    files:
      /(?:^|\/)pages\/|(?:^|\/)(?:page|layout|route|template|loading|error|global-error|not-found|global-not-found|forbidden|unauthorized|default|sitemap|robots|manifest|(?:apple-)?icon\d*|opengraph-image\d*|twitter-image\d*|middleware|proxy|instrumentation(?:-client)?|mdx-components)\.[cm]?[jt]sx?$/,
    names: page(
      `getServerSideProps|getStaticProps|getStaticPaths|getInitialProps|reportWebVitals|generateStaticParams|generateMetadata|generateViewport|generateImageMetadata|generateSitemaps|metadata|viewport|config|dynamic|dynamicParams|revalidate|runtime|preferredRegion|maxDuration|fetchCache|experimental_ppr|unstable_\\w+|alt|size|contentType|middleware|proxy|register|onRequestError|onRouterTransitionStart|${methods}`,
    ),
  },
  {
    framework: "react-router",
    packages: ["@react-router/dev", "@remix-run/dev", "@remix-run/react", "@remix-run/node", "@remix-run/serve"],
    // https://reactrouter.com/start/framework/route-module: a table may name any file as a route.
    files: /(?:^|\/)routes\/|(?:^|\/)(?:root|routes|entry\.\w+|route)\.[cm]?[jt]sx?$/,
    names: page(
      "loader|clientLoader|action|clientAction|meta|links|headers|handle|shouldRevalidate|ErrorBoundary|CatchBoundary|HydrateFallback|Layout|middleware|clientMiddleware|unstable_\\w+|handleRequest|handleDataRequest|handleError|streamTimeout",
    ),
  },
  {
    framework: "sveltekit",
    packages: ["@sveltejs/kit"],
    // https://svelte.dev/docs/kit/routing, hooks, advanced-routing
    files: /(?:^|\/)routes\/|(?:^|\/)params\/|(?:^|\/)\+[\w.@-]+$|(?:^|\/)(?:hooks|instrumentation)(?:\.\w+)*\.[jt]s$/,
    names: page(
      `load|actions|prerender|ssr|csr|trailingSlash|entries|config|snapshot|match|handle|handleError|handleFetch|handleValidationError|init|reroute|transport|${methods}`,
    ),
  },
  {
    framework: "astro",
    packages: ["astro"],
    // https://docs.astro.build/en/reference/modules/
    files:
      /(?:^|\/)(?:pages|actions)\/|(?:^|\/)(?:middleware|content\.config|live\.config)(?:\/index)?\.[cm]?[jt]s$|(?:^|\/)content\/config\.[cm]?[jt]s$/,
    names: page(`getStaticPaths|prerender|partial|onRequest|collections|server|${methods}`),
  },
  {
    framework: "gatsby",
    packages: ["gatsby"],
    files: /(?:^|\/)(?:pages|templates|api)\/|(?:^|\/)gatsby-[\w-]+\.[cm]?[jt]sx?$/,
    names: page("query|pageQuery|Head|getServerData|config"),
  },
  {
    framework: "expo",
    packages: ["expo-router"],
    files: /(?:^|\/)app\//,
    names: page("unstable_settings|ErrorBoundary|generateStaticParams|loader"),
  },
  {
    framework: "tanstack-start",
    packages: [
      "@tanstack/react-start",
      "@tanstack/solid-start",
      "@tanstack/start",
      "@tanstack/router-plugin",
      "@tanstack/router-vite-plugin",
      "@tanstack/router-cli",
    ],
    files: /(?:^|\/)routes\/|(?:^|\/)(?:router|client|server|ssr|start|routeTree\.gen)\.[cm]?[jt]sx?$/,
    names: page("Route|ServerRoute|APIRoute|createRouter|getRouter|startInstance"),
  },
  {
    framework: "solidstart",
    packages: ["@solidjs/start", "solid-start"],
    files: /(?:^|\/)routes\/|(?:^|\/)(?:app|middleware|entry-\w+)\.[cm]?[jt]sx?$/,
    names: page(`route|${methods}`),
  },
  {
    framework: "qwik",
    packages: ["@builder.io/qwik-city", "@qwik.dev/router"],
    files: /(?:^|\/)routes\/|(?:^|\/)(?:entry\.[\w-]+|plugin(?:@[\w-]+)?)\.[jt]sx?$/,
    names: /^(?:head|onStaticGenerate|on[A-Z]\w+|use[A-Z]\w*)$/,
  },
  {
    framework: "vike",
    packages: ["vike", "vite-plugin-ssr"],
    files: /(?:^|\/)pages\/|(?:^|\/)\+[\w.]+$|\.(?:page|route)(?:\.\w+)?\.[cm]?[jt]sx?$/,
    names: none,
  },
  {
    framework: "analog",
    packages: ["@analogjs/platform"],
    files: /(?:^|\/)(?:pages|routes)\/|\.(?:page|server)\.ts$/,
    names: /^(?:load|action|routeMeta)$/,
  },
  { framework: "waku", packages: ["waku"], files: pages, names: page(`getConfig|unstable_\\w+|${methods}`) },
  {
    framework: "redwood",
    packages: ["@redwoodjs/core"],
    files: /^(?:api|src)\/|(?:^|\/)(?:api|web)\/src\//,
    names: none,
  },
  { framework: "docusaurus", packages: ["@docusaurus/core"], files: /(?:^|\/)(?:pages|theme)\//, names: none },
  {
    framework: "vitepress",
    packages: ["vitepress"],
    files: /\.(?:data|paths)\.[cm]?[jt]s$/,
    names: /^(?:data|load|watch|paths)$/,
  },
  {
    framework: "fastify",
    packages: ["@fastify/autoload"],
    files: /(?:^|\/)(?:routes|plugins)\//,
    names: /^(?:autoPrefix|autoConfig|autoload|prefixOverride|options)$/,
  },
];

/** Route files found by a plugin or a server of less fame: what lies in such folders is loaded by its place. */
const byPlaceAlone: readonly string[] = [
  "@generouted/react-router",
  "@generouted/solid-router",
  "@medusajs/framework",
  "@medusajs/medusa",
  "@strapi/strapi",
  "honox",
  "nitropack",
  "rakkasjs",
  "unplugin-vue-router",
  "vite-plugin-pages",
];
const anyRoute: Convention = {
  framework: "",
  packages: byPlaceAlone,
  files: /(?:^|\/)(?:pages|routes|api|middlewares?|subscribers|jobs)\/|(?:^|\/)(?:page|layout|route)\.[cm]?[jt]sx?$/,
  names: page(`config|${methods}`),
};

/** Of a repository without any package.json around the file: nothing is declared, so anything may load it. */
const undeclared: Convention = {
  framework: "",
  packages: [],
  files: new RegExp(
    `${pages.source}|${routes.source}|(?:^|\\/)(?:routes?|page|layout|middleware|instrumentation|proxy)\\.[cm]?[jt]sx?$`,
  ),
  names: new RegExp(
    conventions
      .map(({ names }) => names.source)
      .filter((source) => source !== none.source)
      .join("|"),
  ),
};

export interface PackageConventions {
  /** The file is loaded by its place. */
  isLoaded(path: string): boolean;
  /** The export is one that a framework of the file's package looks for. */
  isRead(path: string, name: string): boolean;
}

/** `packages`: each package.json's content by its folder (`""` for the root). */
export function conventionsOf(packages: ReadonlyMap<string, Readonly<Record<string, unknown>>>): PackageConventions {
  const declared = new Map<string, ReadonlySet<string>>();
  for (const [directory, json] of packages) declared.set(directory, dependenciesOf(json));
  const byFolder = new Map<string, readonly Convention[]>();
  const of = (path: string): readonly Convention[] => {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    let known = byFolder.get(folder);
    if (known === undefined) byFolder.set(folder, (known = around(folder, declared)));
    return known;
  };
  return {
    isLoaded: (path) => of(path).some(({ files }) => files.test(path)),
    isRead: (path, name) => of(path).some(({ names }) => names.test(name)),
  };
}

/** Of its own package and of those around it: a workspace's root declares for all of them. */
function around(folder: string, declared: ReadonlyMap<string, ReadonlySet<string>>): readonly Convention[] {
  const names = new Set<string>();
  let isDeclared = false;
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    const own = declared.get(at);
    if (own !== undefined) isDeclared = true;
    for (const name of own ?? []) names.add(name);
    if (at === "") break;
  }
  if (!isDeclared) return [undeclared];
  return [...conventions, anyRoute].filter(({ packages }) => packages.some((name) => names.has(name)));
}

function dependenciesOf(json: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const section of ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"]) {
    const list = json[section];
    if (typeof list === "object" && list !== null) for (const name of Object.keys(list)) names.add(name);
  }
  return names;
}
