/** What HAR 1.2 asks of each object: http://www.softwareishard.com/blog/har-12-spec/. A name with "?" may be left out. */

type Kind = "string" | "number" | "object" | readonly [Shape] | Shape;
type Shape = { readonly [name: string]: Kind };

const PAIRS: readonly [Shape] = [{ name: "string", value: "string" }];

const REQUEST: Shape = {
  method: "string",
  url: "string",
  httpVersion: "string",
  cookies: PAIRS,
  headers: PAIRS,
  queryString: PAIRS,
  "postData?": { mimeType: "string", text: "string", "comment?": "string" },
  headersSize: "number",
  bodySize: "number",
};

const RESPONSE: Shape = {
  status: "number",
  statusText: "string",
  httpVersion: "string",
  cookies: PAIRS,
  headers: PAIRS,
  content: { size: "number", mimeType: "string", "text?": "string", "encoding?": "string" },
  redirectURL: "string",
  headersSize: "number",
  bodySize: "number",
};

export const HAR: Shape = {
  log: {
    version: "string",
    creator: { name: "string", version: "string" },
    entries: [
      {
        startedDateTime: "string",
        time: "number",
        request: REQUEST,
        response: RESPONSE,
        cache: "object",
        timings: { send: "number", wait: "number", receive: "number" },
        "comment?": "string",
      },
    ],
  },
};

/** Where a value is not of a shape, members that it does not know included. */
export function misfits(value: unknown, kind: Kind, path = ""): string[] {
  if (typeof kind === "string") {
    return typeof value === kind && value !== null ? [] : [`${path} is no ${kind}`];
  }
  if (Array.isArray(kind)) {
    const [of] = kind;
    return Array.isArray(value)
      ? value.flatMap((item, index) => misfits(item, of ?? {}, `${path}[${index}]`))
      : [`${path} is no list`];
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [`${path} is no object`];
  }
  const shape = Object.entries(kind).map(([name, of]) => ({
    name: name.replace("?", ""),
    of,
    isOptional: /\?$/u.test(name),
  }));
  const members = new Map<string, unknown>(Object.entries(value));
  const extra = [...members.keys()].filter((name) => !shape.some((one) => one.name === name));
  return [
    ...extra.map((name) => `${path}.${name} is not known`),
    ...shape.flatMap(({ name, of, isOptional }) =>
      isOptional && !members.has(name) ? [] : misfits(members.get(name), of, `${path}.${name}`),
    ),
  ];
}
