import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { answerAdmin } from "./admin-routes.ts";
import type { AppRun } from "./app-run.ts";
import type { Address, EventSink } from "./events.ts";
import { type FunctionInfo, isHttpTriggered } from "./functions.ts";
import { formatCause, HostError } from "./host-error.ts";
import { createHttpAnswer, type HttpAnswer } from "./http-answer.ts";
import { forwardRequest, passableHeaders } from "./http-leg.ts";
import { createHttpInput, receiveRequest } from "./http-request.ts";
import type { TriggerInput } from "./invocation-request.ts";
import type { InvocationOutcome, InvocationTarget } from "./invoker.ts";
import { type JsonObject, stringAt, stringsAt } from "./json.ts";
import { compareRoutes, compileRoute, type Route } from "./routing.ts";
import { withinLimit } from "./time-limit.ts";

/** How long a request waits for an app that is starting, in ms. */
const START_PATIENCE = 30_000;

/** What the front door needs of the host. */
export type FrontDoorHost = {
  /** The app when it can be invoked. @throws {HostError} when it is clear that it cannot */
  whenUsable(): Promise<AppRun>;
  invokeManually(name: string, input: unknown, metadata: JsonObject): Promise<InvocationOutcome>;
  readonly emit: EventSink;
};

export type FrontDoor = { readonly address: Address; close(): Promise<void> };

/**
 * Listens for http triggers under their routes, and for the admin routes.
 *
 * @throws {HostError} "address-unavailable"
 */
export async function openFrontDoor(wanted: Address, host: FrontDoorHost): Promise<FrontDoor> {
  const sockets = new Set<Socket>();
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing, host).catch((cause: unknown) => fail(outgoing, cause, host.emit));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const port = await listen(server, wanted);
  return {
    address: { host: wanted.host, port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  };
}

function listen(server: Server, { host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const message = `The HTTP server cannot listen on ${host}:${port}: ${cause.message}`;
      reject(
        new HostError("address-unavailable", message, { cause, hint: "Choose another port, or 0 for a free one." }),
      );
    });
    server.listen(port, host, () => {
      // Descriptors that ran out, for example: whoever wants in tries again.
      server.on("error", () => {});
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, host: FrontDoorHost): Promise<void> {
  const path = (incoming.url ?? "/").replace(/\?.*$/s, "").replace(/^\/+|\/+$/g, "");
  if (path === "admin" || path.startsWith("admin/")) {
    const app = await withinLimit(host.whenUsable(), START_PATIENCE);
    const reply = await answerAdmin(incoming, path, app, (name, input, metadata) =>
      host.invokeManually(name, input, metadata),
    );
    write(outgoing, reply);
    return;
  }
  if (path === "") {
    write(
      outgoing,
      textAnswer(200, "The stand-in Functions host is running. GET /admin/functions lists its functions.\n"),
    );
    return;
  }
  const app = await withinLimit(host.whenUsable(), START_PATIENCE);
  const found = findRoute(app, path, incoming.method ?? "GET");
  if (found.kind === "no-route") {
    write(outgoing, textAnswer(404, `No function has a route that matches /${path}\n`));
  } else if (found.kind === "no-method") {
    const refusal = textAnswer(405, `/${path} takes ${found.allowed.join(", ")} only\n`);
    write(outgoing, { ...refusal, headers: [...refusal.headers, ["allow", found.allowed.join(", ")]] });
  } else {
    await answerFunction({ incoming, outgoing, app, ...found });
  }
}

type FoundRoute =
  | { readonly kind: "found"; readonly info: FunctionInfo; readonly parameters: ReadonlyMap<string, string> }
  | { readonly kind: "no-route" }
  | { readonly kind: "no-method"; readonly allowed: readonly string[] };

type HttpRoute = { readonly info: FunctionInfo; readonly route: Route; readonly methods: readonly string[] };

const routesOf = new WeakMap<readonly FunctionInfo[], readonly HttpRoute[]>();

/** Compiled once for each function table. */
function httpRoutes(functions: readonly FunctionInfo[]): readonly HttpRoute[] {
  const known = routesOf.get(functions);
  if (known !== undefined) {
    return known;
  }
  const routes = functions
    .filter((info) => isHttpTriggered(info) && !info.isDisabled)
    .map((info) => ({
      info,
      route: compileRoute(stringAt(info.trigger.settings, "route") ?? info.name),
      methods: stringsAt(info.trigger.settings, "methods").map((method) => method.toUpperCase()),
    }))
    .sort((left, right) => compareRoutes(left.route, right.route));
  routesOf.set(functions, routes);
  return routes;
}

function findRoute(app: AppRun, path: string, method: string): FoundRoute {
  const { routePrefix } = app.hostJson;
  const isInside = routePrefix === "" || `${path}/`.toLowerCase().startsWith(`${routePrefix}/`.toLowerCase());
  if (!isInside) {
    return { kind: "no-route" };
  }
  const rest = path.slice(routePrefix.length).replace(/^\//, "");
  const allowed: string[] = [];
  for (const { info, route, methods } of httpRoutes(app.functions)) {
    const parameters = route.match(rest);
    if (parameters !== undefined && (methods.length === 0 || methods.includes(method))) {
      return { kind: "found", info, parameters };
    }
    if (parameters !== undefined) {
      allowed.push(...methods);
    }
  }
  return allowed.length === 0 ? { kind: "no-route" } : { kind: "no-method", allowed: [...new Set(allowed)] };
}

type Exchange = {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly app: AppRun;
  readonly info: FunctionInfo;
  readonly parameters: ReadonlyMap<string, string>;
};

async function answerFunction(exchange: Exchange): Promise<void> {
  const { incoming, outgoing, app, info } = exchange;
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) {
      gone.abort();
    }
  });
  const outcome = await app.invoke(info, {
    cause: `http ${incoming.method} ${incoming.url}`,
    signal: gone.signal,
    prepare: (target) => prepare(exchange, target, gone.signal),
  });
  if (outgoing.headersSent) {
    // The worker's own server has answered; a failure after that can only cut the answer short.
    if (!outgoing.writableEnded) {
      outgoing.destroy();
    }
    return;
  }
  if (outcome.status === "Success" && outcome.response !== undefined) {
    write(outgoing, createHttpAnswer(info, outcome.response));
  } else {
    write(outgoing, textAnswer(500, `${info.name} failed: ${outcome.reason ?? outcome.status}\n`));
  }
}

