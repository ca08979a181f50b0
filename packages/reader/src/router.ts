/** Finds what answers a request: one table of methods and paths for each process or thread that answers some. */
import { InspectorError } from "@inspector/contract/inspector-error";

/** `parts` are what stands in the path where the route has a colon, decoded. */
export type Handler<Asked, Answer> = (asked: Asked, ...parts: string[]) => Answer;

/** A path below /api/, "messages/:seq/bytes": a colon stands for one piece between slashes. */
export type Route<Asked, Answer> = readonly [
  method: "GET" | "POST" | "DELETE",
  path: string,
  handler: Handler<Asked, Answer>,
];

export type Router<Asked, Answer> = {
  /** @throws {InspectorError} "not-found", "method-not-allowed"; URIError for a piece that cannot be decoded */
  find(method: string, path: string): (asked: Asked) => Answer;
};

export function createRouter<Asked, Answer>(routes: readonly Route<Asked, Answer>[]): Router<Asked, Answer> {
  const known = routes.map(([method, path, handler]) => ({ method, pattern: patternOf(path), handler }));
  return {
    find(method, path) {
      const here = known.filter(({ pattern }) => pattern.test(path));
      const wanted = method === "HEAD" ? "GET" : method;
      const route = here.find((one) => one.method === wanted);
      if (route === undefined) {
        throw wanted === "GET"
          ? new InspectorError("not-found", `There is nothing at /api/${path}`)
          : new InspectorError("method-not-allowed", `${method} is not possible here`);
      }
      const [, ...parts] = route.pattern.exec(path) ?? [];
      const decoded = parts.map((part) => decodeURIComponent(part));
      return (asked) => route.handler(asked, ...decoded);
    },
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:[a-z]+/gu, "([^/]+)")}$`, "u");
}
