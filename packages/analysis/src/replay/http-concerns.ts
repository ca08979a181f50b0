/** What is special about sending an HTTP request to a worker once more. */

import type { ReplayConcern } from "@inspector/contract/intervention";
import { ownValue } from "@inspector/contract/own-value";
import type { InvocationRequest, RpcHttp } from "@inspector/proto";
import { hasHttpUri, isHttpTriggered, type ReplayTarget, type TargetFunction } from "./target.ts";

type Found = { readonly http: RpcHttp; readonly path: string };

export function httpConcerns(
  request: InvocationRequest,
  target: ReplayTarget,
  to: TargetFunction,
  runtime: string,
): ReplayConcern[] {
  const inputs = request.inputData.flatMap(({ rpcData }, at): Found[] => {
    if (rpcData.case !== "data" || rpcData.value.data.case !== "http") {
      return [];
    }
    return [{ http: rpcData.value.data.value, path: `invocationRequest.inputData[${at}].data.http` }];
  });
  if (inputs.length === 0 && !isHttpTriggered(to)) {
    return [];
  }
  const concerns = inputs.flatMap((found) => nested(found));
  if (hasHttpUri(target) && isHttpTriggered(to)) {
    return [...concerns, besideStream(inputs, runtime)];
  }
  return [...concerns, ...inputs.flatMap((found) => overStream(found, runtime))];
}

/** The request that HttpUri leaves on the stream: at most route parameters. */
function isProxied({ method, url, body, rawBody }: RpcHttp): boolean {
  return method === "" && url === "" && body === undefined && rawBody === undefined;
}

function besideStream(inputs: readonly Found[], runtime: string): ReplayConcern {
  const isWhole = inputs.some(({ http }) => !isProxied(http));
  return {
    severity: "info",
    rule: "http-request",
    message: isWhole
      ? `This worker takes HTTP requests on a server of its own${runtime === "go" ? "" : " and waits there for this one"}; the recorded one came on the stream.`
      : "The request itself goes to the worker's own HTTP server, with the same invocation id.",
  };
}

function overStream({ http, path }: Found, runtime: string): ReplayConcern[] {
  if (isProxied(http)) {
    return [
      {
        severity: "warning",
        rule: "http-request",
        message: "The recorded request went to a worker's own HTTP server and is empty here, and this worker has none.",
        path,
      },
    ];
  }
  if (runtime === "node") {
    return node(http, path);
  }
  return runtime === "dotnet" ? dotnet(http, path) : [];
}

function nested({ http, path }: Found): ReplayConcern[] {
  if (http.body?.data.case !== "http") {
    return [];
  }
  return [warning("http-in-http", "A body cannot be an HTTP request itself: no worker takes that.", `${path}.body`)];
}

function warning(rule: string, message: string, path: string): ReplayConcern {
  return { severity: "warning", rule, message, path };
}

function node(http: RpcHttp, path: string): ReplayConcern[] {
  const concerns: ReplayConcern[] = [];
  const body = http.body?.data.case;
  if (http.method === "") {
    concerns.push(warning("node-http-method", "The Node worker needs a method.", `${path}.method`));
  }
  if (!/^https?:\/\/[^/]/iu.test(http.url)) {
    concerns.push(warning("node-http-url", "The Node worker needs an absolute URL.", `${path}.url`));
  }
  if (body !== undefined && body !== "http" && body !== "bytes" && body !== "string") {
    concerns.push(
      warning(
        "node-http-body",
        `The Node worker drops a body of the kind ${body}: bytes or string is read.`,
        `${path}.body`,
      ),
    );
  } else if (body !== undefined && /^(get|head)$/iu.test(http.method)) {
    concerns.push(warning("node-http-body", `The Node worker drops the body of a ${http.method}.`, `${path}.body`));
  }
  const read = Object.keys(http.nullableQuery).length > 0 ? nullableValues(http) : http.query;
  if (differsFromUrl(http.url, read)) {
    concerns.push(
      warning(
        "node-http-query",
        "The query in the URL is another one than in nullableQuery or query, which alone the Node worker hands on as request.query.",
        `${path}.url`,
      ),
    );
  }
  return concerns;
}

function dotnet(http: RpcHttp, path: string): ReplayConcern[] {
  const concerns: ReplayConcern[] = [];
  const body = http.body?.data.case;
  if (body !== undefined && body !== "http" && body !== "bytes") {
    concerns.push(
      warning(
        "dotnet-http-body",
        `The .NET worker answers a body of the kind ${body} with Failure: bytes is read.`,
        `${path}.body`,
      ),
    );
  }
  if (Object.keys(http.headers).length > 0 && Object.keys(http.nullableHeaders).length === 0) {
    concerns.push(
      warning(
        "dotnet-http-headers",
        "The .NET worker reads nullableHeaders only; headers are passed over.",
        `${path}.headers`,
      ),
    );
  }
  if (http.url === "") {
    concerns.push(warning("dotnet-http-url", "Without a URL a .NET function that reads it fails.", `${path}.url`));
  }
  if (differsFromUrl(http.url, Object.keys(http.nullableQuery).length > 0 ? nullableValues(http) : http.query)) {
    concerns.push(
      warning(
        "dotnet-http-query",
        "The .NET worker reads the query in the URL only, which is another one.",
        `${path}.url`,
      ),
    );
  }
  const isUnnamed = http.identities.some(
    ({ nameClaimType, roleClaimType }) =>
      nameClaimType?.string.case === undefined || roleClaimType?.string.case === undefined,
  );
  if (isUnnamed) {
    concerns.push(
      warning(
        "dotnet-identities",
        "The .NET worker needs nameClaimType and roleClaimType of every identity.",
        `${path}.identities`,
      ),
    );
  }
  return concerns;
}

type Query = Readonly<Record<string, string>>;

function nullableValues({ nullableQuery }: RpcHttp): Query {
  return Object.fromEntries(Object.entries(nullableQuery).map(([name, { string }]) => [name, string.value ?? ""]));
}

/** Only names that occur once are compared: how repeated ones are joined is the host's business. */
function differsFromUrl(url: string, query: Query): boolean {
  const written = queryOf(url);
  if (written === undefined) {
    return false;
  }
  const names = new Set([...written.keys(), ...Object.keys(query)]);
  return [...names].some((name) => {
    const values = written.get(name) ?? [];
    return values.length > 1 ? !Object.hasOwn(query, name) : values[0] !== ownValue(query, name);
  });
}

/** Values by name; undefined where an escape in it cannot be read. */
function queryOf(url: string): ReadonlyMap<string, readonly string[]> | undefined {
  const text = /\?([^#]*)/u.exec(url)?.[1] ?? "";
  const found = new Map<string, string[]>();
  for (const part of text.split("&")) {
    if (part === "") {
      continue;
    }
    const [name = "", ...value] = part.split("=");
    try {
      const key = decodeURIComponent(name.replaceAll("+", " "));
      found.set(key, [...(found.get(key) ?? []), decodeURIComponent(value.join("=").replaceAll("+", " "))]);
    } catch {
      return undefined;
    }
  }
  return found;
}
