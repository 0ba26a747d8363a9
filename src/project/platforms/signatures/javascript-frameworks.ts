/** Frameworks of the JavaScript world: declared packages, and configuration files that only they read. */
import { configFiles, dependency, file, files, type SignatureTable, tool } from "../signature.ts";

/** A library that an application runs on. */
const uses = (name: string) => dependency("npm", name);
/** A tool that builds the application, most often among its dependencies for development. */
const builtWith = (name: string) => tool("npm", name);

export const javascriptFrameworks: SignatureTable = {
  kind: "framework",
  rows: [
    { id: "analog", name: "Analog", signals: [builtWith("@analogjs/platform")], confirmed: "N V" },
    {
      id: "angular",
      name: "Angular",
      signals: [uses("@angular/core"), builtWith("@angular/cli"), file.strong("angular.json")],
      confirmed: "V N",
    },
    { id: "astro", name: "Astro", signals: [builtWith("astro"), ...configFiles("astro.config")], confirmed: "V N" },
    { id: "blitz", name: "Blitz", signals: [uses("blitz"), uses("@blitzjs/next")], confirmed: "V N" },
    {
      id: "capacitor",
      name: "Capacitor",
      signals: [uses("@capacitor/core"), ...files(["capacitor.config.ts", "capacitor.config.json"], "strong")],
      confirmed: "I P",
    },
    {
      id: "create-react-app",
      name: "Create React App",
      signals: [builtWith("react-scripts"), builtWith("react-app-rewired")],
      confirmed: "V N",
    },
    {
      id: "docusaurus",
      name: "Docusaurus",
      signals: [builtWith("@docusaurus/core"), ...configFiles("docusaurus.config")],
      confirmed: "V N",
    },
    {
      id: "electron",
      name: "Electron",
      signals: [builtWith("electron"), ...files(["electron-builder.yml", "electron-builder.json5"], "strong")],
      confirmed: "P I",
    },
    {
      id: "eleventy",
      name: "Eleventy",
      signals: [builtWith("@11ty/eleventy"), ...configFiles(".eleventy"), ...configFiles("eleventy.config")],
      confirmed: "V N",
    },
    { id: "elysia", name: "Elysia", signals: [uses("elysia")], confirmed: "V" },
    {
      id: "ember",
      name: "Ember",
      signals: [builtWith("ember-source"), builtWith("ember-cli"), file.strong("ember-cli-build.js")],
      confirmed: "V N",
    },
    {
      // app.json is Heroku's too: only the key tells them apart.
      id: "expo",
      name: "Expo",
      signals: [
        uses("expo"),
        file.strong("app.json", { keys: ["expo"] }),
        file.strong("eas.json", { keys: ["build"] }),
      ],
      confirmed: "N P",
    },
    { id: "express", name: "Express", signals: [uses("express")], confirmed: "V" },
    { id: "fastify", name: "Fastify", signals: [uses("fastify")], confirmed: "V" },
    { id: "gatsby", name: "Gatsby", signals: [uses("gatsby"), ...configFiles("gatsby-config")], confirmed: "V N" },
    { id: "h3", name: "h3", signals: [uses("h3")], confirmed: "V" },
    {
      // _config.yml is Jekyll's too.
      id: "hexo",
      name: "Hexo",
      signals: [uses("hexo"), file.weak("_config.yml", { beside: ["package.json"] })],
      confirmed: "V N",
    },
    { id: "hono", name: "Hono", signals: [uses("hono")], confirmed: "V" },
    {
      id: "ionic",
      name: "Ionic",
      signals: [uses("@ionic/angular"), uses("@ionic/react"), uses("@ionic/vue"), file.strong("ionic.config.json")],
      confirmed: "V",
    },
    { id: "koa", name: "Koa", signals: [uses("koa")], confirmed: "V" },
    { id: "mastra", name: "Mastra", signals: [uses("@mastra/core")], confirmed: "V" },
    { id: "nestjs", name: "NestJS", signals: [uses("@nestjs/core"), file.strong("nest-cli.json")], confirmed: "V" },
    { id: "next", name: "Next.js", signals: [uses("next"), ...configFiles("next.config")], confirmed: "V N" },
    { id: "nitro", name: "Nitro", signals: [builtWith("nitropack"), ...configFiles("nitro.config")], confirmed: "V" },
    {
      id: "nuxt",
      name: "Nuxt",
      signals: [builtWith("nuxt"), builtWith("nuxt3"), ...configFiles("nuxt.config")],
      confirmed: "V N",
    },
    {
      id: "parcel",
      name: "Parcel",
      signals: [builtWith("parcel"), builtWith("parcel-bundler"), file.strong(".parcelrc")],
      confirmed: "V N",
    },
    { id: "qwik", name: "Qwik", signals: [builtWith("@builder.io/qwik"), builtWith("@qwik.dev/core")], confirmed: "N" },
    {
      id: "react",
      name: "React",
      signals: [uses("react-dom"), dependency("npm", "react", "strong")],
      confirmed: "P I",
    },
    { id: "react-native", name: "React Native", signals: [uses("react-native")], confirmed: "P" },
    {
      id: "react-router",
      name: "React Router (framework mode)",
      signals: [builtWith("@react-router/dev"), ...configFiles("react-router.config")],
      confirmed: "V N",
    },
    {
      id: "redwood",
      name: "Redwood",
      signals: [builtWith("@redwoodjs/core"), file.strong("redwood.toml")],
      confirmed: "V N",
    },
    {
      id: "remix",
      name: "Remix",
      signals: [builtWith("@remix-run/dev"), uses("@remix-run/react"), ...configFiles("remix.config")],
      confirmed: "V N",
    },
    { id: "sanity", name: "Sanity", signals: [uses("sanity"), ...configFiles("sanity.config")], confirmed: "V" },
    {
      id: "solidstart",
      name: "SolidStart",
      signals: [uses("@solidjs/start"), uses("solid-start")],
      confirmed: "V N",
    },
    {
      id: "stencil",
      name: "Stencil",
      signals: [builtWith("@stencil/core"), ...configFiles("stencil.config")],
      confirmed: "V N",
    },
    {
      // Beside an application, never what it is.
      id: "storybook",
      name: "Storybook",
      signals: [...configFiles(".storybook/main"), tool("npm", "storybook", "weak")],
      confirmed: "V",
    },
    { id: "svelte", name: "Svelte", signals: [builtWith("svelte")], confirmed: "V N" },
    { id: "sveltekit", name: "SvelteKit", signals: [builtWith("@sveltejs/kit")], confirmed: "V N" },
    {
      id: "tanstack-start",
      name: "TanStack Start",
      signals: [uses("@tanstack/react-start"), uses("@tanstack/solid-start"), uses("@tanstack/start")],
      confirmed: "V N",
    },
    {
      id: "tauri",
      name: "Tauri",
      signals: [
        builtWith("@tauri-apps/cli"),
        tool("cargo", "tauri"),
        ...files(["src-tauri/tauri.conf.json", "tauri.conf.json"], "definitive"),
      ],
      confirmed: "P I",
    },
    {
      id: "umi",
      name: "Umi",
      signals: [builtWith("umi"), builtWith("@umijs/max"), ...configFiles(".umirc")],
      confirmed: "V",
    },
    { id: "vike", name: "Vike", signals: [uses("vike"), uses("vite-plugin-ssr")], confirmed: "N" },
    { id: "vite", name: "Vite", signals: [builtWith("vite"), ...configFiles("vite.config")], confirmed: "V N" },
    {
      id: "vitepress",
      name: "VitePress",
      signals: [builtWith("vitepress"), ...configFiles(".vitepress/config")],
      confirmed: "V N",
    },
    { id: "vue", name: "Vue", signals: [uses("vue")], confirmed: "P I" },
    { id: "vue-cli", name: "Vue CLI", signals: [builtWith("@vue/cli-service")], confirmed: "V N" },
    {
      id: "vuepress",
      name: "VuePress",
      signals: [builtWith("vuepress"), ...configFiles(".vuepress/config")],
      confirmed: "V N",
    },
    { id: "waku", name: "Waku", signals: [uses("waku"), ...configFiles("waku.config")], confirmed: "N" },
    { id: "xmcp", name: "xmcp", signals: [uses("xmcp"), ...configFiles("xmcp.config")], confirmed: "V" },
  ],
};
