/**
 * The part of this machine's environment that steps of workflows see: where things are, and how the network is reached.
 * By name, because anything else may be a secret, and a step gets those only where its workflow declares them.
 */

const named: ReadonlySet<string> = new Set(
  [
    // The person, the place, the language.
    ["CI", "HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER"],
    ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"],
    // Without these hardly a program starts on Windows.
    ["APPDATA", "COMSPEC", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATHEXT", "PROGRAMDATA", "PROGRAMFILES"],
    ["PROGRAMFILES(X86)", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "WINDIR"],
    // Networks with an authority or a proxy of their own.
    ["CARGO_HTTP_CAINFO", "COMPOSER_CAFILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NIX_SSL_CERT_FILE"],
    ["NODE_EXTRA_CA_CERTS", "PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE"],
    ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"],
    // Where languages and their version managers keep what they installed, and where they get more of it.
    ["ANDROID_HOME", "ASDF_DATA_DIR", "ASDF_DIR", "BUNDLE_PATH", "BUN_INSTALL", "CARGO_HOME", "COMPOSER_HOME"],
    ["COREPACK_HOME", "DENO_DIR", "DOTNET_ROOT", "GEM_HOME", "GEM_PATH", "GOCACHE", "GOFLAGS", "GOMODCACHE"],
    ["GONOPROXY", "GONOSUMDB", "GOPATH", "GOPRIVATE", "GOPROXY", "GOROOT", "GOSUMDB", "GOTOOLCHAIN", "JAVA_HOME"],
    ["MISE_DATA_DIR", "NVM_DIR", "PIP_INDEX_URL", "PNPM_HOME", "POETRY_HOME", "PYENV_ROOT", "PYENV_VERSION"],
    ["RBENV_ROOT", "RBENV_VERSION", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "UV_CACHE_DIR", "UV_INDEX_URL"],
    ["VIRTUAL_ENV", "VOLTA_HOME"],
  ].flat(),
);

/** `https://user:password@host`: an address that is a secret too. */
const credentials = /\/\/[^/\s@]*@/;

export function stepEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    // Windows knows no case in names, and proxies are written in both.
    const upper = name.toUpperCase();
    if (value === undefined || !(named.has(upper) || upper.startsWith("LC_"))) continue;
    if (!credentials.test(value)) seen[name] = value;
  }
  return seen;
}
