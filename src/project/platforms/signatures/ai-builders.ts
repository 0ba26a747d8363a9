/** AI application builders: what they leave in the repositories that they export to. */
import { dependency, file, files, people, projectName, type SignatureTable, tool, trailer } from "../signature.ts";

/** A package that only the builder's own exports have: to be developed with it is what it is for. */
const tagger = (name: string) => tool("npm", name, "definitive");

/** A sentence that the builder writes into README.md; the builder's name in somebody's own words is none. */
const readme = (text: RegExp, strength: "definitive" | "weak") => file[strength]("README.md", { text });

export const aiBuilders: SignatureTable = {
  kind: "ai-builder",
  rows: [
    {
      // Its exports have no package of it: the name is an alias in vite.config.ts.
      id: "anything",
      name: "Anything (Create)",
      signals: [
        ...files(["src/__create/PolymorphicComponent.tsx", "src/__create/fetch.ts", "__create/index.ts"], "strong"),
      ],
      confirmed: "F 11 (the component alone) S (src/__create/, @auth/create/react)",
    },
    {
      id: "base44",
      name: "Base44",
      signals: [
        file.definitive("base44/config.jsonc"),
        tagger("@base44/sdk"),
        tagger("@base44/vite-plugin"),
        projectName("base44-app"),
        people(/\bbase44-builder\[bot\]/, "commits by base44-builder[bot]"),
      ],
      confirmed: "F 2406 S L",
    },
    {
      id: "blink",
      name: "Blink",
      signals: [tagger("@blinkdotnew/sdk")],
      confirmed: "S",
    },
    {
      id: "bolt",
      name: "Bolt.new",
      signals: [file.definitive(".bolt/config.json"), file.definitive(".bolt/prompt")],
      confirmed: "F 467, F 1477",
    },
    {
      id: "dyad",
      name: "Dyad",
      signals: [tagger("@dyad-sh/react-vite-component-tagger"), file.weak("AI_RULES.md")],
      confirmed: "S",
    },
    {
      id: "emergent",
      name: "Emergent",
      signals: [
        file.definitive(".emergent/emergent.yml"),
        tagger("@emergentbase/visual-edits"),
        dependency("pypi", "emergentintegrations", "definitive", "definitive"),
        ...files(["index.html", "public/index.html"], "strong", {
          text: /<script\b[^<>]{0,300}\bsrc=["']https:\/\/assets\.emergent\.sh\//m,
        }),
        people(/<github@emergent\.sh>/, "commits by github@emergent.sh"),
      ],
      confirmed: "F 2088 S L",
    },
    {
      id: "figma-make",
      name: "Figma Make",
      signals: [
        readme(
          /^[ \t]*This is a code bundle for .{1,200}\. The original project is available at https:\/\/www\.figma\.com\//m,
          "definitive",
        ),
      ],
      confirmed: "S",
    },
    {
      id: "firebase-studio",
      name: "Firebase Studio",
      signals: [file.definitive(".idx/dev.nix"), file.strong(".idx/airules.md")],
      confirmed: "RS",
    },
    {
      id: "flutterflow",
      name: "FlutterFlow",
      signals: [file.strong("lib/flutter_flow/flutter_flow_theme.dart")],
      confirmed: "F 5232",
    },
    {
      id: "github-spark",
      name: "GitHub Spark",
      signals: [
        dependency("npm", "@github/spark", "definitive", "definitive"),
        file.strong("spark.meta.json"),
        file.weak("runtime.config.json", { beside: ["spark.meta.json"] }),
      ],
      confirmed: "F 33 S",
    },
    {
      id: "google-ai-studio",
      name: "Google AI Studio",
      signals: [
        readme(/^#{1,2} Run and deploy your AI Studio app\b/m, "definitive"),
        file.strong("metadata.json", { keys: ["requestFramePermissions"] }),
        file.strong("index.html", { text: /["']https:\/\/aistudiocdn\.com\//m }),
      ],
      confirmed: "S (all three)",
    },
    {
      id: "hostinger-horizons",
      name: "Hostinger Horizons",
      signals: [file.definitive("plugins/visual-editor/vite-plugin-react-inline-editor.js")],
      confirmed: "S",
    },
    {
      id: "lovable",
      name: "Lovable",
      signals: [
        file.definitive(".lovable/plan.md"),
        file.definitive(".lovable/project.json"),
        tool("npm", "lovable-tagger"),
        tagger("@lovable.dev/*"),
        file.strong("index.html", { text: /<script\b[^<>]{0,300}\bsrc=["']https:\/\/cdn\.gpteng\.co\//m }),
        readme(/^\*\*URL\*\*: https:\/\/lovable\.dev\/projects\//m, "weak"),
        projectName("vite_react_shadcn_ts"),
        projectName("tanstack_start_ts"),
        people(/\b(?:gpt-engineer-app|lovable-dev)\[bot\]|<noreply@lovable\.dev>/, "commits by Lovable's bot"),
      ],
      confirmed: "F 1462 S L V",
    },
    {
      id: "manus",
      name: "Manus",
      signals: [tagger("vite-plugin-manus-runtime")],
      confirmed: "S",
    },
    {
      // Not `mocha.json`: that is the test runner's.
      id: "mocha-builder",
      name: "Mocha (AI builder)",
      signals: [tagger("@getmocha/vite-plugins")],
      confirmed: "S",
    },
    {
      id: "orchids",
      name: "Orchids",
      signals: [tagger("orchids-visual-edits")],
      confirmed: "S",
    },
    {
      // `.replit` alone is the cloud IDE; this is its agent.
      id: "replit-agent",
      name: "Replit Agent",
      signals: [
        file.definitive("replit.md", { where: "root" }),
        tool("npm", "@replit/vite-plugin-*"),
        trailer(/^Replit-Commit-Author: (?:Agent|Assistant)$/m, "Replit-Commit-Author trailers"),
      ],
      confirmed: "F 2858 S L P I D",
    },
    {
      id: "rocket-new",
      name: "Rocket (DhiWise)",
      signals: [tagger("@dhiwise/component-tagger")],
      confirmed: "S",
    },
    {
      id: "rork",
      name: "Rork",
      signals: [tagger("@rork/polyfills"), tagger("@rork/inspector")],
      confirmed: "S",
    },
    {
      id: "same-new",
      name: "Same",
      signals: [
        file.definitive(".same/todos.md"),
        ...files(["index.html", "src/app/layout.tsx", "app/layout.tsx"], "definitive", {
          text: /["'](?:https:)?\/\/unpkg\.com\/same-runtime\/dist\b/m,
        }),
      ],
      confirmed: "F 1152 S",
    },
    {
      id: "softgen",
      name: "Softgen",
      signals: [tagger("@softgenai/element-tagger"), file.strong(".softgen/")],
      confirmed: "S",
    },
    {
      id: "tempo",
      name: "Tempo",
      signals: [
        tagger("tempo-devtools"),
        file.strong("tempo.config.json"),
        people(/<root@tempo-deployment-[^>]*\.tempo-labs-1\.internal>/, "commits from Tempo's machines"),
      ],
      confirmed: "F 45 S L",
    },
    {
      id: "v0",
      name: "v0",
      signals: [
        ...files(["app/layout.tsx", "src/app/layout.tsx"], "strong", {
          text: /^[ \t]*generator:\s*['"]v0\.(?:app|dev)['"]/m,
        }),
        readme(/^This repository will stay in sync with your deployed chats on \[v0\.(?:app|dev)\]/m, "definitive"),
        projectName("my-v0-project", "strong"),
        people(/\bv0\[bot\]/, "commits by v0[bot]"),
      ],
      confirmed: "S L",
    },
    {
      id: "youware",
      name: "YouWare",
      signals: [file.definitive("yw_manifest.json")],
      confirmed: "F 32",
    },
  ],
};
