/** What every notifier must do; run by the one in memory and by each adapter on a local server of its service. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Notice, Notifier } from "../../src/model/notifier.ts";

export interface NotifierStage {
  readonly notifier: Notifier;
  /** One that works. */
  readonly channel: string;
  /** One that policy or the hour keeps silent, where there is such a thing. */
  readonly quiet?: string;
  /** One that cannot be reached. */
  readonly broken?: string;
  /** Whether a sent message can be changed; true unless said. */
  readonly canUpdate?: boolean;
  /** What people see on the working channel, oldest first; messages of one thread have the same `thread`. */
  messages(): Promise<readonly { readonly text: string; readonly thread?: string }[]>;
}

const refusal = { code: expect.stringMatching(/^CF7\d\d$/) };
const notice: Notice = {
  key: "gate/octo/demo#7",
  title: "The gate failed on #7",
  body: "Two **new** errors.",
  url: "https://example.org/7",
  severity: "error",
  facts: [{ name: "new", value: "2" }],
};

export function notifierContract(name: string, open: () => Promise<NotifierStage>): void {
  describe(`notifier contract: ${name}`, () => {
    let stage: NotifierStage;
    beforeEach(async () => {
      stage = await open();
    });
    const send = (change: Partial<Notice> = {}, channel = stage.channel) =>
      stage.notifier.send(channel, { ...notice, ...change });

    it("says what there is to say, once", async () => {
      expect((await send()).status).toBe("sent");
      expect((await send()).status).toBe("unchanged");
      const messages = await stage.messages();
      expect(messages).toHaveLength(1);
      expect(messages[0]?.text).toContain("The gate failed on #7");
      expect(messages[0]?.text).toMatch(/Two \W*new\W* errors\./);
    });

    it("changes what it said, or says it again where that cannot be changed", async () => {
      await send();
      const second = await send({ title: "The gate passed on #7", severity: "success" });
      const messages = await stage.messages();
      if (stage.canUpdate === false) {
        expect(second.status).toBe("sent");
        expect(messages).toHaveLength(2);
      } else {
        expect(second.status).toBe("updated");
        expect(messages).toHaveLength(1);
      }
      expect(messages.at(-1)?.text).toContain("The gate passed on #7");
      expect((await send({ title: "The gate passed on #7", severity: "success" })).status).toBe("unchanged");
    });

    it("keeps apart what is about something else", async () => {
      await send();
      expect((await send({ key: "gate/octo/demo#8" })).status).toBe("sent");
      expect(await stage.messages()).toHaveLength(2);
    });

    it("hangs together what has a thread", async () => {
      await send({ thread: "octo/demo#7" });
      await send({ key: "other", thread: "octo/demo#7" });
      await send({ key: "elsewhere", thread: "octo/demo#8" });
      const threads = (await stage.messages()).map(({ thread }) => thread);
      if (threads[0] === undefined) return expect(threads).toEqual([undefined, undefined, undefined]);
      expect(threads[1]).toBe(threads[0]);
      expect(threads[2]).not.toBe(threads[0]);
    });

    it("takes long and odd texts", async () => {
      const body = `<!channel> @everyone & \u{1f600}\n\n${"many words ".repeat(20_000)}`;
      expect((await send({ body })).status).toBe("sent");
      expect((await send({ body })).status).toBe("unchanged");
    });

    it("says why it kept silent", async () => {
      if (stage.quiet === undefined) return expect(stage.notifier.channels).toContain(stage.channel);
      expect(await send({}, stage.quiet)).toEqual({ status: "withheld", reason: expect.stringMatching(/./) });
      expect(await stage.messages()).toEqual([]);
    });

    it("refuses channels that are not there or do not answer", async () => {
      await expect(send({}, "no-such-channel")).rejects.toMatchObject(refusal);
      if (stage.broken !== undefined) await expect(send({}, stage.broken)).rejects.toMatchObject(refusal);
      expect(stage.notifier.channels).not.toContain("no-such-channel");
    });
  });
}
