/** Clients that die in the middle: nothing half-done is kept, and the server goes on. */
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { shop, startScene } from "./scene.ts";
import { gitEnvironment } from "./world/git.ts";

const run = promisify(execFile);

describe("a client that dies", () => {
  it("before its body was sent leaves nothing; after it, all of its work", async () => {
    const { github, pull, octokit, token } = await startScene();
    const send = async (text: string): Promise<void> => {
      const socket = connect(Number(new URL(github.url).port), "127.0.0.1");
      const body = JSON.stringify({ body: text });
      const head = `POST /repos/ada/shop/issues/1/comments HTTP/1.1\r\nHost: x\r\nAuthorization: token ${token}\r\n`;
      const bytes = `${head}Content-Length: ${body.length}\r\n\r\n${text === "half" ? body.slice(0, 8) : body}`;
      await new Promise<void>((resolve) => {
        const die = (): void => {
          socket.destroy();
          resolve();
        };
        // Half a request never counts as arrived.
        if (text === "half") {
          socket.write(bytes, die);
          return;
        }
        const stop = github.requests.watch((_request, phase) => {
          if (phase !== "arrived") return;
          stop();
          die();
        });
        socket.write(bytes);
      });
    };
    await send("half");
    await send("whole");
    await octokit.rest.issues.createComment({ ...shop, issue_number: 1, body: "later" });
    expect(pull.view().comments.map((comment) => comment.body)).toEqual(["whole", "later"]);
  });

  it("in the middle of a push moves no branch", async () => {
    const { github, repository, pull, octokit } = await startScene();
    const dir = mkdtempSync(join(tmpdir(), "github-push-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const env = gitEnvironment({ name: "Ben", email: "ben@example.com", date: new Date("2026-01-01T00:00:00Z") });
    const git = (...args: string[]) => run("git", args, { cwd: dir, env });
    await git("clone", "--quiet", "--branch", "topic", repository.cloneUrl(github.personalToken("ben")), ".");
    writeFileSync(join(dir, "large.bin"), randomBytes(24 * 1024 * 1024));
    await git("add", "-A");
    await git("commit", "--quiet", "-m", "Large");
    const before = pull.headSha();
    const child = spawn("git", ["push", "--quiet", "origin", "topic"], {
      cwd: dir,
      env,
      stdio: "ignore",
      detached: true,
    });
    let packs = 0;
    const stop = github.requests.watch((request, phase) => {
      if (phase !== "arrived" || !request.path.endsWith("git-receive-pack")) return;
      packs += 1;
      // The first is git's probe whether it may push at all; the second carries the pack.
      if (packs < 2 || child.pid === undefined) return;
      stop();
      process.kill(-child.pid, "SIGKILL");
    });
    await new Promise((resolve) => child.on("close", resolve));
    expect(packs).toBe(2);
    expect((await octokit.rest.pulls.get({ ...shop, pull_number: 1 })).data.head.sha).toBe(before);
    await git("push", "--quiet", "origin", "topic");
    const { stdout } = await git("rev-parse", "HEAD");
    expect(pull.headSha()).toBe(stdout.trim());
  });

  it("does not disturb others who write at the same time", async () => {
    const { pull, octokit } = await startScene();
    const bodies = Array.from({ length: 20 }, (_, index) => `note ${index}`);
    await Promise.all(bodies.map((body) => octokit.rest.issues.createComment({ ...shop, issue_number: 1, body })));
    expect(
      pull
        .view()
        .comments.map((comment) => comment.body)
        .sort(),
    ).toEqual(bodies.sort());
  });
});
