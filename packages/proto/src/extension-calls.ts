/**
 * Calls of extensions on the host's port, beside the event stream: settlement of Service Bus messages, and the tunnel that
 * carries such calls in separated compute. Their contracts are public only in part. What is not known keeps its bytes.
 * @see docs/protocol-notes.md, "Calls of extensions"
 */
import { encodeBase64 } from "./base64.ts";
import { ByteView, FieldCursor, WIRE_LENGTH, WIRE_VARINT } from "./field-cursor.ts";
import { decodeUtf8 } from "./head-text.ts";
import { joinBytes } from "./join-bytes.ts";

export const EXTENSION_RPC_PATH = "/AzureFunctionsExtensionRpcMessages.ExtensionRpc/EventStream";

export type ExtensionMessage = {
  /** "CompleteRequest", "ExtensionRpcMessage" */
  readonly name: string;
  /** proto3 JSON; fields without a known name under "$unknown", base64 of the fields as they stood on the wire. */
  readonly json: Json;
  /** What a list shows: "start call-1 /Settlement/Complete", "lock token 0a1b…". */
  readonly text: string;
  /** Of the tunnel: the call that it belongs to; absent in messages about the tunnel itself. */
  readonly callId?: string;
  /** Of the tunnel: who says such a thing. Data and window updates come from both. */
  readonly saidBy?: "host" | "worker";
  /** Of a settlement: which message it settles. */
  readonly lockToken?: string;
};

type Json = { readonly [name: string]: unknown };
type Type = "string" | "bytes" | "string-value" | "timestamp";
type Fields = Readonly<Record<number, readonly [name: string, type: Type]>>;
type Method = { readonly request: readonly [string, Fields]; readonly response: readonly [string, Fields] };

const EMPTY: Method["response"] = ["Empty", {}];
const LOCK: Fields = { 1: ["locktoken", "string"] };
const LOCK_AND_PROPERTIES: Fields = { ...LOCK, 2: ["propertiesToModify", "bytes"] };
const SESSION: Fields = { 1: ["sessionId", "string"] };
const STATE = "sessionState";

const SETTLEMENT: Readonly<Record<string, Method>> = {
  Complete: { request: ["CompleteRequest", LOCK], response: EMPTY },
  Abandon: { request: ["AbandonRequest", LOCK_AND_PROPERTIES], response: EMPTY },
  Deadletter: {
    request: [
      "DeadletterRequest",
      {
        ...LOCK_AND_PROPERTIES,
        3: ["deadletterReason", "string-value"],
        4: ["deadletterErrorDescription", "string-value"],
      },
    ],
    response: EMPTY,
  },
  Defer: { request: ["DeferRequest", LOCK_AND_PROPERTIES], response: EMPTY },
  RenewMessageLock: { request: ["RenewMessageLockRequest", LOCK], response: EMPTY },
  GetSessionState: {
    request: ["GetSessionStateRequest", SESSION],
    response: ["GetSessionStateResponse", { 1: [STATE, "bytes"] }],
  },
  SetSessionState: { request: ["SetSessionStateRequest", { ...SESSION, 2: [STATE, "bytes"] }], response: EMPTY },
  ReleaseSession: { request: ["ReleaseSessionRequest", SESSION], response: EMPTY },
  RenewSessionLock: {
    request: ["RenewSessionLockRequest", SESSION],
    response: ["RenewSessionLockResponse", { 1: ["lockedUntil", "timestamp"] }],
  },
};
const SETTLEMENT_PATH = /^\/Settlement\/(\w+)$/u;

const SESSION_ID = 1;
const CALL_ID = 2;
const SHARD_ID = 13;
/** Contents of the tunnel's messages, and who sends them: the proxy in the worker's place, or the host. */
const TUNNEL: Readonly<Record<number, readonly [name: string, saidBy?: "host" | "worker"]>> = {
  3: ["hello", "worker"],
  4: ["ready", "host"],
  5: ["start", "worker"],
  6: ["data"],
  7: ["halfClose", "worker"],
  8: ["cancel", "worker"],
  9: ["headers", "host"],
  10: ["complete", "host"],
  11: ["windowUpdate"],
  12: ["sessionClosed"],
};
const START = 5;
const DATA = 6;
const METHOD = /^\/[\w.]+\/\w+$/u;
const MAX_METHOD_BYTES = 1000;

/**
 * @param path of the call, "/Settlement/Complete"
 * @param isRequest whether it comes from the end that opened the call
 * @returns undefined where the method is not known, or the bytes are no protobuf
 */
export function readExtensionMessage(
  path: string,
  isRequest: boolean,
  bytes: Uint8Array,
): ExtensionMessage | undefined {
  if (path === EXTENSION_RPC_PATH) {
    return readTunnel(bytes);
  }
  const [, name = ""] = SETTLEMENT_PATH.exec(path) ?? [];
  const method = Object.hasOwn(SETTLEMENT, name) ? SETTLEMENT[name] : undefined;
  if (method === undefined) {
    return undefined;
  }
  const [message, fields] = isRequest ? method.request : method.response;
  const json = readMessage(bytes, fields);
  if (json === undefined) {
    return undefined;
  }
  const { locktoken, sessionId, lockedUntil } = json;
  const lockToken = typeof locktoken === "string" ? locktoken : undefined;
  const text = lockToken === undefined ? (sessionId ?? lockedUntil) : `lock token ${lockToken}`;
  return {
    name: message,
    json,
    text: typeof text === "string" ? text : "",
    ...(lockToken !== undefined && { lockToken }),
  };
}

