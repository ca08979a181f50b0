import { isRecord, readList, readRecord, readText } from "../detail/reading.ts";

export type Path = readonly (string | number)[];

/** A TypedData of a message that people edit by itself. */
export type MessagePart = {
  readonly path: Path;
  readonly name: string;
  readonly group: "Input" | "Trigger metadata" | "Answer" | "Output";
  readonly isHttp: boolean;
};

/** The values in a message, the http ones first: what most people change. */
export function listParts(message: unknown): readonly MessagePart[] {
  const { invocationRequest, invocationResponse } = readRecord(message);
  const parts = isRecord(invocationRequest)
    ? requestParts(invocationRequest)
    : isRecord(invocationResponse)
      ? responseParts(invocationResponse)
      : [];
  return [...parts.filter(({ isHttp }) => isHttp), ...parts.filter(({ isHttp }) => !isHttp)];
}

function requestParts(request: Readonly<Record<string, unknown>>): readonly MessagePart[] {
  const at = ["invocationRequest"];
  const metadata = Object.entries(readRecord(request["triggerMetadata"])).map(([name, data]) =>
    part([...at, "triggerMetadata", name], name, "Trigger metadata", data),
  );
  return [...bindings([...at, "inputData"], "Input", request["inputData"]), ...metadata];
}

function responseParts(response: Readonly<Record<string, unknown>>): readonly MessagePart[] {
  const at = ["invocationResponse"];
  const returned = response["returnValue"];
  return [
    ...(isRecord(returned) ? [part([...at, "returnValue"], "return value", "Answer", returned)] : []),
    ...bindings([...at, "outputData"], "Output", response["outputData"]),
  ];
}

/** A binding in shared memory has no data of its own. */
function bindings(path: Path, group: MessagePart["group"], list: unknown): readonly MessagePart[] {
  return readList(list).flatMap((binding, index) => {
    const { name, data } = readRecord(binding);
    return isRecord(data) ? [part([...path, index, "data"], readText(name) ?? "", group, data)] : [];
  });
}

/** A value in shared memory, where it cannot be edited: the binding's name, and the map's. */
export type SharedValue = { readonly binding: string; readonly map: string };

/** The inputs of a request, or the outputs of an answer, that are in shared memory. */
export function listShared(message: unknown): readonly SharedValue[] {
  const outputs = readList(readRecord(readRecord(message)["invocationResponse"])["outputData"]);
  return [...inputsOf(message), ...outputs].filter(isInSharedMemory).map((binding) => {
    const { name, rpcSharedMemory } = readRecord(binding);
    return { binding: readText(name) ?? "", map: readText(readRecord(rpcSharedMemory)["name"]) ?? "" };
  });
}

export function hasSharedMemory(message: unknown): boolean {
  return listShared(message).length > 0;
}

/** The request with the values of another in the places of those that are in shared memory, by the names of the inputs. */
export function withValuesOf(other: unknown, message: unknown): unknown {
  if (!inputsOf(message).some(isInSharedMemory)) {
    return message;
  }
  const values = new Map(inputsOf(other).map((input) => [readRecord(input)["name"], input]));
  const inputs = inputsOf(message).map((input) =>
    isInSharedMemory(input) ? (values.get(readRecord(input)["name"]) ?? input) : input,
  );
  return withValueAt(message, ["invocationRequest", "inputData"], inputs);
}

function inputsOf(message: unknown): readonly unknown[] {
  return readList(readRecord(readRecord(message)["invocationRequest"])["inputData"]);
}

function isInSharedMemory(input: unknown): boolean {
  return "rpcSharedMemory" in readRecord(input);
}

function part(path: Path, name: string, group: MessagePart["group"], data: unknown): MessagePart {
  return { path, name, group, isHttp: "http" in readRecord(data) };
}

export function valueAt(message: unknown, path: Path): unknown {
  let value = message;
  for (const step of path) {
    value = typeof step === "number" ? readList(value)[step] : readRecord(value)[step];
  }
  return value;
}

/** The message with another value at the path; all else is kept as it is. */
export function withValueAt(message: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) {
    return value;
  }
  if (typeof step === "number") {
    return readList(message).with(step, withValueAt(readList(message)[step], rest, value));
  }
  return { ...readRecord(message), [step]: withValueAt(readRecord(message)[step], rest, value) };
}
