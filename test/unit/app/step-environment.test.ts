/** What steps of workflows see of the machine's environment. */
import { expect, it } from "vitest";
import { stepEnvironment } from "../../../src/app/step-environment.ts";

it("a step sees where things are and how the network is reached", () => {
  const env = {
    PATH: "/bin",
    HOME: "/home/me",
    LC_ALL: "C",
    TMPDIR: "/var/tmp",
    NODE_EXTRA_CA_CERTS: "/etc/ssl/company.pem",
    SSL_CERT_FILE: "/etc/ssl/company.pem",
    https_proxy: "http://proxy.example.invalid:3128",
    NO_PROXY: "localhost",
    GOPROXY: "https://proxy.example.invalid,direct",
    CARGO_HOME: "/opt/cargo",
    SystemRoot: "C:\\Windows",
    Path: "C:\\Windows\\System32",
  };
  expect(stepEnvironment(env)).toEqual(env);
});

it("and nothing that may be a secret", () => {
  expect(
    stepEnvironment({
      GITHUB_TOKEN: "ghs_x",
      NPM_TOKEN: "npm_x",
      npm_config__authToken: "npm_x",
      DATABASE_URL: "postgres://me:secret@db/x",
      HTTPS_PROXY: "http://me:secret@proxy.example.invalid:3128",
      GOPROXY: "https://me:secret@go.example.invalid,direct",
      NODE_OPTIONS: "--require /tmp/x.js",
      LD_PRELOAD: "/tmp/x.so",
      EDITOR: undefined,
    }),
  ).toEqual({});
});
