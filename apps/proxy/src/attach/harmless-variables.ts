/** What a recording may tell of a worker's environment: names whose values are no secrets. The shim bundles this file. */
import type { Variables } from "./settings.ts";

const HARMLESS = [
  "AZURE_FUNCTIONS_ENVIRONMENT",
  "AzureFunctionsJobHost:functionTimeout",
  "AzureFunctionsJobHost__functionTimeout",
  "DOTNET_ROOT",
  "FUNCTIONS_APPLICATION_DIRECTORY",
  "FUNCTIONS_EXTENSION_VERSION",
  "FUNCTIONS_UNIX_SHARED_MEMORY_DIRECTORIES",
  "FUNCTIONS_WORKER_DIRECTORY",
  "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED",
  "FUNCTIONS_WORKER_PROCESS_COUNT",
  "FUNCTIONS_WORKER_RUNTIME",
  "FUNCTIONS_WORKER_RUNTIME_VERSION",
  "FUNCTIONS_WORKER_SHARED_MEMORY_DATA_TRANSFER_ENABLED",
  "JAVA_HOME",
  "LANG",
  "NO_PROXY",
  "NODE_ENV",
  "PYTHON_ENABLE_INIT_INDEXING",
  "PYTHON_ISOLATE_WORKER_DEPENDENCIES",
  "PYTHON_THREADPOOL_THREAD_COUNT",
  "TZ",
  "VIRTUAL_ENV",
  "WEBSITE_HOSTNAME",
  "no_proxy",
];

/** Proxies may carry a password in front of their name. */
const PROXIES = ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "grpc_proxy", "http_proxy", "https_proxy"];
const MAX_VALUE_CHARS = 1_000;

export function harmlessVariables(environment: Variables): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of HARMLESS) {
    const value = environment[name];
    if (value !== undefined) {
      found[name] = value.slice(0, MAX_VALUE_CHARS);
    }
  }
  for (const name of PROXIES) {
    const value = environment[name];
    if (value !== undefined) {
      // Up to the last @ of the authority, so that an @ within the password gives none of it away.
      found[name] = value.replace(/^([a-z0-9+.-]+:\/\/)?[^/]*@/iu, "$1").slice(0, MAX_VALUE_CHARS);
    }
  }
  return found;
}
