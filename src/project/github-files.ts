/** Ready-made workflow files for GitHub: pull requests, forks, nights, code scanning. Each with the least permissions. */
import { pinnedActions } from "../model/pinned-actions.ts";
import type { InitFile } from "./init-files.ts";

export interface GithubFacts {
  /** How a workflow names our action: `owner/repo@ref`, with a comment behind it where there is one. */
  readonly action: string;
  readonly defaultBranch: string;
  /** Whether a file of this path exists. */
  readonly exists: (path: string) => boolean;
}

const folder = ".github/workflows";

/** What is there stays as it is. */
export function planGithubFiles(facts: GithubFacts): InitFile[] {
  return [
    {
      name: "codeflow",
      content: pullRequests(facts),
      reason: "checks pull requests, those of forks without any rights",
    },
    {
      name: "codeflow-publish",
      content: publish(facts),
      reason: "publishes what was found for pull requests of forks",
    },
    {
      name: "codeflow-comments",
      content: comments(facts),
      reason: "carries out /codeflow commands in comments on pull requests",
    },
    { name: "codeflow-nightly", content: nightly(facts), reason: "looks at everything every night" },
    {
      name: "codeflow-scanning",
      content: scanning(facts),
      reason: "shows findings of the main branch in code scanning",
    },
  ].map(({ name, content, reason }) => {
    const path = `${folder}/${name}.yml`;
    return facts.exists(path)
      ? { path, action: "keep", content: "", reason: "it exists" }
      : { path, action: "create", content, reason };
  });
}

function pullRequests({ action }: GithubFacts): string {
  return `# Pull requests: comments, a check run, a summary. For pull requests from forks GitHub gives this job no rights and no
# secrets; nothing of theirs is run, and what was found is handed over to codeflow-publish.yml.
name: CodeFlow
on:
  pull_request:
permissions: {}
concurrency:
  group: codeflow-\${{ github.event.pull_request.number }}
  cancel-in-progress: true
jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions:
      # GitHub resolves threads only for those who may write contents. With read, a comment says that its finding is gone.
      contents: read
      checks: write
      pull-requests: write
    steps:
      - uses: ${pinnedActions.checkout}
        with:
          # The lines of the pull request itself, not those of a merge with what others did since.
          ref: \${{ github.event.pull_request.head.sha }}
          persist-credentials: false
      - id: codeflow
        uses: ${action}
      - if: always() && steps.codeflow.outputs.collected != ''
        uses: ${pinnedActions.uploadArtifact}
        with:
          name: codeflow-collected
          path: \${{ steps.codeflow.outputs.collected }}
          retention-days: 1
`;
}

function publish({ action }: GithubFacts): string {
  return `# Publishes what the job above found for a pull request from a fork. It has rights, so it checks nothing out and runs nothing:
# the artifact is read as something that a stranger wrote, and believed only as far as GitHub's API confirms it.
name: CodeFlow, forks
on:
  workflow_run:
    workflows: [CodeFlow]
    types: [completed]
permissions: {}
concurrency:
  group: codeflow-publish-\${{ github.event.workflow_run.head_repository.full_name }}-\${{ github.event.workflow_run.head_branch }}
jobs:
  publish:
    if: >-
      github.event.workflow_run.event == 'pull_request' &&
      github.event.workflow_run.head_repository.full_name != github.repository
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      actions: read
      checks: write
      pull-requests: write
    steps:
      - uses: ${pinnedActions.downloadArtifact}
        with:
          name: codeflow-collected
          path: \${{ runner.temp }}/codeflow-collected
          run-id: \${{ github.event.workflow_run.id }}
          github-token: \${{ github.token }}
      - uses: ${action}
        with:
          command: publish
          collected: \${{ runner.temp }}/codeflow-collected
`;
}

function comments({ action }: GithubFacts): string {
  return `# Commands in comments on pull requests: /codeflow help lists them. Who may command is asked of GitHub, and of \`commands:\` in
# codeflow.yml. The job has rights, so it checks the default branch out, whose configuration and workflows hold; CodeFlow goes
# to the pull request by itself, runs nothing of a fork's and does not push to it.
name: CodeFlow, comments
on:
  issue_comment:
    types: [created]
  pull_request_review_comment:
    types: [created]
permissions: {}
concurrency:
  group: codeflow-comments-\${{ github.event.issue.number || github.event.pull_request.number }}-\${{ github.event.comment.id }}
jobs:
  answer:
    # Cheap questions only, so that most comments start no job. For comments in the diff of a fork GitHub gives no rights.
    if: >-
      (github.event.issue.pull_request || github.event.pull_request.head.repo.full_name == github.repository) &&
      github.event.comment.user.type != 'Bot' &&
      contains(github.event.comment.body, '/codeflow')
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      checks: write
      contents: write
      pull-requests: write
    steps:
      - uses: ${pinnedActions.checkout}
        with:
          ref: \${{ github.event.repository.default_branch }}
          fetch-depth: 0
      - uses: ${action}
        with:
          workflow: pr-comment-handler
`;
}

function nightly({ action }: GithubFacts): string {
  return `# Every night: all analyzers on everything, with the report as a page to download.
name: CodeFlow, nightly
on:
  schedule:
    - cron: "17 3 * * *"
  workflow_dispatch:
permissions: {}
concurrency:
  group: codeflow-nightly
jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: read
    steps:
      - uses: ${pinnedActions.checkout}
        with:
          persist-credentials: false
      - uses: ${action}
        with:
          profile: comprehensive
          reports: html=codeflow-report/index.html
      - if: always()
        uses: ${pinnedActions.uploadArtifact}
        with:
          name: codeflow-report
          path: codeflow-report
          if-no-files-found: ignore
`;
}

function scanning({ action, defaultBranch }: GithubFacts): string {
  return `# Findings of the main branch in GitHub's code scanning. It needs code scanning: public repositories have it.
name: CodeFlow, code scanning
on:
  push:
    branches: [${JSON.stringify(defaultBranch)}]
permissions: {}
concurrency:
  group: codeflow-scanning-\${{ github.ref }}
  cancel-in-progress: true
jobs:
  scan:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read
      security-events: write
    steps:
      - uses: ${pinnedActions.checkout}
        with:
          persist-credentials: false
      - id: codeflow
        uses: ${action}
        with:
          sarif-file: codeflow.sarif
          annotations: "false"
          # Code scanning has a gate of its own.
          fail-on: never
          # Code scanning closes what a report does not name any more: it wants everything.
          base: none
      - uses: ${pinnedActions.uploadSarif}
        with:
          sarif_file: \${{ steps.codeflow.outputs.sarif-file }}
          category: codeflow
`;
}
