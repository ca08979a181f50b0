/** What triggers other than http hand over: the values by which the Python and .NET workers choose how to convert them. */
import { create, messageToJson, StreamingMessageSchema } from "@inspector/proto";
import { describe, expect, test } from "vitest";
import { parseFunction } from "./functions.ts";
import { createInvocationRequest } from "./invocation-request.ts";
import { isJsonObject, type JsonObject, objectAt } from "./json.ts";
import { createManualInvocation } from "./manual-input.ts";

/** The request for a function with this trigger, in proto3 JSON: its only input, and its trigger metadata. */
async function requestFor(
  trigger: JsonObject,
  input: unknown,
  more: { metadata?: JsonObject; capabilities?: readonly string[] } = {},
): Promise<{ input: unknown; metadata: JsonObject }> {
  const identity = { id: "f", name: "f", directory: "", scriptFile: "", entryPoint: "", language: "", properties: {} };
  const parsed = parseFunction(identity, [{ name: "it", direction: "in", ...trigger }], {});
  if (!parsed.ok) {
    throw new Error(parsed.reason);
  }
  const { capabilities = ["TypedDataCollection"], metadata } = more;
  const invocation = createManualInvocation(parsed.value, input, "http://127.0.0.1:1/api", metadata);
  const prepared = await invocation.prepare({
    invocationId: "i",
    capabilities: {},
    has: (capability) => capabilities.includes(capability),
  });
  const value = createInvocationRequest(parsed.value, "i", prepared);
  const json = messageToJson(create(StreamingMessageSchema, { content: { case: "invocationRequest", value } }));
  const request = objectAt(isJsonObject(json) ? json : {}, "invocationRequest");
  const inputs = request["inputData"];
  return { input: Array.isArray(inputs) ? inputs[0] : undefined, metadata: objectAt(request, "triggerMetadata") };
}

const text = expect.any(String);
const TIME = { json: expect.stringMatching(/^"\d{4}-\d\d-\d\dT[\d:.]+"$/u) };

describe("Service Bus", () => {
  const one = { type: "serviceBusTrigger", queueName: "q" };
  const many = { ...one, cardinality: "many" };

  test("hands over one message with UserProperties and what the broker knows of it", async () => {
    const { input, metadata } = await requestFor(one, { a: 1 });
    expect(input).toEqual({ name: "it", data: { string: '{"a":1}' } });
    expect(metadata).toMatchObject({
      UserProperties: { json: "{}" },
      ApplicationProperties: { json: "{}" },
      MessageId: { string: text },
      LockToken: { string: text },
      DeliveryCount: { json: "1" },
      SequenceNumber: { json: "1" },
      EnqueuedTimeUtc: TIME,
      ExpiresAtUtc: TIME,
    });
    expect(Object.keys(metadata).filter((name) => name.endsWith("Array"))).toEqual([]);
  });

  test("hands over a batch with arrays of the same, as collections where the worker takes them", async () => {
    const { input, metadata } = await requestFor(many, ["x", { a: 1 }]);
    expect(input).toEqual({ name: "it", data: { collectionString: { string: ["x", '{"a":1}'] } } });
    expect(metadata).toMatchObject({
      UserPropertiesArray: { json: "[{},{}]" },
      MessageIdArray: { collectionString: { string: [text, text] } },
      DeliveryCountArray: { json: "[1,1]" },
      SequenceNumberArray: { collectionSint64: { sint64: ["1", "2"] } },
      EnqueuedTimeUtcArray: { json: expect.stringMatching(/^\["\d.*",".*"\]$/u) },
    });
    expect(Object.keys(metadata).filter((name) => !name.endsWith("Array"))).toEqual([]);
  });

  test("hands over a batch as JSON where the worker takes no collections", async () => {
    const { input, metadata } = await requestFor(many, ["x"], { capabilities: [] });
    expect(input).toEqual({ name: "it", data: { json: '["x"]' } });
    expect(metadata).toMatchObject({ SequenceNumberArray: { json: "[1]" }, MessageIdArray: { json: text } });
  });

  test("hands over bytes where the function asks for them", async () => {
    const { input } = await requestFor({ ...one, dataType: "binary" }, "ab");
    expect(input).toEqual({ name: "it", data: { bytes: "YWI=" } });
    const batch = await requestFor({ ...many, dataType: "binary" }, "ab");
    expect(batch.input).toEqual({ name: "it", data: { collectionBytes: { bytes: ["YWI="] } } });
  });

  test("hands over the metadata of the call instead of its own", async () => {
    const given = { messageId: "mine", UserProperties: { tenant: "a" }, DeliveryCount: 3, LockToken: null };
    const { metadata } = await requestFor(one, "x", { metadata: given });
    expect(metadata).toMatchObject({
      messageId: { string: "mine" },
      UserProperties: { json: '{"tenant":"a"}' },
      DeliveryCount: { json: "3" },
    });
    expect(metadata).not.toHaveProperty("MessageId");
    expect(metadata).not.toHaveProperty("LockToken");
  });
});

