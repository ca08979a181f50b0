/**
 * What a host tells a worker on its command line, behind the worker's path. Every host says it in one or two of three ways:
 * `--host H --port P --workerId ID` (all hosts), `--functions-uri URI --functions-worker-id ID` (since 2023) and the latter's
 * first spelling, `--functions-workerid` and `--functions-requestid` (a few months of 2023).
 * @see docs/protocol-notes.md, "Starting a worker"
 */
import type { Address } from "@inspector/relay/address";

export type WorkerArguments = {
  /** The host's gRPC server. */
  readonly upstream: Address;
  readonly workerId: string;
};

const URI = ["--functions-uri"];
const HOST = ["--host"];
const PORT = ["--port"];
const WORKER_ID = ["--functions-worker-id", "--functions-workerid", "--workerid"];

/** @returns undefined where these are not the arguments that a host gives, for example `--version` */
export function parseWorkerArguments(args: readonly string[]): WorkerArguments | undefined {
  const workerId = lastValue(args, WORKER_ID);
  const upstream = addressOfUri(lastValue(args, URI)) ?? addressOf(lastValue(args, HOST), lastValue(args, PORT));
  return upstream === undefined || workerId === undefined || workerId === "" ? undefined : { upstream, workerId };
}

/** The same arguments with the relay's address wherever the host's stood. Nothing is added, left out or moved. */
export function rewriteWorkerArguments(args: readonly string[], relay: Address): string[] {
  const rewritten = [...args];
  const upstream = parseWorkerArguments(args)?.upstream;
  const replace = (names: readonly string[], change: (value: string) => string): void => {
    const found = find(rewritten, names);
    if (found !== undefined) {
      rewritten[found.index] = `${found.prefix}${change(found.value)}`;
    }
  };
  replace(URI, (uri) => uri.replace(AUTHORITY, (_, scheme: string) => `${scheme}${authorityOf(relay)}`));
  // Where the second style stands alone, these are a debugger's.
  if (upstream?.port === Number(lastValue(args, PORT))) {
    replace(HOST, () => relay.host);
    replace(PORT, () => String(relay.port));
  }
  return rewritten;
}

const AUTHORITY = /^(http:\/\/)[^/?#]*/iu;

function authorityOf({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function addressOfUri(uri: string | undefined): Address | undefined {
  const [, ipv6, name, port = "80"] =
    /^http:\/\/(?:\[([^\]]+)\]|([^/?#:]+))(?::(\d+))?(?:[/?#]|$)/iu.exec(uri ?? "") ?? [];
  return addressOf(ipv6 ?? name, port);
}

function addressOf(host: string | undefined, port: string | undefined): Address | undefined {
  const number = Number(port);
  const isPort = /^\d{1,5}$/u.test(port ?? "") && number > 0 && number < 65_536;
  return host === undefined || host === "" || !isPort ? undefined : { host, port: number };
}

function lastValue(args: readonly string[], names: readonly string[]): string | undefined {
  return find(args, names)?.value;
}

/** Where the value of an option stands, and what stands before it in the same argument. */
type Found = { readonly index: number; readonly prefix: string; readonly value: string };

/**
 * The last option of one of these names: the host's own arguments are the last ones, and a debugger's, before the worker's
 * path, may have the same names.
 */
function find(args: readonly string[], names: readonly string[]): Found | undefined {
  for (let index = args.length - 1; index >= 0; index--) {
    const argument = args[index] ?? "";
    const [name = ""] = argument.split("=", 1);
    if (!names.includes(name.toLowerCase())) {
      continue;
    }
    if (name.length < argument.length) {
      const prefix = `${name}=`;
      return { index, prefix, value: argument.slice(prefix.length) };
    }
    const value = args[index + 1];
    if (value !== undefined) {
      return { index: index + 1, prefix: "", value };
    }
  }
  return undefined;
}