async function prepare(exchange: Exchange, target: InvocationTarget, gone: AbortSignal): Promise<TriggerInput> {
  const { incoming, outgoing, info, parameters } = exchange;
  const isProxied = target.has("HttpUri");
  const fallbackHost = "localhost";
  const request = await receiveRequest(incoming, parameters, { fallbackHost, isBodyRead: !isProxied });
  const input = createHttpInput(request, info.trigger.name, (capability) => target.has(capability));
  if (!isProxied) {
    return input;
  }
  const leg = forwardRequest(
    { method: request.method, path: incoming.url ?? "/", headers: request.headers, body: incoming },
    {
      uri: target.capabilities["HttpUri"] ?? "",
      invocationId: target.invocationId,
      clientAddress: incoming.socket.remoteAddress ?? "127.0.0.1",
    },
    async (response) => {
      outgoing.writeHead(response.statusCode ?? 502, passableHeaders(response));
      await pipeline(response, outgoing);
    },
  );
  gone.addEventListener("abort", () => leg.abort(new Error("the client went away")));
  return { ...input, leg };
}

export function textAnswer(status: number, text: string): HttpAnswer {
  return { status, headers: [["content-type", "text/plain; charset=utf-8"]], body: Buffer.from(text) };
}

function write(outgoing: ServerResponse, { status, headers, body }: HttpAnswer): void {
  for (const [name, value] of headers) {
    outgoing.appendHeader(name, value);
  }
  outgoing.statusCode = status;
  outgoing.end(body);
}

/** 503 when there is no worker to ask, 500 for everything else that went wrong. */
function fail(outgoing: ServerResponse, cause: unknown, emit: EventSink): void {
  const isUnavailable = cause instanceof HostError && cause.code !== "function-not-loaded";
  if (!isUnavailable) {
    emit({ kind: "log", level: "Error", message: `An HTTP request could not be answered: ${formatCause(cause)}` });
  }
  if (outgoing.headersSent || outgoing.destroyed) {
    outgoing.destroy();
    return;
  }
  for (const name of outgoing.getHeaderNames()) {
    outgoing.removeHeader(name);
  }
  write(outgoing, textAnswer(isUnavailable ? 503 : 500, `${formatCause(cause)}\n`));
}
