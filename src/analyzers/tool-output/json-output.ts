/** Reads the JSON that tools print and says which part of it is not what was promised. */

/** A value with its place in the document; every accessor throws when the value is of another kind. */
export class JsonOutput {
  readonly #tool: string;
  readonly #place: string;
  readonly value: unknown;

  constructor(tool: string, value: unknown, place = "its output") {
    this.#tool = tool;
    this.#place = place;
    this.value = value;
  }

  /** True for `null` and for a member that is not there. */
  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  member(key: string): JsonOutput {
    return new JsonOutput(this.#tool, this.#record()[key], `${this.#place}.${key}`);
  }

  list(): JsonOutput[] {
    const { value } = this;
    if (!Array.isArray(value)) throw this.#wrong("a list");
    return value.map((item, index) => new JsonOutput(this.#tool, item, `${this.#place}[${index}]`));
  }

  /** A list that must be there, although Go prints an empty one as `null`. */
  listOrNull(): JsonOutput[] {
    return this.value === null ? [] : this.list();
  }

  /** An absent list is an empty one. */
  listOrEmpty(): JsonOutput[] {
    return this.isAbsent ? [] : this.list();
  }

  entries(): [string, JsonOutput][] {
    return Object.entries(this.#record()).map(([key, value]) => [
      key,
      new JsonOutput(this.#tool, value, `${this.#place}.${key}`),
    ]);
  }

  text(): string {
    if (typeof this.value !== "string") throw this.#wrong("a string");
    return this.value;
  }

  number(): number {
    if (typeof this.value !== "number") throw this.#wrong("a number");
    return this.value;
  }

  textOr<Fallback>(fallback: Fallback): string | Fallback {
    return this.isAbsent ? fallback : this.text();
  }

  numberOr<Fallback>(fallback: Fallback): number | Fallback {
    return this.isAbsent ? fallback : this.number();
  }

  #record(): Record<string, unknown> {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw this.#wrong("an object");
    return value as Record<string, unknown>;
  }

  #wrong(expected: string): Error {
    return new Error(`${this.#tool}: ${this.#place} is not ${expected}`);
  }
}

/** The one JSON document that a tool printed. `stderr` is quoted when there is none: it usually says why. */
export function readJson(tool: string, text: string, stderr = ""): JsonOutput {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${tool} did not print JSON${excerpt(text.trim() === "" ? stderr : text)}`, { cause });
  }
  return new JsonOutput(tool, value);
}

/** One JSON document a line. No line at all is an answer only of tools that print nothing when all is well. */
export function readJsonLines(tool: string, text: string): JsonOutput[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, index) => {
      try {
        return new JsonOutput(tool, JSON.parse(line), `line ${index + 1}`);
      } catch (cause) {
        throw new Error(`${tool} did not print JSON${excerpt(line)}`, { cause });
      }
    });
}

/** The beginning of what a tool said, for an error message. */
export function excerpt(text: string): string {
  const line = text.trim().split("\n").slice(0, 3).join(" ");
  return line === "" ? ": it printed nothing" : `: ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`;
}