function readTunnel(bytes: Uint8Array): ExtensionMessage | undefined {
  const json: Record<string, unknown> = {};
  const unknown: Uint8Array[] = [];
  const said: string[] = [];
  let from: "host" | "worker" | undefined;
  let callId = "";
  const isWhole = eachField(bytes, (field) => {
    const [content, saidBy] = TUNNEL[field.number] ?? [];
    if (field.wireType !== WIRE_LENGTH) {
      unknown.push(field.whole);
    } else if (content !== undefined) {
      const [inner, detail] = readContent(field.number, field.value);
      json[content] = inner;
      said.push(content, detail);
      from = saidBy;
    } else if (field.number === SESSION_ID) {
      json["sessionId"] = decodeUtf8(field.value);
    } else if (field.number === CALL_ID) {
      callId = decodeUtf8(field.value);
      json["callId"] = callId;
    } else if (field.number === SHARD_ID) {
      json["shardId"] = decodeUtf8(field.value);
    } else {
      unknown.push(field.whole);
    }
  });
  if (!isWhole) {
    return undefined;
  }
  const [content = "empty", detail = ""] = said;
  const text = [content, callId, detail].filter((part) => part !== "").join(" ");
  return {
    name: "ExtensionRpcMessage",
    json: withUnknown(json, unknown),
    text,
    ...(callId !== "" && { callId }),
    ...(from !== undefined && { saidBy: from }),
  };
}

/**
 * The numbers of the fields within are not public. Two of them tell by what they hold: the one path of a start is its
 * method, the one field with a length of a data message is the payload, since all its others are numbers and flags.
 */
function readContent(number: number, bytes: Uint8Array): readonly [Json, string] {
  const fields: Field[] = [];
  if (!eachField(bytes, (field) => fields.push(field))) {
    return [{ $unknown: encodeBase64(bytes) }, ""];
  }
  const withLength = fields.filter(({ wireType }) => wireType === WIRE_LENGTH);
  const json: Record<string, unknown> = {};
  let known: Field | undefined;
  let text = "";
  if (number === START) {
    const paths = withLength.filter(({ value }) => value.length <= MAX_METHOD_BYTES && METHOD.test(decodeUtf8(value)));
    known = paths.length === 1 ? paths[0] : undefined;
    text = known === undefined ? "" : decodeUtf8(known.value);
    if (known !== undefined) {
      json["method"] = text;
    }
  } else if (number === DATA && withLength.length === 1) {
    [known] = withLength;
    text = `${known?.value.length ?? 0} bytes`;
    json["payload"] = encodeBase64(known?.value ?? new Uint8Array(0));
  }
  const others = fields.filter((field) => field !== known).map(({ whole }) => whole);
  return [withUnknown(json, others), text];
}

function readMessage(bytes: Uint8Array, fields: Fields): Json | undefined {
  const json: Record<string, unknown> = {};
  const unknown: Uint8Array[] = [];
  const isWhole = eachField(bytes, (field) => {
    const [name, type] = fields[field.number] ?? [];
    const value = name === undefined || field.wireType !== WIRE_LENGTH ? undefined : decodeValue(type, field.value);
    if (name === undefined || value === undefined) {
      unknown.push(field.whole);
    } else {
      json[name] = value;
    }
  });
  return isWhole ? withUnknown(json, unknown) : undefined;
}

function decodeValue(type: Type | undefined, bytes: Uint8Array): string | undefined {
  switch (type) {
    case "string":
      return decodeUtf8(bytes);
    case "bytes":
      return encodeBase64(bytes);
    case "string-value": {
      let text: string | undefined = "";
      const isWhole = eachField(bytes, ({ number, wireType, value }) => {
        text = number === 1 && wireType === WIRE_LENGTH ? decodeUtf8(value) : undefined;
      });
      return isWhole ? text : undefined;
    }
    case "timestamp":
      return timeOf(bytes);
    default:
      return undefined;
  }
}

function timeOf(bytes: Uint8Array): string | undefined {
  let seconds = 0;
  let nanos = 0;
  const isWhole = eachField(bytes, ({ number, wireType, varint }) => {
    if (wireType === WIRE_VARINT) {
      seconds = number === 1 ? varint : seconds;
      nanos = number === 2 ? varint : nanos;
    }
  });
  const time = new Date(seconds * 1000 + Math.floor(nanos / 1e6));
  return isWhole && !Number.isNaN(time.getTime()) ? time.toISOString() : undefined;
}

type Field = {
  readonly number: number;
  readonly wireType: number;
  /** Of a field with a length; of others what stands behind the tag. */
  readonly value: Uint8Array;
  readonly varint: number;
  /** With its tag. */
  readonly whole: Uint8Array;
};

/** @returns whether all of it was protobuf */
function eachField(bytes: Uint8Array, onField: (field: Field) => void): boolean {
  const cursor = new FieldCursor(new ByteView(bytes), 0, bytes.length);
  while (cursor.next()) {
    const { number, wireType, start, end, tag, value } = cursor;
    onField({ number, wireType, value: bytes.subarray(start, end), varint: value, whole: bytes.subarray(tag, end) });
  }
  return cursor.fault === undefined;
}

function withUnknown(json: Json, fields: readonly Uint8Array[]): Json {
  return fields.length === 0 ? json : { ...json, $unknown: encodeBase64(joinBytes(fields)) };
}
