/** What Service Bus and Event Hubs triggers hand over, one message at a time or a batch. */
import { randomUUID } from "node:crypto";
import type { FunctionInfo } from "./functions.ts";
import type { TriggerInput } from "./invocation-request.ts";
import { stringAt } from "./json.ts";
import { bytesData, jsonData, stringData, type TypedDataInit, textOf } from "./typed-data.ts";

/** Whether the worker has declared a capability. */
type Has = (capability: string) => boolean;

/** Where a message begins a queue or a partition. */
const FIRST_SEQUENCE_NUMBER = 1n;
const TIME_TO_LIVE_MS = 14 * 24 * 60 * 60_000;

/**
 * A Service Bus message, or several where the trigger's cardinality is "many". The Python worker tells the two apart by
 * `UserProperties` and `UserPropertiesArray`, and reads everything else from the metadata too.
 *
 * @param input a list is one message each for "many"; text stays text, everything else becomes JSON
 * @see azure-sdk-for-net, ServiceBusTriggerBindingStrategy.AddBindingData
 */
export function createServiceBusInput(info: FunctionInfo, input: unknown, has: Has): TriggerInput {
  const enqueuedAt = new Date();
  const expiresAt = new Date(enqueuedAt.getTime() + TIME_TO_LIVE_MS);
  return createMessageInput(info, input, has, (_, index) => ({
    DeliveryCount: 1,
    LockToken: randomUUID(),
    ExpiresAtUtc: formatUtc(expiresAt),
    ExpiresAt: formatOffset(expiresAt),
    EnqueuedTimeUtc: formatUtc(enqueuedAt),
    EnqueuedTime: formatOffset(enqueuedAt),
    MessageId: randomUUID().replaceAll("-", ""),
    SequenceNumber: FIRST_SEQUENCE_NUMBER + BigInt(index),
    ApplicationProperties: {},
    UserProperties: {},
  }));
}

/**
 * An event of Event Hubs, or several where the trigger's cardinality is "many", told apart by `SystemProperties` and
 * `SystemPropertiesArray`.
 *
 * @see azure-sdk-for-net, EventHubTriggerBindingStrategy.AddBindingData
 */
export function createEventHubInput(info: FunctionInfo, input: unknown, has: Has): TriggerInput {
  const enqueuedAt = formatUtc(new Date());
  let offset = 0;
  const { data, metadata } = createMessageInput(info, input, has, (content, index) => {
    const number = FIRST_SEQUENCE_NUMBER + BigInt(index);
    const position = { SequenceNumber: Number(number), Offset: String(offset) };
    offset += Buffer.byteLength(content);
    return {
      ...position,
      SequenceNumber: number,
      EnqueuedTimeUtc: enqueuedAt,
      Properties: {},
      SystemProperties: { ...position, PartitionKey: null, EnqueuedTimeUtc: enqueuedAt },
    };
  });
  const partition = {
    FullyQualifiedNamespace: "localhost",
    EventHubName: stringAt(info.trigger.settings, "eventHubName") ?? "",
    ConsumerGroup: stringAt(info.trigger.settings, "consumerGroup") ?? "$Default",
    PartitionId: "0",
  };
  return { data, metadata: { PartitionContext: jsonData(partition), ...metadata } };
}

function createMessageInput(
  info: FunctionInfo,
  input: unknown,
  has: Has,
  describe: (content: string, index: number) => Properties,
): TriggerInput {
  const isBinary = info.trigger.dataType === "binary";
  if (stringAt(info.trigger.settings, "cardinality")?.toLowerCase() !== "many") {
    const content = textOf(input);
    const metadata = Object.entries(describe(content, 0)).map(([name, value]) => [name, metadataOf(value)]);
    return {
      data: isBinary ? bytesData(Buffer.from(content)) : stringData(content),
      metadata: Object.fromEntries(metadata),
    };
  }
  const contents = (Array.isArray(input) ? input : [input]).map(textOf);
  const properties = contents.map(describe);
  const names = Object.keys(properties[0] ?? describe("", 0));
  const metadata = names.map((name) => [
    `${name}Array`,
    listOf(
      properties.map((each) => each[name]),
      has,
    ),
  ]);
  return { data: contentsOf(contents, isBinary, has), metadata: Object.fromEntries(metadata) };
}

/** The bodies of a batch. Without the capability for collections they are a list in JSON, bytes in base64. */
function contentsOf(contents: readonly string[], isBinary: boolean, has: Has): TypedDataInit {
  const bytes = contents.map((content) => Buffer.from(content));
  if (!has("TypedDataCollection")) {
    return jsonData(isBinary ? bytes.map((each) => each.toString("base64")) : contents);
  }
  return isBinary
    ? { data: { case: "collectionBytes", value: { bytes } } }
    : { data: { case: "collectionString", value: { string: [...contents] } } };
}

/** What a message has beside its content. 64-bit numbers are bigints, which have a collection of their own. */
type Properties = Readonly<Record<string, unknown>>;

/** Text is text, all else is JSON, as the host writes metadata. */
function metadataOf(value: unknown): TypedDataInit {
  if (typeof value === "bigint") {
    return { data: { case: "json", value: String(value) } };
  }
  return typeof value === "string" && !isTime(value) ? stringData(value) : jsonData(value);
}

/** Lists of texts and of 64-bit numbers are collections where the worker takes those; all else is JSON. */
function listOf(values: readonly unknown[], has: Has): TypedDataInit {
  const string = values.filter((value): value is string => typeof value === "string" && !isTime(value));
  const sint64 = values.filter((value) => typeof value === "bigint");
  if (has("TypedDataCollection") && string.length === values.length) {
    return { data: { case: "collectionString", value: { string } } };
  }
  if (has("TypedDataCollection") && sint64.length === values.length) {
    return { data: { case: "collectionSint64", value: { sint64 } } };
  }
  return jsonData(values.map((value) => (typeof value === "bigint" ? Number(value) : value)));
}

/** Times are dates to the host, which it writes as JSON. */
function isTime(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT/u.test(value);
}

/** As .NET writes a time in UTC that does not say so. */
function formatUtc(time: Date): string {
  return time.toISOString().replace("Z", "");
}

function formatOffset(time: Date): string {
  return time.toISOString().replace("Z", "+00:00");
}
