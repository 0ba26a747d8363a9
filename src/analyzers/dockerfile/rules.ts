/** What the Dockerfile analyzer reports, and why. */
import type { RuleDefinition } from "../../model/rule.ts";

const reference = "https://docs.docker.com/reference/dockerfile/";

export const dockerfileRules: readonly RuleDefinition[] = [
  {
    id: "dockerfile/apt-get-asks",
    summary: "`apt-get install` without `-y` waits for an answer and ends the build.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale: "A build has nobody who answers: apt-get stops with an error. Add `-y`.",
  },
  {
    id: "dockerfile/apt-get-update-alone",
    summary: "`apt-get update` in a `RUN` of its own is cached while what is installed later changes.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale:
      "The layer is reused for months; a later `apt-get install` then asks for versions that the mirror no longer has. Write `apt-get update && apt-get install ...` in one `RUN`.",
    helpUrl: "https://docs.docker.com/build/building/best-practices/#apt-get",
  },
  {
    id: "dockerfile/copied-private-key",
    summary: "A private key is copied into the image.",
    category: "security",
    severity: "error",
    recommended: true,
    rationale:
      "It stays in the image's layers even when a later step deletes it. Use `RUN --mount=type=ssh` or `--mount=type=secret`.",
    helpUrl: "https://docs.docker.com/build/building/secrets/",
  },
  {
    id: "dockerfile/duplicate-instruction",
    summary: "Only the last `CMD`, `ENTRYPOINT` or `HEALTHCHECK` of a stage counts.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale: "The others do nothing. Remove them.",
    helpUrl: reference,
  },
  {
    id: "dockerfile/insecure-download",
    summary: "A program is fetched without encryption or without checking the certificate, and run.",
    category: "security",
    severity: "warning",
    recommended: true,
    rationale: "Whoever is between the build and the server decides what runs. Use https and check a checksum.",
  },
  {
    id: "dockerfile/invalid",
    summary: "The build will refuse the file.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "Unknown instructions, missing or surplus arguments, names and references in a form that is not allowed.",
    helpUrl: reference,
  },
  {
    id: "dockerfile/json-in-single-quotes",
    summary: "A JSON form in single quotes is not JSON: it is run as a shell command.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale: "`CMD ['app']` runs `[app]` through a shell. Use double quotes.",
    helpUrl: reference,
  },
  {
    id: "dockerfile/latest-tag",
    summary: "A base image has no tag, or `latest`: the build changes by itself.",
    category: "maintainability",
    severity: "info",
    recommended: false,
  },
  {
    id: "dockerfile/lost-effect",
    summary: "A `RUN` only changes the shell it runs in, so it has no effect.",
    category: "correctness",
    severity: "warning",
    recommended: true,
    rationale: "Each `RUN` has a shell of its own. Use `WORKDIR` for `cd` and `ENV` for `export`.",
    helpUrl: reference,
  },
  {
    id: "dockerfile/root-user",
    summary: "The image runs as root.",
    category: "security",
    severity: "info",
    recommended: false,
  },
  {
    id: "dockerfile/secret-in-image",
    summary: "A secret becomes part of the image.",
    category: "security",
    severity: "warning",
    recommended: true,
    rationale:
      "`ENV` and the defaults of `ARG` are stored in the image, readable for everybody who can pull it. Use `RUN --mount=type=secret`, or give it when the container starts.",
    helpUrl: "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
  },
  {
    id: "dockerfile/unknown-stage",
    summary: "`COPY --from` names a stage that does not exist.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale: "A name that is no earlier stage is pulled as an image; a number must be that of an earlier stage.",
    helpUrl: reference,
  },
];
