/** What host and worker say to each other in the replay workload, and how they recognise it. */
import { encodeMessage, messageFromJson } from "@inspector/proto";

/** Field numbers of StreamingMessage's content (FunctionRpc.proto). */
export const RPC_LOG = 2;
export const INVOCATION_REQUEST = 4;
export const INVOCATION_RESPONSE = 5;
export const WORKER_INIT_REQUEST = 17;
export const FUNCTION_LOAD_REQUEST = 8;

const FUNCTION = "0d4f3c52-6a1e-4b1f-8f0e-2f6f0a9b7c11";
const ID_PLACE = "00000000-0000-4000-8000-000000000000";
const DIGITS = 12;
/** What the host's own invocation ids begin with: those of replays are random. */
const HOSTS_OWN = ID_PLACE.slice(0, -DIGITS);
const SUCCESS = { status: "Success" };

export const startStream = encoded({ startStream: { workerId: "5f0f6a1c-9d6c-4c5e-8a57-6f2f8f2a4d01" } });
export const workerInitRequest = encoded({ workerInitRequest: { hostVersion: "4.1037.0" } });
export const workerInitResponse = encoded({
  workerInitResponse: {
    result: SUCCESS,
    capabilities: { RpcHttpBodyOnly: "true", TypedDataCollection: "true" },
    workerMetadata: { runtimeName: "node", runtimeVersion: "20.20.2", workerVersion: "3.9.1" },
  },
});
export const functionLoadRequest = encoded({
  functionLoadRequest: {
    functionId: FUNCTION,
    metadata: { name: "placeOrder", bindings: { item: { type: "queueTrigger", direction: "in" } } },
  },
});
export const functionLoadResponse = encoded({ functionLoadResponse: { functionId: FUNCTION, result: SUCCESS } });

/** Makes an invocation whose item is text of so many characters; the number is its id. */
export function invocations(characters: number): (number: number) => Buffer {
  const text = "an order of the warehouse, ".repeat(characters / 27 + 1).slice(0, characters);
  const fill = withId({
    invocationRequest: {
      invocationId: ID_PLACE,
      functionId: FUNCTION,
      inputData: [{ name: "item", data: { string: text } }],
      traceContext: { traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
    },
  });
  return (number) => fill(idOf(number));
}

const log = withId({
  rpcLog: { invocationId: ID_PLACE, category: "placeOrder.User", level: "Information", message: "placed an order" },
});
const response = withId({
  invocationResponse: { invocationId: ID_PLACE, result: SUCCESS, outputData: [], returnValue: { string: "placed" } },
});

/** A log and the response. */
export function answersTo(id: string): readonly Buffer[] {
  return [log(id), response(id)];
}

export function isHostsOwn(id: string): boolean {
  return id.startsWith(HOSTS_OWN);
}

export type Head = { readonly kind: number; readonly invocationId: string };

/** What the message is, with the invocation's id where it is field 1 of its content. */
export function headOf(message: Buffer): Head {
  const content = fieldsOf(message, 0, message.length, (number) => number > 1);
  if (content === undefined) {
    return { kind: 0, invocationId: "" };
  }
  const id = fieldsOf(message, content.start, content.end, (number) => number === 1);
  return { kind: content.number, invocationId: id === undefined ? "" : message.toString("latin1", id.start, id.end) };
}

type Field = { readonly number: number; readonly start: number; readonly end: number };

/** The first length-delimited field that is wanted. Lengths and tags below 2^28, which those of this workload are. */
function fieldsOf(bytes: Buffer, from: number, to: number, isWanted: (number: number) => boolean): Field | undefined {
  let at = from;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; at < to; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        break;
      }
    }
    return value;
  };
  while (at < to) {
    const tag = varint();
    const value = varint();
    if ((tag & 7) !== 2) {
      continue;
    }
    if (isWanted(tag >>> 3)) {
      return { number: tag >>> 3, start: at, end: at + value };
    }
    at += value;
  }
  return undefined;
}

function idOf(number: number): string {
  return HOSTS_OWN + String(number).padStart(DIGITS, "0");
}

/** Copies of a message with another id in the place of {@link ID_PLACE}. */
function withId(json: unknown): (id: string) => Buffer {
  const template = encoded(json);
  const at = template.indexOf(ID_PLACE);
  return (id) => {
    const bytes = Buffer.from(template);
    bytes.write(id, at, "latin1");
    return bytes;
  };
}

function encoded(json: unknown): Buffer {
  const parsed = messageFromJson(json);
  if (!parsed.ok) {
    throw new Error(`${parsed.path}: ${parsed.reason}`);
  }
  return Buffer.from(encodeMessage(parsed.message));
}
