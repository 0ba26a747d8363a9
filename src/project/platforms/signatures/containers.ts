/** Containers and what runs them. */
import { file, files, type SignatureTable } from "../signature.ts";

export const containers: SignatureTable = {
  kind: "container",
  rows: [
    {
      id: "docker",
      name: "Docker",
      signals: [
        ...files(["Dockerfile", "Containerfile"], "definitive", { where: "anywhere" }),
        ...files(["Dockerfile.*", "*.Dockerfile", "*.dockerfile"], "strong", { where: "anywhere", text: /^FROM\s/im }),
      ],
      confirmed: "C I",
    },
    {
      id: "docker-compose",
      name: "Docker Compose",
      signals: files(["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"], "definitive", {
        where: "anywhere",
      }),
      confirmed: "C I",
    },
    {
      id: "helm",
      name: "Helm",
      signals: [file.definitive("Chart.yaml", { where: "anywhere", text: /^apiVersion:\s*["']?v[12]\b/m })],
      confirmed: "C I",
    },
    {
      id: "kustomize",
      name: "Kustomize",
      signals: files(["kustomization.yaml", "kustomization.yml"], "definitive", { where: "anywhere" }),
      confirmed: "C I",
    },
    {
      id: "skaffold",
      name: "Skaffold",
      signals: files(["skaffold.yaml", "skaffold.yml"], "definitive", { text: /^apiVersion:\s*["']?skaffold\//m }),
      confirmed: "C I",
    },
  ],
};
