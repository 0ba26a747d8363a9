/** The diff of a pull request in all its forms and at all its limits. */
import { describe, expect, it } from "vitest";
import { refusal, shop, startGithub, startScene, plainClient } from "./scene.ts";

describe("files of a pull request", () => {
  it("tell renames, modes, binaries, submodules and missing newlines apart", async () => {
    const github = await startGithub();
    const long = Array.from({ length: 20 }, (_, index) => `row ${index}`).join("\n");
    const repository = github.addRepository({
      owner: "ada",
      name: "shop",
      files: { "old.txt": long, "pure.txt": `${long}\nend\n`, "run.sh": "echo\n", "gone.txt": "x\n", "pic.bin": "a" },
    });
    repository.commit({
      branch: "topic",
      renames: { "old.txt": "new.txt", "pure.txt": "moved/pure.txt" },
      files: {
        "new.txt": long.replace("row 3", "row three"),
        "run.sh": { content: "echo\n", mode: "100755" },
        "gone.txt": null,
        "pic.bin": new Uint8Array([0, 1, 2, 0]),
        'pfad/ä "b".txt': "no newline",
        lib: { submodule: repository.sha("main") },
      },
    });
    const pull = repository.openPull({ head: "topic" });
    const octokit = plainClient(github, github.forkToken("ada/shop"));
    const { data } = await octokit.rest.pulls.listFiles({ ...shop, pull_number: pull.number });
    const seen = data.map((file) => [file.filename, file.status, file.previous_filename, file.patch !== undefined]);
    expect(seen).toEqual([
      ["gone.txt", "removed", undefined, true],
      ["lib", "added", undefined, true],
      ["moved/pure.txt", "renamed", "pure.txt", false],
      ["new.txt", "renamed", "old.txt", true],
      ['pfad/ä "b".txt', "added", undefined, true],
      ["pic.bin", "modified", undefined, false],
      ["run.sh", "changed", undefined, false],
    ]);
    expect(data[4]?.patch).toBe("@@ -0,0 +1 @@\n+no newline\n\\ No newline at end of file");
    expect(data[3]?.patch).toMatch(/^@@ -1,7 \+1,7 @@\n row 0\n/);
  });

  it("come as text, until they are too many: 406", async () => {
    const { octokit, pull, repository } = await startScene({ limits: { diffFiles: 5, diffLines: 100 } });
    const target = { ...shop, pull_number: pull.number };
    const asText = (format: string) => octokit.rest.pulls.get({ ...target, mediaType: { format } });
    expect(String((await asText("diff")).data)).toContain("diff --git a/src/a.ts b/src/a.ts");
    expect(String((await asText("patch")).data)).toContain("Subject: [PATCH");
    repository.commit({ branch: "topic", files: { "long.txt": "row\n".repeat(100) } });
    expect(await refusal(asText("diff"))).toMatchObject({
      status: 406,
      data: { errors: [{ resource: "PullRequest", field: "diff", code: "too_large" }] },
    });
    const many = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`f${index}.txt`, "x\n"]));
    repository.commit({ branch: "topic", files: { ...many, "long.txt": null } });
    expect((await refusal(asText("diff"))).data.message).toContain("maximum number of files (5)");
  });

  it("end after three thousand, over thirty pages", async () => {
    const { github, octokit, pull, repository } = await startScene();
    const many = Object.fromEntries(Array.from({ length: 3100 }, (_, index) => [`many/f${index}.txt`, "x\n"]));
    repository.commit({ branch: "topic", files: many });
    const target = { ...shop, pull_number: pull.number };
    const files = await octokit.paginate(octokit.rest.pulls.listFiles, { ...target, per_page: 100 });
    expect(files).toHaveLength(3000);
    expect(github.requests.count()).toBe(30);
    expect((await octokit.rest.pulls.get(target)).data.changed_files).toBe(3102);
    const basehead = `main...topic`;
    const compared = await octokit.rest.repos.compareCommitsWithBasehead({ ...shop, basehead });
    expect(compared.data.files).toHaveLength(300);
  });
});
