/** Places to work without a machine of one's own: settings that only they read. */
import { file, files, type SignatureTable } from "../signature.ts";

export const cloudIdes: SignatureTable = {
  kind: "cloud-ide",
  rows: [
    {
      id: "codesandbox",
      name: "CodeSandbox",
      signals: files([".codesandbox/tasks.json", ".codesandbox/ci.json", "sandbox.config.json"], "definitive"),
      confirmed: "F 6315 P",
    },
    {
      // Editors start these on any machine; that Codespaces reads them too says nothing about who uses it.
      id: "devcontainer",
      name: "Development container",
      signals: [
        file.definitive(".devcontainer/devcontainer.json"),
        file.definitive(".devcontainer/*/devcontainer.json"),
        file.definitive(".devcontainer.json"),
      ],
      confirmed: "C R",
    },
    { id: "devbox", name: "Devbox", signals: [file.definitive("devbox.json", { keys: ["packages"] })], confirmed: "R" },
    {
      id: "gitpod",
      name: "Gitpod (Ona)",
      signals: files([".gitpod.yml", ".ona/config.yaml"], "definitive"),
      confirmed: "C",
    },
    {
      id: "glitch",
      name: "Glitch",
      signals: [file.strong("glitch.json"), file.strong(".glitch-assets")],
      confirmed: "F 829",
    },
    {
      id: "replit",
      name: "Replit",
      signals: [file.definitive(".replit", { where: "root" }), file.strong("replit.nix", { where: "root" })],
      confirmed: "F 2858 S L P I D",
    },
    {
      id: "stackblitz",
      name: "StackBlitz",
      signals: files([".stackblitzrc", ".stackblitz/config.json"], "definitive"),
      confirmed: "C I",
    },
  ],
};
