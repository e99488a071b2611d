// What of the user's environment an external program may see: enough to find things and reach the network, no keys or tokens.

export type Environment = Readonly<Record<string, string | undefined>>

const KEPT = new Set([
  ...[
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'SHELL',
    'LANG',
    'LANGUAGE',
    'TZ',
    'TERM',
    'TMPDIR',
    'NO_COLOR',
    'LD_LIBRARY_PATH',
  ],
  // Mirrors and caches of plugins.
  ...['TF_CLI_CONFIG_FILE', 'TF_PLUGIN_CACHE_DIR'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'],
  ...['PYENV_ROOT', 'PYENV_VERSION', 'JAVA_HOME', 'OMP_NUM_THREADS'],
  // Company mirrors: without these nothing can be installed behind them.
  ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST', 'PIP_CERT', 'PIP_CONFIG_FILE', 'PIP_FIND_LINKS'],
  ...['PIP_NO_INDEX', 'PIP_CACHE_DIR', 'PIP_DEFAULT_TIMEOUT'],
  ...[
    'UV_DEFAULT_INDEX',
    'UV_INDEX',
    'UV_INDEX_URL',
    'UV_EXTRA_INDEX_URL',
    'UV_FIND_LINKS',
    'UV_NO_INDEX',
    'UV_OFFLINE',
  ],
  ...['UV_CACHE_DIR', 'UV_CONFIG_FILE', 'UV_NATIVE_TLS', 'UV_SYSTEM_CERTS', 'UV_INSECURE_HOST', 'UV_HTTP_TIMEOUT'],
  ...['UV_PYTHON', 'UV_PYTHON_PREFERENCE', 'UV_PYTHON_DOWNLOADS', 'UV_PYTHON_INSTALL_DIR', 'UV_LINK_MODE'],
  ...['UV_CONCURRENT_DOWNLOADS', 'UV_CONCURRENT_INSTALLS', 'UV_CONCURRENT_BUILDS', 'UV_COMPILE_BYTECODE'],
])
const KEPT_FAMILIES = /^(LC|XDG)_\w+$/

/** The allowed part of `env`, with `variables` on top. */
export function allowed(env: Environment, variables: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (KEPT.has(name) || KEPT_FAMILIES.test(name))) kept[name] = value
  }
  return { ...kept, ...variables }
}
