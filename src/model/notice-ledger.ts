/** The port of the ledger of notices: what was said where, so that it is said once, and what is still to be said. */
import type { Notice } from "./notifier.ts";

/** One notice in one place. */
export interface NoticePlace {
  readonly channel: string;
  /** The channel's own name of where it goes. */
  readonly target: string;
  readonly key: string;
}

/** A sending: in the ledger before it begins, so that the next process knows of it when this one dies over it. */
export interface NoticeAttempt {
  /** Of this text in this place; the service is told, so that it can be asked whether it has it. */
  readonly id: string;
  readonly digest: string;
  /** ISO time. */
  readonly at: string;
}

export type NoticeClaim =
  /** Nobody else sends it; `before` is how the service knows the message that stands there with another text. */
  | {
      readonly kind: "mine";
      readonly before: string | undefined;
      readonly threadRoot: string | undefined;
      /** Nobody knows whether it arrived: its process died, or the service gave no answer. */
      readonly unsure: NoticeAttempt | undefined;
    }
  | { readonly kind: "unchanged"; readonly reference: string }
  /** Another process is at it right now. */
  | { readonly kind: "busy" };

/** `held`: is sent once the quiet hours are over. `failed`: could not be delivered; a person decides. */
export type KeptState = "held" | "failed";

/** The newest text of a place that was not sent. */
export interface KeptNotice {
  readonly id: string;
  readonly state: KeptState;
  readonly channel: string;
  readonly target: string;
  readonly notice: Notice;
  readonly reason: string;
  /** How often it was tried in vain. */
  readonly attempts: number;
  /** ISO times: since when, and when it was last tried. */
  readonly since: string;
  readonly updatedAt: string;
}

export interface NoticeLedger {
  /** A claim that is neither settled nor released ends with its process, at the latest after two minutes. */
  claim(place: NoticePlace, digest: string, thread: string | undefined): Promise<NoticeClaim>;
  /** Before it is sent. */
  begin(place: NoticePlace, attempt: Omit<NoticeAttempt, "at">): Promise<void>;
  /** What is kept of this place is sent, or overtaken, and forgotten. */
  settle(place: NoticePlace, digest: string, reference: string): Promise<void>;
  /** `isRefused`: the service said no, so it is certain that nothing arrived. */
  release(place: NoticePlace, isRefused: boolean): Promise<void>;
  /** One of a place: a newer text takes the place of the older one. */
  keep(
    kept: Pick<KeptNotice, "state" | "channel" | "target" | "notice" | "reason"> & { readonly digest: string },
  ): Promise<void>;
  /** Oldest first. */
  kept(state?: KeptState): Promise<readonly KeptNotice[]>;
  /** How many of them were there. */
  drop(ids: readonly string[]): Promise<number>;
  close(): Promise<void>;
}
