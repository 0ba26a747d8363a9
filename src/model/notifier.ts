/** The port of notices: short messages to people, outside of pull requests and trackers. */

export interface Notice {
  /**
   * Stable name of what the notice is about (`gate/owner/repo#12`): a second notice with the same key and the same text
   * is not sent, one with another text updates the first where the service can.
   */
  readonly key: string;
  /** One line, plain text. */
  readonly title: string;
  /** Markdown (CommonMark); each service translates and cuts it to its limits. */
  readonly body?: string;
  readonly url?: string;
  readonly severity: "error" | "warning" | "info" | "success";
  readonly facts?: readonly { readonly name: string; readonly value: string }[];
  /** Messages with the same thread hang together (one per pull request). */
  readonly thread?: string;
  /** Contains code of the repository: withheld where policy says so. */
  readonly hasCode?: boolean;
}

export type NoticeOutcome =
  | { readonly status: "sent" | "updated" | "unchanged"; readonly id?: string; readonly url?: string }
  /** Quiet hours, policy, nobody there to tell: with the reason. */
  | { readonly status: "withheld"; readonly reason: string };

export interface Notifier {
  /** `slack`, `webhook`, `axolo`, … */
  readonly channels: readonly string[];
  /**
   * `to`: a channel's target in its own terms (`#builds`, a URL's name in the configuration); its default otherwise.
   * Throws a Failure when the service cannot be reached or refuses, after its retries.
   */
  send(channel: string, notice: Notice, options?: { readonly to?: string }): Promise<NoticeOutcome>;
}
