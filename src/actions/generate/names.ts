/** The spellings of one name that templates need. */
import { StepFailed } from "../../model/action.ts";

export interface Spellings {
  /** `UserCard` */
  readonly pascal: string;
  /** `userCard` */
  readonly camel: string;
  /** `user-card` */
  readonly kebab: string;
}

export function spell(name: string): Spellings {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[\s_-]+/)
    .filter((word) => word !== "");
  if (words.length === 0 || !words.every((word) => /^[A-Za-z\d]+$/.test(word)) || !/^[A-Za-z]/.test(words[0] ?? "")) {
    throw new StepFailed(`"${name}" cannot be a name: write letters and digits, words apart by - or capital letters`);
  }
  const lower = words.map((word) => word.toLowerCase());
  const pascal = lower.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return { pascal, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1), kebab: lower.join("-") };
}
