/** The port of the ledger of notices: what was said where, so that it is said once over all processes. */

/** One notice in one place. */
export interface NoticePlace {
  readonly channel: string;
  /** The channel's own name of where it goes. */
  readonly target: string;
  readonly key: string;
}

export type NoticeClaim =
  /** Nobody else sends it; `before` is how the service knows the message that stands there with another text. */
  | { readonly kind: "mine"; readonly before: string | undefined; readonly threadRoot: string | undefined }
  | { readonly kind: "unchanged"; readonly reference: string }
  /** Another process is at it right now. */
  | { readonly kind: "busy" };

export interface DeadLetter {
  readonly id: string;
  readonly channel: string;
  readonly target: string;
  /** What was to be sent, as it would have been sent. */
  readonly payload: string;
  readonly reason: string;
  readonly attempts: number;
  readonly at: string;
}

export interface NoticeLedger {
  /** A claim that is neither settled nor released ends by itself after two minutes: its process has died. */
  claim(place: NoticePlace, digest: string, thread: string | undefined): Promise<NoticeClaim>;
  settle(place: NoticePlace, digest: string, reference: string): Promise<void>;
  release(place: NoticePlace): Promise<void>;
  addDeadLetter(letter: Omit<DeadLetter, "id" | "at">): Promise<void>;
  /** Newest first. */
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
  close(): Promise<void>;
}
