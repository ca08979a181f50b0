import { expect, test } from "vitest";
import { withHttpAt, withLegHead } from "./http-metadata.ts";

const PATH = ["invocationRequest", "inputData", 0, "data"];
const HTTP = { url: "http://x/?n=1", query: { n: "1" }, headers: { accept: "a", "content-length": "4" } };

function message(http: object, metadata: object): unknown {
  return {
    requestId: "r",
    invocationRequest: { inputData: [{ name: "req", data: { http } }], triggerMetadata: metadata },
  };
}

const metadata = (query: object, headers: object) => ({
  Query: { json: JSON.stringify(query) },
  Headers: { json: JSON.stringify(headers) },
  other: { string: "n" },
});

test("the trigger metadata say of an edited request what they said of the recorded one", () => {
  const before = message(HTTP, metadata({ n: "1" }, { Accept: "a", "Content-Length": "4", Host: "h" }));
  const http = { ...HTTP, query: { n: "2", m: "3" }, headers: { "content-length": "9" } };
  expect(withHttpAt(before, PATH, { http })).toEqual(
    message(http, metadata({ n: "2", m: "3" }, { "Content-Length": "9", Host: "h" })),
  );
});

test("what the metadata said otherwise stays, and so does what is no map", () => {
  const odd = { Query: { json: '{ "n": "5" }' }, Headers: { string: "no map" } };
  const http = { ...HTTP, query: { n: "2" }, headers: {} };
  expect(withHttpAt(message(HTTP, odd), PATH, { http })).toEqual(message(http, odd));
  const bytes = { Query: { bytes: "AA==" }, Headers: { json: "[]" } };
  expect(withHttpAt(message(HTTP, bytes), PATH, { http })).toEqual(message(http, bytes));
});

test("where the metadata repeat the whole request they repeat the edited one", () => {
  const http = { ...HTTP, method: "PUT" };
  const repeated = (value: object) => ({ req: { http: value }, $request: { http: { method: "other" } } });
  expect(withHttpAt(message(HTTP, repeated(HTTP)), PATH, { http })).toEqual(message(http, repeated(http)));
});

test("an edited request beside the stream has its query and headers in the message's metadata", () => {
  const before = { method: "GET", target: "/?n=1&n=2&m=%2f", headers: [["accept", "a"]] as const };
  const after = { ...before, target: "/?n=1&n=3&m=%2f", headers: [["accept", "b"]] as const };
  const recorded = message({}, metadata({ n: "1,2", m: "/" }, { Accept: "a" }));
  const edited = withLegHead(recorded, before, after);
  expect(edited).toEqual(message({}, metadata({ n: "1,3", m: "/" }, { Accept: "b" })));
  expect(withLegHead(edited, after, before)).toEqual(recorded);
});
