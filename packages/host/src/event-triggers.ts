/** What Blob, Event Grid and Cosmos DB triggers hand over. */
import { randomUUID } from "node:crypto";
import type { FunctionInfo } from "./functions.ts";
import type { TriggerInput } from "./invocation-request.ts";
import { isJsonObject, parseJson, stringAt } from "./json.ts";
import { bytesData, jsonData, stringData, textOf } from "./typed-data.ts";

/**
 * A blob with this content: bytes, or text where the trigger's dataType is "string". There is no storage behind it, so its
 * name comes from the trigger's path, whose parameters stand for themselves ("{name}" is called "name").
 *
 * @param input text is the content, everything else becomes JSON
 */
export function createBlobInput(info: FunctionInfo, input: unknown): TriggerInput {
  const content = Buffer.from(textOf(input));
  const pattern = stringAt(info.trigger.settings, "path") ?? "container/{name}";
  const parameters = [...pattern.matchAll(/\{(\w+)\}/gu)].map(([, name = ""]) => name);
  const path = pattern.replaceAll(/\{(\w+)\}/gu, "$1");
  const now = new Date().toISOString().replace(/\.\d+Z$/u, "+00:00");
  return {
    data: info.trigger.dataType === "string" ? stringData(content.toString()) : bytesData(content),
    metadata: {
      BlobTrigger: stringData(path),
      Uri: jsonData(`http://127.0.0.1:10000/devstoreaccount1/${path}`),
      Properties: jsonData({
        Length: content.length,
        ContentLength: content.length,
        ContentType: "application/octet-stream",
        CreatedOn: now,
        LastModified: now,
        ETag: '"0x1"',
      }),
      Metadata: jsonData({}),
      ...Object.fromEntries(parameters.map((name) => [name, stringData(name)])),
    },
  };
}

/**
 * An event of Event Grid. What is no event in either schema (`eventType`, or `type` of CloudEvents) becomes the data of one.
 */
export function createEventGridInput(info: FunctionInfo, input: unknown): TriggerInput {
  const parsed = typeof input === "string" ? (parseJson(input) ?? input) : input;
  const isEvent = isJsonObject(parsed) && ["eventType", "type"].some((key) => typeof parsed[key] === "string");
  const event = isEvent
    ? parsed
    : {
        id: randomUUID(),
        topic: "",
        subject: info.name,
        eventType: "Inspector.ManualEvent",
        eventTime: new Date().toISOString(),
        dataVersion: "1.0",
        data: parsed ?? null,
      };
  const { data } = event;
  return { data: jsonData(event), metadata: data === undefined || data === null ? {} : { data: jsonData(data) } };
}

/** Documents that have changed: always a list. */
export function createCosmosDbInput(input: unknown): TriggerInput {
  const parsed = typeof input === "string" ? (parseJson(input) ?? input) : input;
  const documents = Array.isArray(parsed) ? parsed : parsed === undefined || parsed === null ? [] : [parsed];
  return { data: jsonData(documents), metadata: {} };
}
