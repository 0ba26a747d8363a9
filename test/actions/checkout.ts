/** Builds the repository of an action's case with real git: the same commits, to the last bit, every time. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CodeHostSeed } from "../contract/fakes/host-state.ts";
import type { ActionCase, FileContent } from "./case.ts";

const firstDate = Date.parse("2026-01-01T00:00:00Z");
const identity = { GIT_COMMITTER_NAME: "Dev", GIT_COMMITTER_EMAIL: "dev@example.invalid" };

export class CaseCheckout {
  readonly root: string;
  readonly #env: NodeJS.ProcessEnv;
  /** As it was before branches were left to the remote alone. */
  #whole: ReturnType<CaseCheckout["seed"]> | undefined;

  constructor(root: string, env: NodeJS.ProcessEnv) {
    this.root = root;
    this.#env = env;
  }

  git(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
    const options = { cwd: this.root, env: { ...this.#env, ...env }, maxBuffer: 2 ** 28 };
    return execFileSync("git", ["-c", "core.quotepath=false", ...args], options).toString();
  }

  build(given: ActionCase, origin: string): void {
    mkdirSync(this.root, { recursive: true });
    this.git(["init", "-q", "-b", "main"]);
    this.write(given.files);
    this.#commit("first", "Dev <dev@example.invalid>", firstDate);
    for (const [index, commit] of given.commits.entries()) {
      if (commit.branch !== undefined) {
        const isThere = this.git(["branch", "--list", commit.branch]) !== "";
        this.git(["switch", "-q", ...(isThere ? [] : ["-c"]), commit.branch]);
      }
      const date = commit.date === undefined ? firstDate + (index + 1) * 60_000 : Date.parse(commit.date);
      if (commit.merge !== undefined) {
        this.git(["merge", "-q", "--no-ff", "-m", commit.message, commit.merge], this.#dated(commit.author, date));
      } else {
        this.write(commit.files);
        this.#commit(commit.message, commit.author, date);
      }
      if (commit.tag !== undefined) this.git(["tag", commit.tag]);
    }
    if (given.remote) {
      this.git(["init", "-q", "--bare", "-b", "main", origin]);
      this.git(["remote", "add", "origin", origin]);
      this.git(["push", "-q", "--all", "origin"]);
      this.git(["push", "-q", "--tags", "origin"]);
      this.git(["remote", "set-head", "origin", "main"]);
    }
    if (given["remote-only"].length > 0) {
      this.#whole = this.seed();
      this.git(["switch", "-q", "main"]);
      for (const name of given["remote-only"]) {
        this.git(["branch", "-q", "-D", name]);
        this.git(["update-ref", "-d", `refs/remotes/origin/${name}`]);
      }
      // Not even its commits: they must be fetched.
      this.git(["reflog", "expire", "--expire=now", "--all"]);
      this.git(["gc", "-q", "--prune=now"]);
    }
    const head = given.change?.head;
    if (head !== undefined) {
      this.git(["switch", "-q", ...(this.git(["branch", "--list", head]) === "" ? ["--detach"] : []), head]);
    }
    if (given.shallow) writeFileSync(join(this.root, ".git/shallow"), this.git(["rev-parse", "HEAD"]));
    this.write(given.untracked);
  }

  write(files: Readonly<Record<string, FileContent>>): void {
    for (const [path, content] of Object.entries(files)) {
      const place = join(this.root, path);
      mkdirSync(dirname(place), { recursive: true });
      rmSync(place, { force: true });
      if (content === null) continue;
      if (typeof content === "string") writeFileSync(place, content);
      else if ("base64" in content) writeFileSync(place, Buffer.from(content.base64, "base64"));
      else if ("symlink" in content) symlinkSync(content.symlink, place);
      else {
        writeFileSync(place, content.executable);
        chmodSync(place, 0o755);
      }
    }
  }

  /** Commits, branches and tags, as the code host in memory is told them. */
  seed(): Pick<CodeHostSeed, "commits" | "branches" | "tags"> {
    if (this.#whole !== undefined) return this.#whole;
    const refs = (folder: string): Record<string, string> =>
      Object.fromEntries(
        this.git(["for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", folder])
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => line.split(" ") as [string, string]),
      );
    return { commits: this.history(), branches: refs("refs/heads"), tags: refs("refs/tags") };
  }

  /** All commits, with their whole trees, the oldest first. */
  history(): NonNullable<CodeHostSeed["commits"]> {
    const records = this.git([
      "log",
      "--all",
      "--reverse",
      "--topo-order",
      "--format=%H%x1f%P%x1f%an%x1f%cI%x1f%B%x1e",
    ]);
    return records.split("\x1e").flatMap((record) => {
      const [sha = "", parents = "", author = "", date = "", message = ""] = record.trimStart().split("\x1f");
      if (sha === "") return [];
      const files: Record<string, string> = {};
      for (const path of this.git(["ls-tree", "-r", "-z", "--name-only", sha]).split("\0")) {
        if (path !== "") files[path] = this.git(["show", `${sha}:${path}`]);
      }
      const at = new Date(date).toISOString();
      return [
        {
          sha,
          parents: parents.split(" ").filter((id) => id !== ""),
          author,
          date: at,
          message: message.trim(),
          files,
        },
      ];
    });
  }

  /** The commit that git knows by this name, `origin`'s branches among them. */
  commit(name: string): string {
    const there = this.#whole?.branches?.[name];
    return there ?? this.git(["rev-parse", "--verify", `${name}^{commit}`]).trim();
  }

  /** Branches of `origin`, with their commits. */
  pushed(): Record<string, string> {
    const lines = this.git(["ls-remote", "--heads", "origin"]).split("\n");
    return Object.fromEntries(
      lines.flatMap((line) => {
        const [, sha, name] = /^(\w+)\trefs\/heads\/(.+)$/.exec(line) ?? [];
        return sha === undefined || name === undefined ? [] : [[name, sha]];
      }),
    );
  }

  #commit(message: string, author: string, date: number): void {
    this.git(["add", "-A"]);
    this.git(["commit", "-q", "--allow-empty", "--no-verify", "-m", message], this.#dated(author, date));
  }

  #dated(author: string, date: number): NodeJS.ProcessEnv {
    const [, name = author, email = "dev@example.invalid"] = /^(.*?) <(.*)>$/.exec(author) ?? [];
    const at = `${Math.floor(date / 1_000)} +0000`;
    return { ...identity, GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
  }
}