describe("Event Hubs", () => {
  const one = { type: "eventHubTrigger", eventHubName: "hub" };

  test("hands over one event with SystemProperties", async () => {
    const { input, metadata } = await requestFor(one, "x");
    expect(input).toEqual({ name: "it", data: { string: "x" } });
    expect(metadata).toMatchObject({
      PartitionContext: { json: expect.stringContaining('"EventHubName":"hub"') },
      SystemProperties: { json: expect.stringMatching(/^\{"SequenceNumber":1,"Offset":"0",.*"EnqueuedTimeUtc":"\d/u) },
      Properties: { json: "{}" },
      Offset: { string: "0" },
      EnqueuedTimeUtc: TIME,
    });
  });

  test("hands over a batch with as many SystemPropertiesArray as events", async () => {
    const { input, metadata } = await requestFor({ ...one, cardinality: "Many" }, ["abc", "d"]);
    expect(input).toEqual({ name: "it", data: { collectionString: { string: ["abc", "d"] } } });
    const properties: unknown = JSON.parse(String(objectAt(metadata, "SystemPropertiesArray")["json"]));
    expect(properties).toMatchObject([
      { SequenceNumber: 1, Offset: "0" },
      { SequenceNumber: 2, Offset: "3" },
    ]);
    expect(metadata).toMatchObject({
      OffsetArray: { collectionString: { string: ["0", "3"] } },
      SequenceNumberArray: { collectionSint64: { sint64: ["1", "2"] } },
    });
  });
});

describe("other triggers", () => {
  test("of blobs hand over bytes, the blob's name and address, and the parameters of its path", async () => {
    const { input, metadata } = await requestFor({ type: "blobTrigger", path: "samples/{name}.txt" }, "content");
    expect(input).toEqual({ name: "it", data: { bytes: Buffer.from("content").toString("base64") } });
    expect(metadata).toMatchObject({
      BlobTrigger: { string: "samples/name.txt" },
      Uri: { json: expect.stringContaining("/samples/name.txt") },
      Properties: { json: expect.stringContaining('"Length":7') },
      Metadata: { json: "{}" },
      name: { string: "name" },
    });
    const asText = await requestFor({ type: "blobTrigger", path: "a/b", dataType: "string" }, "content");
    expect(asText.input).toEqual({ name: "it", data: { string: "content" } });
  });

  test("of Event Grid hand over an event, made around what is none", async () => {
    const event = { id: "1", eventType: "T", subject: "s", data: { a: 1 } };
    const given = await requestFor({ type: "eventGridTrigger" }, event);
    expect(given).toEqual({
      input: { name: "it", data: { json: JSON.stringify(event) } },
      metadata: { data: { json: '{"a":1}' } },
    });
    const made = await requestFor({ type: "eventGridTrigger" }, '{"a":1}');
    expect(made.input).toEqual({
      name: "it",
      data: { json: expect.stringMatching(/^\{"id":.*"eventType":.*"dataVersion":"1.0","data":\{"a":1\}\}$/u) },
    });
  });

  test.each([
    [{ id: "1" }, '[{"id":"1"}]'],
    ['[{"id":"1"},{"id":"2"}]', '[{"id":"1"},{"id":"2"}]'],
    [undefined, "[]"],
  ])("of Cosmos DB hand over a list of documents: %j", async (given, json) => {
    expect((await requestFor({ type: "cosmosDBTrigger" }, given)).input).toEqual({ name: "it", data: { json } });
  });

  test("of timers and queues take metadata of the call too", async () => {
    const timer = await requestFor({ type: "timerTrigger", schedule: "0 * * * * *" }, undefined, {
      metadata: { a: "b" },
    });
    expect(timer.metadata).toMatchObject({ TimerTrigger: { json: text }, a: { string: "b" } });
    const queue = await requestFor({ type: "queueTrigger", queueName: "q" }, "m", { metadata: { DequeueCount: 5 } });
    expect(queue.metadata).toMatchObject({ QueueTrigger: { string: "m" }, DequeueCount: { json: "5" } });
  });
});
