/** Hosting and deployment: files that a platform reads where a service begins. */
import { configFiles, dependency, file, files, type SignatureTable, usesAction } from "../signature.ts";

const definitive = (...paths: readonly string[]) => files(paths, "definitive");

export const hosting: SignatureTable = {
  kind: "hosting",
  rows: [
    { id: "aws-amplify", name: "AWS Amplify", signals: definitive("amplify.yml", "amplify/backend/"), confirmed: "C" },
    { id: "aws-app-runner", name: "AWS App Runner", signals: definitive("apprunner.yaml"), confirmed: "F 3106" },
    { id: "aws-cdk", name: "AWS CDK", signals: definitive("cdk.json"), confirmed: "C" },
    {
      id: "aws-cloudformation",
      name: "AWS CloudFormation",
      signals: files(
        ["template.yaml", "template.yml", "cloudformation.yaml", "cloudformation.yml", "cloudformation/*.yaml"],
        "definitive",
        { text: /^AWSTemplateFormatVersion:/m },
      ),
      confirmed: "C",
    },
    { id: "aws-copilot", name: "AWS Copilot", signals: definitive("copilot/*/manifest.yml"), confirmed: "C" },
    {
      id: "aws-sam",
      name: "AWS SAM",
      signals: [
        ...files(["template.yaml", "template.yml"], "definitive", {
          text: /^Transform:\s*(?:\[\s*|\n\s*-\s*)?["']?AWS::Serverless\b/m,
        }),
        file.definitive("samconfig.toml"),
      ],
      confirmed: "C",
    },
    {
      id: "azure-app-service",
      name: "Azure App Service",
      signals: usesAction("azure/webapps-deploy"),
      confirmed: "S P",
    },
    {
      id: "azure-container-apps",
      name: "Azure Container Apps",
      signals: usesAction("azure/container-apps-deploy-action"),
      confirmed: "P",
    },
    {
      id: "azure-developer-cli",
      name: "Azure Developer CLI",
      signals: files(["azure.yaml", "azure.yml"], "strong", { text: /^services:/m }),
      confirmed: "C",
    },
    {
      // host.json alone is anybody's.
      id: "azure-functions",
      name: "Azure Functions",
      signals: [
        file.strong("host.json", { beside: ["local.settings.json", "function.json", ".funcignore"] }),
        file.strong("host.json", { text: /"Microsoft\.Azure\.Functions\.ExtensionBundle/ }),
        file.weak("host.json"),
        dependency("nuget", "Microsoft.NET.Sdk.Functions"),
        dependency("nuget", "Microsoft.Azure.Functions.Worker"),
        dependency("npm", "@azure/functions", "weak"),
        dependency("pypi", "azure-functions", "weak"),
      ],
      confirmed: "C",
    },
    {
      id: "azure-static-web-apps",
      name: "Azure Static Web Apps",
      signals: [...definitive("staticwebapp.config.json"), ...usesAction("Azure/static-web-apps-deploy")],
      confirmed: "C P",
    },
    {
      id: "cloudflare",
      name: "Cloudflare Workers or Pages",
      signals: [...definitive("wrangler.toml", "wrangler.json", "wrangler.jsonc")],
      confirmed: "C I S",
    },
    { id: "convex", name: "Convex", signals: definitive("convex.json", "convex/_generated/"), confirmed: "C" },
    { id: "deno-deploy", name: "Deno Deploy", signals: usesAction("denoland/deployctl"), confirmed: "S P" },
    {
      id: "digitalocean-app-platform",
      name: "DigitalOcean App Platform",
      signals: [file.definitive(".do/app.yaml"), file.definitive(".do/deploy.template.yaml")],
      confirmed: "F 6538 S (deploy.template.yaml)",
    },
    {
      id: "elastic-beanstalk",
      name: "AWS Elastic Beanstalk",
      signals: definitive(".elasticbeanstalk/config.yml", ".ebextensions/*.config"),
      confirmed: "F 5405 S",
    },
    {
      id: "firebase",
      name: "Firebase",
      signals: [
        ...definitive("firebase.json"),
        // In a folder of its own as often as not; nothing else has a file of this name.
        file.definitive(".firebaserc", { where: "anywhere" }),
      ],
      confirmed: "C P I",
    },
    { id: "fly", name: "Fly.io", signals: definitive("fly.toml"), confirmed: "C" },
    {
      id: "github-pages",
      name: "GitHub Pages",
      signals: [
        ...usesAction("actions/deploy-pages"),
        ...usesAction("peaceiris/actions-gh-pages"),
        file.weak("CNAME", { where: "root" }),
      ],
      confirmed: "P",
    },
    {
      id: "google-app-engine",
      name: "Google App Engine",
      signals: files(["app.yaml", "app.yml"], "strong", { text: /^runtime:\s*\S/m }),
      confirmed: "C",
    },
    {
      id: "google-cloud-run",
      name: "Google Cloud Run",
      signals: usesAction("google-github-actions/deploy-cloudrun"),
      confirmed: "C R",
    },
    {
      // A Procfile is read by many; app.json is Expo's too.
      id: "heroku",
      name: "Heroku",
      signals: [
        file.strong("app.json", { keys: ["addons", "buildpacks", "formation"] }),
        file.strong("heroku.yml", { text: /^(?:build|setup):/m }),
        file.weak("Procfile"),
      ],
      confirmed: "V S (heroku.yml)",
    },
    { id: "koyeb", name: "Koyeb", signals: definitive(".koyeb.yaml"), confirmed: "P" },
    {
      id: "netlify",
      name: "Netlify",
      signals: [file.definitive("netlify.toml"), file.weak("_redirects", { beside: ["_headers"] })],
      confirmed: "P I",
    },
    {
      id: "railway",
      name: "Railway",
      signals: [...definitive("railway.json", "railway.toml"), ...files(["railpack.json", "nixpacks.toml"], "weak")],
      confirmed: "C V",
    },
    {
      id: "render",
      name: "Render",
      signals: files(["render.yaml", "render.yml"], "definitive", { text: /^services:|^databases:|^envVarGroups:/m }),
      confirmed: "C V",
    },
    { id: "scalingo", name: "Scalingo", signals: definitive("scalingo.json"), confirmed: "C" },
    {
      id: "serverless-framework",
      name: "Serverless Framework",
      signals: [
        ...files(["serverless.yml", "serverless.yaml"], "definitive", { text: /^(?:provider|service|functions):/m }),
        ...configFiles("serverless"),
      ],
      confirmed: "C",
    },
    { id: "sst", name: "SST", signals: definitive("sst.config.ts"), confirmed: "I" },
    { id: "supabase", name: "Supabase", signals: definitive("supabase/config.toml"), confirmed: "S" },
    {
      id: "upsun",
      name: "Upsun (Platform.sh)",
      signals: definitive(".upsun/config.yaml", ".platform.app.yaml"),
      confirmed: "C P",
    },
    {
      id: "vercel",
      name: "Vercel",
      signals: [...files(["vercel.json", "vercel.toml", ".vercelignore"], "strong"), ...configFiles("vercel")],
      confirmed: "C P V I D (vercel.toml, vercel.ts)",
    },
  ],
};
