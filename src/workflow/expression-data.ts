/** Plain values as GitHub's evaluator sees them, and back. What an expression does not ask for is never converted. */
import { data } from "@actions/expressions";

type Data = ReturnType<data.Dictionary["values"]>[number];

const nothing = new data.Null();
const yes = new data.BooleanData(true);
const no = new data.BooleanData(false);

/**
 * A map that is wrapped as far as it is asked: an event's payload can have thousands of values. The library's own drops
 * names like `constructor`. A key is found as written before it is found in another case.
 */
class PlainDictionary extends data.Dictionary {
  readonly source: object;
  /** What is in it never changes, so that it is wrapped once for all evaluations. */
  readonly #isKept: boolean;
  /** The same value is the same object each time: `==` of maps is identity. */
  #wrapped: Map<string, Data> | undefined;
  #byLowerCase: Map<string, string> | undefined;

  constructor(source: object, isKept: boolean) {
    super();
    this.source = source;
    this.#isKept = isKept;
  }

  override get(key: string): Data | undefined {
    const name = Object.hasOwn(this.source, key) ? key : this.#named(key);
    if (name === undefined) return undefined;
    let value = this.#wrapped?.get(name);
    if (value === undefined) {
      value = this.wrap(name, (this.source as Record<string, unknown>)[name], this.#isKept);
      this.#wrapped ??= new Map();
      this.#wrapped.set(name, value);
    }
    return value;
  }

  protected wrap(_name: string, value: unknown, isKept: boolean): Data {
    return isKept ? keptData(value) : toData(value);
  }

  override values(): Data[] {
    return this.pairs().map(({ value }) => value);
  }

  override pairs(): { key: string; value: Data }[] {
    return Object.keys(this.source).flatMap((key) => {
      const value = this.get(key);
      return value === undefined || (this.source as Record<string, unknown>)[key] === undefined ? [] : [{ key, value }];
    });
  }

  #named(key: string): string | undefined {
    if (this.#byLowerCase === undefined) {
      this.#byLowerCase = new Map();
      for (const name of Object.keys(this.source)) {
        const lower = name.toLowerCase();
        if (!this.#byLowerCase.has(lower)) this.#byLowerCase.set(lower, name);
      }
    }
    return this.#byLowerCase.get(key.toLowerCase());
  }
}

class PlainArray extends data.Array {
  readonly source: readonly unknown[];
  readonly #isKept: boolean;
  #wrapped: Data[] | undefined;

  constructor(source: readonly unknown[], isKept: boolean) {
    super();
    this.source = source;
    this.#isKept = isKept;
  }

  override get(index: number): Data {
    return this.values()[index] ?? nothing;
  }

  override values(): Data[] {
    this.#wrapped ??= this.source.map((each) => (this.#isKept ? keptData(each) : toData(each)));
    return this.#wrapped;
  }
}

/** What JSON has no word for is null. */
export function toData(value: unknown): Data {
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return value ? yes : no;
  if (Array.isArray(value)) return new PlainArray(value, false);
  if (typeof value === "object" && value !== null) return new PlainDictionary(value, false);
  return nothing;
}

const kept = new WeakMap<object, Data>();

/** Of an event: its payload can be large, is asked again and again, and stays as it was delivered. */
function keptData(value: unknown): Data {
  if (typeof value !== "object" || value === null) return toData(value);
  let found = kept.get(value);
  if (found === undefined) {
    found = Array.isArray(value) ? new PlainArray(value, true) : new PlainDictionary(value, true);
    kept.set(value, found);
  }
  return found;
}

export function fromData(value: Data): unknown {
  if (value instanceof PlainDictionary || value instanceof PlainArray) return value.source;
  if (value instanceof data.StringData || value instanceof data.NumberData || value instanceof data.BooleanData) {
    return value.value;
  }
  if (value instanceof data.Array) return value.values().map(fromData);
  if (value instanceof data.Dictionary) {
    return Object.fromEntries(value.pairs().map(({ key, value: each }) => [key, fromData(each)]));
  }
  return null;
}

/** The contexts themselves: one that there is nothing of reads as null. */
export function rootOf(contexts: object): data.Dictionary {
  return new Root(contexts, false);
}

class Root extends PlainDictionary {
  override get(key: string): Data {
    return super.get(key) ?? nothing;
  }

  protected override wrap(name: string, value: unknown): Data {
    return name === "event" ? keptData(value) : toData(value);
  }
}
