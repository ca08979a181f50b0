import { messageFromJson, type StreamingMessage } from "@inspector/proto";
import { expect, test } from "vitest";
import { createConversation } from "./conversation.ts";

const FOR_EVER = 60_000;

function message(json: unknown): StreamingMessage {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    throw new Error(parsed.reason);
  }
  return parsed.message;
}

test("gives each answer to whom it belongs, in whatever order they come", async () => {
  const conversation = createConversation();
  const [a, b] = ["a", "b"].map((functionId) => message({ functionLoadResponse: { functionId } }));
  const waiting = [
    conversation.answer("functionLoadResponse", "a", FOR_EVER),
    conversation.answer("functionLoadResponse", "b", FOR_EVER),
    conversation.answer("workerInitResponse", "", FOR_EVER),
  ];
  const init = message({ workerInitResponse: {} });
  for (const one of [b, init, a]) {
    if (one !== undefined) {
      conversation.hear(one);
    }
  }
  expect(await Promise.all(waiting)).toEqual([a, b, init]);
});

test("hears the answers in a collection one by one", async () => {
  const conversation = createConversation();
  const waiting = ["a", "b"].map((id) => conversation.answer("functionLoadResponse", id, FOR_EVER));
  const functionLoadResponses = [{ functionId: "b", result: { status: "Success" } }, { functionId: "a" }];
  conversation.hear(message({ functionLoadResponseCollection: { functionLoadResponses } }));
  expect((await Promise.all(waiting)).map(({ content }) => content)).toMatchObject([
    { case: "functionLoadResponse", value: { functionId: "a" } },
    { case: "functionLoadResponse", value: { functionId: "b", result: { status: 1 } } },
  ]);
});

test("keeps logs and responses of an invocation until they are taken, late ones too", () => {
  const conversation = createConversation();
  const said = [
    message({ rpcLog: { invocationId: "1", message: "before" } }),
    message({ invocationResponse: { invocationId: "1" } }),
    message({ rpcLog: { invocationId: "1", message: "behind" } }),
  ];
  conversation.hear(message({ rpcLog: { message: "of nobody" } }));
  for (const one of said) {
    conversation.hear(one);
  }
  expect(conversation.takeAnswer("1")).toEqual(said);
  expect(conversation.takeAnswer("1")).toEqual([]);
  expect(conversation.takeAnswer("")).toEqual([]);
});

test("lets nobody wait for a worker that is gone or silent", async () => {
  const conversation = createConversation();
  await expect(conversation.answer("workerInitResponse", "", 1)).rejects.toMatchObject({ code: "no-answer" });
  const waiting = conversation.answer("workerInitResponse", "", FOR_EVER);
  conversation.end("it exited with code 3");
  conversation.end("again");
  await expect(waiting).rejects.toMatchObject({ code: "worker-gone", message: expect.stringContaining("code 3") });
  await expect(conversation.answer("workerInitResponse", "", FOR_EVER)).rejects.toThrow("code 3");
});
