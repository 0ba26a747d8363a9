/** Who runs what, and whether they still live. */
import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { createExec } from "../../../src/system/exec.ts";
import { processOwner } from "../../../src/system/process-owner.ts";
import { sleep } from "../../../src/system/sleep.ts";

it("knows the living from the dead, and those of other machines as alive", async () => {
  const me = processOwner();
  expect(processOwner().id).not.toBe(me.id);
  expect(me.isAlive(me.id)).toBe(true);
  const child = spawn(process.execPath, ["-e", ""]);
  const [host, namespace] = me.id.split("/");
  await new Promise((resolve) => child.once("close", resolve));
  expect(me.isAlive(`${host}/${namespace}/${child.pid}/x`)).toBe(false);
  expect(me.isAlive(`elsewhere/${namespace}/${child.pid}/x`)).toBe(true);
  expect(me.isAlive("nonsense")).toBe(true);
});

it("sleeps until it is woken", async () => {
  const stop = new AbortController();
  const started = performance.now();
  setTimeout(() => stop.abort(new Error("wake")), 20);
  // Longer than Node's timers can count.
  await expect(sleep(2 ** 40, stop.signal)).rejects.toThrow("wake");
  expect(performance.now() - started).toBeLessThan(5_000);
  await sleep(1, new AbortController().signal);
});

it.skipIf(process.platform === "win32")("hears of output while the program still runs", async () => {
  const heard: string[] = [];
  const exec = createExec({ PATH: process.env["PATH"] });
  const result = await exec({
    command: "sh",
    args: ["-c", "echo out; echo err >&2"],
    cwd: "/",
    onOutput: (chunk, stream) => heard.push(`${stream} ${Buffer.from(chunk).toString().trim()}`),
  });
  expect(heard.sort()).toEqual(["stderr err", "stdout out"]);
  expect(result.stdout.toString()).toBe("out\n");
});
