/** Continuous integration: the files that the services look for, where they look for them. */
import { file, files, type SignatureTable } from "../signature.ts";

const root = { where: "root" } as const;
const atRoot = (...paths: readonly string[]) => files(paths, "definitive", root);

export const ci: SignatureTable = {
  kind: "ci",
  rows: [
    { id: "appveyor", name: "AppVeyor", signals: atRoot("appveyor.yml", ".appveyor.yml"), confirmed: "C" },
    {
      id: "aws-codebuild",
      name: "AWS CodeBuild",
      signals: files(["buildspec.yml", "buildspec.yaml"], "definitive", { text: /^phases:/m }),
      confirmed: "C",
    },
    {
      id: "azure-pipelines",
      name: "Azure Pipelines",
      signals: atRoot("azure-pipelines.yml", "azure-pipelines.yaml", ".azure-pipelines/", ".azuredevops/*.yml"),
      confirmed: "C R",
    },
    {
      id: "bitbucket-pipelines",
      name: "Bitbucket Pipelines",
      signals: atRoot("bitbucket-pipelines.yml"),
      confirmed: "C",
    },
    { id: "bitrise", name: "Bitrise", signals: atRoot("bitrise.yml"), confirmed: "C" },
    {
      id: "buildkite",
      name: "Buildkite",
      signals: atRoot(".buildkite/*.yml", ".buildkite/*.yaml"),
      confirmed: "C",
    },
    { id: "circleci", name: "CircleCI", signals: atRoot(".circleci/config.yml"), confirmed: "C" },
    { id: "cirrus-ci", name: "Cirrus CI", signals: atRoot(".cirrus.yml", ".cirrus.star"), confirmed: "C" },
    { id: "codemagic", name: "Codemagic", signals: atRoot("codemagic.yaml"), confirmed: "C" },
    { id: "drone", name: "Drone", signals: atRoot(".drone.yml", ".drone.star", ".drone.jsonnet"), confirmed: "C" },
    {
      id: "forgejo-actions",
      name: "Gitea or Forgejo Actions",
      signals: atRoot(
        ".gitea/workflows/*.yml",
        ".gitea/workflows/*.yaml",
        ".forgejo/workflows/*.yml",
        ".forgejo/workflows/*.yaml",
      ),
      confirmed: "R",
    },
    {
      id: "github-actions",
      name: "GitHub Actions",
      signals: atRoot(".github/workflows/*.yml", ".github/workflows/*.yaml"),
      confirmed: "C R",
    },
    { id: "gitlab-ci", name: "GitLab CI", signals: atRoot(".gitlab-ci.yml"), confirmed: "C R" },
    {
      id: "google-cloud-build",
      name: "Google Cloud Build",
      signals: files(["cloudbuild.yaml", "cloudbuild.yml", "cloudbuild.json"], "definitive"),
      confirmed: "C R",
    },
    {
      // Anywhere: large projects have one for each job.
      id: "jenkins",
      name: "Jenkins",
      signals: [file.definitive("Jenkinsfile"), file.strong("Jenkinsfile.*")],
      confirmed: "L (jenkinsci/jenkins and apache/dubbo have it at the root) D",
    },
    { id: "semaphore", name: "Semaphore", signals: atRoot(".semaphore/semaphore.yml"), confirmed: "F 1948" },
    { id: "teamcity", name: "TeamCity", signals: atRoot(".teamcity/"), confirmed: "C" },
    {
      id: "tekton",
      name: "Tekton",
      signals: files([".tekton/*.yaml", ".tekton/*.yml"], "definitive", {
        ...root,
        text: /^[ \t]*apiVersion:\s*["']?tekton\.dev\//m,
      }),
      confirmed: "C R",
    },
    { id: "travis", name: "Travis CI", signals: atRoot(".travis.yml"), confirmed: "C R" },
    { id: "vela", name: "Vela", signals: atRoot(".vela.yml", ".vela.yaml"), confirmed: "C R" },
    {
      id: "woodpecker",
      name: "Woodpecker",
      signals: atRoot(".woodpecker.yml", ".woodpecker.yaml", ".woodpecker/*.yml", ".woodpecker/*.yaml"),
      confirmed: "C R",
    },
  ],
};
