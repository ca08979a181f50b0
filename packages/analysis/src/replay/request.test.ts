import { expect, test } from "vitest";
import { compareRequests, MADE_UP_BY_HOST } from "./request.ts";

function queueMessage(id: string, text: string) {
  return {
    message: {
      invocationRequest: {
        invocationId: id,
        functionId: id,
        traceContext: { traceParent: id },
        inputData: [{ name: "job", data: { string: text } }],
        triggerMetadata: { Count: { json: "1" } },
      },
    },
  };
}

test("a request that was sent differs from the recorded one in what was edited, by the member, to the digit", () => {
  const recorded = queueMessage("a", '{"width":9007199254740993,"picture":"alps"}');
  const sent = queueMessage("b", '{"width":9007199254740992,"picture":"alps","note":"x"}');
  expect(compareRequests(recorded, sent)).toEqual([
    {
      kind: "changed",
      path: "inputs.job.data.string.width",
      recorded: "9007199254740993",
      replayed: "9007199254740992",
    },
    { kind: "added", path: "inputs.job.data.string.note", replayed: '"x"' },
  ]);
  expect(compareRequests(recorded, queueMessage("c", '{"width":9007199254740993,"picture":"alps"}'))).toEqual([]);
});

test("what goes over HTTP beside it is compared too, but for what is of the connection", () => {
  const http = (target: string, body: string) => ({
    method: "POST",
    target,
    headers: [["content-length", String(body.length)] as const, ["X-Id", "1"] as const],
    body: new TextEncoder().encode(body),
  });
  const [recorded, sent] = [{ http: http("/api/a", '{"n":1}') }, { http: http("/api/b", '{"n":10}') }];
  expect(compareRequests({ message: {}, ...recorded }, { message: {}, ...sent }).map(({ path }) => path)).toEqual([
    "http.target",
    "http.body.n",
  ]);
});

test("two calls differ in neither the id of each nor, where that is left out, what the host makes up for each", () => {
  const call = (id: string, name: string) => ({
    message: {
      invocationRequest: {
        invocationId: id,
        inputData: [{ name: "req", data: { http: { headers: { "x-ms-invocation-id": id }, query: { name } } } }],
        triggerMetadata: { sys: { json: `{"MethodName":"hello","UtcNow":"${id}-now","RandGuid":"${id}-guid"}` } },
      },
    },
  });
  const [first, second] = [call("0a5c-first", "Ada"), call("9f1e-second", "Bob")];
  const paths = compareRequests(first, second, { ignore: MADE_UP_BY_HOST }).map(({ path }) => path);
  expect(paths).toEqual(["inputs.req.data.http.query.name"]);
  const sys = ({ invocationId: _, ...rest }: ReturnType<typeof call>["message"]["invocationRequest"]) => ({
    message: { invocationRequest: rest },
  });
  expect(compareRequests(sys(first.message.invocationRequest), sys(second.message.invocationRequest))).toHaveLength(4);
});
