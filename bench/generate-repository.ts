/** Makes the repository that the budgets are measured on: 14,000 files of several languages, the same for everybody. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Park and Miller's generator: the same files on every machine. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const nouns = [
  "account",
  "order",
  "invoice",
  "session",
  "cursor",
  "widget",
  "policy",
  "report",
  "bucket",
  "ticket",
  "tenant",
  "cart",
];
const verbs = [
  "load",
  "store",
  "merge",
  "parse",
  "render",
  "resolve",
  "update",
  "check",
  "count",
  "filter",
  "index",
  "close",
];

export interface Generated {
  readonly root: string;
  readonly files: number;
}

/** Writes `count` files under `root` and commits them. `root` must be empty or absent. */
export function generateRepository(root: string, count: number): Generated {
  const random = createRandom(20_261_122);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  mkdirSync(root, { recursive: true });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write("package.json", `${JSON.stringify({ name: "generated", private: true, version: "1.0.0" }, null, 2)}\n`);
  write("README.md", "# Generated\n\nFor measurements only.\n");
  let files = 2;
  for (let i = 0; files < count; i++, files++) {
    const folder = `packages/${pick(nouns)}-${i % 10}/src/${pick(verbs)}`;
    const kind = random();
    const name = `${pick(verbs)}-${pick(nouns)}-${i}`;
    if (kind < 0.5) write(`${folder}/${name}.ts`, typescript(i, pick, random));
    else if (kind < 0.75) write(`${folder}/${name.replaceAll("-", "_")}.py`, python(i, pick, random));
    else if (kind < 0.85) write(`${folder}/${name}.json`, json(i, pick));
    else if (kind < 0.93) write(`${folder}/${name}.md`, markdown(i, pick));
    else write(`${folder}/${name}.yml`, yaml(i, pick));
  }
  const git = (...args: string[]): void => {
    const result = spawnSync("git", ["-c", "user.name=Bench", "-c", "user.email=bench@example.invalid", ...args], {
      cwd: root,
      encoding: "utf8",
    });
    if (result.status !== 0) throw new Error(`git ${args.join(" ")}: ${result.stderr}`);
  };
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "generated");
  return { root, files };
}

type Pick = <T>(list: readonly T[]) => T;

function typescript(i: number, pick: Pick, random: () => number): string {
  const lines = [`/** ${pick(verbs)} ${pick(nouns)} ${i}. */`, ""];
  const functions = 2 + Math.floor(random() * 6);
  for (let f = 0; f < functions; f++) {
    const noun = pick(nouns);
    lines.push(
      `export interface ${capital(noun)}${i}${f} {`,
      `  readonly id: string;`,
      `  readonly ${noun}Count: number;`,
      `}`,
      "",
      `export function ${pick(verbs)}${capital(noun)}${f}(items: readonly ${capital(noun)}${i}${f}[], limit = ${f + 3}): number {`,
      `  let total = 0;`,
      `  for (const item of items) {`,
      `    if (item.${noun}Count > limit && item.id !== "") {`,
      `      total += item.${noun}Count * ${Math.floor(random() * 9) + 1};`,
      `    } else if (item.${noun}Count < 0) {`,
      `      throw new RangeError(\`negative ${noun}: \${item.id}\`);`,
      `    }`,
      `  }`,
      `  return total;`,
      `}`,
      "",
    );
  }
  return lines.join("\n");
}

function python(i: number, pick: Pick, random: () => number): string {
  const lines = [
    `"""${capital(pick(verbs))} ${pick(nouns)} ${i}."""`,
    "",
    "from __future__ import annotations",
    "",
    "import json",
    "",
    "",
  ];
  const functions = 2 + Math.floor(random() * 6);
  for (let f = 0; f < functions; f++) {
    const noun = pick(nouns);
    lines.push(
      `def ${pick(verbs)}_${noun}_${f}(items: list[dict[str, int]], limit: int = ${f + 3}) -> str:`,
      `    """Return the ${noun} totals as JSON."""`,
      `    total = 0`,
      `    for item in items:`,
      `        if item["${noun}"] > limit:`,
      `            total += item["${noun}"] * ${Math.floor(random() * 9) + 1}`,
      `        elif item["${noun}"] < 0:`,
      `            raise ValueError(f"negative ${noun}: {item}")`,
      `    return json.dumps({"${noun}": total})`,
      "",
      "",
    );
  }
  return lines.join("\n").trimEnd().concat("\n");
}

function json(i: number, pick: Pick): string {
  const rows = Array.from({ length: 20 }, (_, row) => ({
    id: `${i}-${row}`,
    noun: pick(nouns),
    verb: pick(verbs),
    weight: row * i,
  }));
  return `${JSON.stringify({ rows }, null, 2)}\n`;
}

function markdown(i: number, pick: Pick): string {
  const sections = Array.from(
    { length: 6 },
    (_, n) =>
      `## ${capital(pick(verbs))} ${pick(nouns)} ${n}\n\nThe ${pick(nouns)} of ${i} is there to ${pick(verbs)} the ${pick(nouns)}.\n`,
  );
  return `# Document ${i}\n\n${sections.join("\n")}`;
}

function yaml(i: number, pick: Pick): string {
  const items = Array.from(
    { length: 12 },
    (_, n) => `  - name: ${pick(nouns)}-${n}\n    verb: ${pick(verbs)}\n    weight: ${i + n}\n`,
  );
  return `version: ${i}\nitems:\n${items.join("")}`;
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
