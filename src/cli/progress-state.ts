/** How far a check is, from its events to the words and the bar that are shown. */
import type { CheckEvent } from "../app/check.ts";

export interface ProgressFrame {
  /** What goes on: `looking at files`. */
  readonly phase: string;
  /** Undefined while nobody knows how much there is to do. */
  readonly bar: { readonly done: string; readonly left: string } | undefined;
  /** `1,204 of 3,411 files`; empty without a bar. */
  readonly amount: string;
  /** `311 findings so far · 4.2 s`. */
  readonly facts: string;
  /** Who is still at work; empty when nobody is. */
  readonly working: string;
}

const widestBar = 24;
const narrowestBar = 4;
/** Before, between and behind phase, bar and amount. */
const spaces = 6;

/** Follows one check. Takes hundreds of thousands of events: it counts, and nothing else. */
export class CheckProgress {
  #phase: "opening" | "files" | "base" = "opening";
  #planned: number | undefined;
  #looked = 0;
  #findings = 0;
  #working = new Set<string>();

  take(event: CheckEvent): void {
    switch (event.type) {
      case "started":
        // A second time after fixes were applied: everything is counted anew.
        this.#start("files", event.analyzers);
        this.#findings = 0;
        break;
      case "base":
        this.#start("base", event.analyzers);
        break;
      case "planned":
        this.#planned = event.files;
        break;
      case "looked":
        this.#looked += event.files;
        break;
      case "progress":
        // What the base has is not what the report will show.
        if (this.#phase !== "base") this.#findings += event.findings;
        break;
      case "finished":
        this.#working.delete(event.analyzer);
        break;
      default:
        event satisfies never;
    }
  }

  #start(phase: "files" | "base", analyzers: readonly string[]): void {
    this.#phase = phase;
    this.#planned = undefined;
    this.#looked = 0;
    this.#working = new Set(analyzers);
  }

  /** `width`: columns that a line may take. */
  frame(elapsedMs: number, width: number): ProgressFrame {
    const planned = this.#planned ?? 0;
    const phase = this.#phaseName();
    const amountOf = (looked: number): string => `${number(looked)} of ${number(planned)} ${plural(planned, "file")}`;
    // Room for the last amount from the beginning: the bar must not change its size.
    const room = Math.min(widestBar, width - phase.length - amountOf(planned).length - spaces);
    const filled = planned === 0 ? 0 : Math.floor((this.#looked / planned) * room);
    return {
      phase,
      bar:
        planned === 0 || room < narrowestBar
          ? undefined
          : { done: "█".repeat(filled), left: "░".repeat(room - filled) },
      amount: planned === 0 ? "" : amountOf(this.#looked),
      facts: [
        ...(this.#phase === "opening" ? [] : [`${number(this.#findings)} ${plural(this.#findings, "finding")} so far`]),
        duration(elapsedMs),
      ].join(" · "),
      working: this.#working.size === 0 ? "" : `working: ${shortList([...this.#working].sort(), width - 12)}`,
    };
  }

  /** One plain line, for logs. */
  line(elapsedMs: number): string {
    const { phase, amount, facts, working } = this.frame(elapsedMs, 100);
    return [phase, amount, facts, working].filter((part) => part !== "").join(" · ");
  }

  #phaseName(): string {
    if (this.#phase === "opening") return "reading the repository";
    if (this.#working.size === 0) return "putting the findings together";
    if (this.#planned !== undefined && this.#planned > 0 && this.#looked >= this.#planned) {
      return "waiting for the last analyzers";
    }
    return this.#phase === "base" ? "comparing with the base" : "looking at files";
  }
}

/** As many words as fit, and the number of the others. */
export function shortList(words: readonly string[], width: number): string {
  const whole = words.join(", ");
  if (whole.length <= width || words.length < 2) return whole;
  let shown = words.length - 1;
  const text = (): string => `${words.slice(0, shown).join(", ")} and ${words.length - shown} more`;
  while (shown > 1 && text().length > width) shown--;
  return text();
}

export function duration(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}
