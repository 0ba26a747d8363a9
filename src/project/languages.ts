/** Languages by file name, to say what a repository is made of. */

const byExtension: Readonly<Record<string, string>> = {
  bash: "Shell",
  c: "C",
  cc: "C++",
  cjs: "JavaScript",
  clj: "Clojure",
  cpp: "C++",
  cs: "C#",
  css: "CSS",
  cts: "TypeScript",
  cxx: "C++",
  dart: "Dart",
  erl: "Erlang",
  ex: "Elixir",
  exs: "Elixir",
  fs: "F#",
  go: "Go",
  h: "C",
  hh: "C++",
  hpp: "C++",
  hs: "Haskell",
  html: "HTML",
  java: "Java",
  jl: "Julia",
  js: "JavaScript",
  jsx: "JavaScript",
  kt: "Kotlin",
  kts: "Kotlin",
  less: "CSS",
  lua: "Lua",
  m: "Objective-C",
  mjs: "JavaScript",
  ml: "OCaml",
  mm: "Objective-C",
  mts: "TypeScript",
  php: "PHP",
  pl: "Perl",
  pm: "Perl",
  ps1: "PowerShell",
  py: "Python",
  pyi: "Python",
  r: "R",
  rb: "Ruby",
  rs: "Rust",
  sass: "CSS",
  scala: "Scala",
  scss: "CSS",
  sh: "Shell",
  sql: "SQL",
  svelte: "Svelte",
  swift: "Swift",
  tf: "Terraform",
  ts: "TypeScript",
  tsx: "TypeScript",
  vue: "Vue",
  zig: "Zig",
};

/** Most files first; what is data or prose is no language here. */
export function countLanguages(paths: Iterable<string>): { readonly name: string; readonly files: number }[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const dot = name.lastIndexOf(".");
    const language = dot <= 0 ? undefined : byExtension[name.slice(dot + 1).toLowerCase()];
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, files]) => ({ name, files }))
    .sort((a, b) => b.files - a.files || (a.name < b.name ? -1 : 1));
}
