import type { MessageInitShape, ModelBindingData, TypedData, TypedDataSchema } from "@inspector/proto";
import type { CoreModelBindingData, CoreTypedData } from "./core-contract.ts";
import { fromRpcHttp, toRpcHttp } from "./http-data.ts";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** A number where that is exact, else the bigint: an id must not silently become its neighbour. */
export function fromInt64(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** TypedData of the stream as the library reads it; an empty one has no member set. */
export function fromTypedData(typed: TypedData): CoreTypedData {
  const { data } = typed;
  switch (data.case) {
    case "string":
      return { string: data.value };
    case "json":
      return { json: data.value };
    case "bytes":
      return { bytes: data.value };
    case "stream":
      return { stream: data.value };
    case "http":
      return { http: fromRpcHttp(data.value) };
    case "int":
      return { int: fromInt64(data.value) };
    case "double":
      return { double: data.value };
    case "collectionBytes":
      return { collectionBytes: { bytes: data.value.bytes } };
    case "collectionString":
      return { collectionString: { string: data.value.string } };
    case "collectionDouble":
      return { collectionDouble: { double: data.value.double } };
    case "collectionSint64":
      return { collectionSint64: { sint64: data.value.sint64.map(fromInt64) } };
    case "modelBindingData":
      return { modelBindingData: fromModelBindingData(data.value) };
    case "collectionModelBindingData":
      return {
        collectionModelBindingData: { modelBindingData: data.value.modelBindingData.map(fromModelBindingData) },
      };
    default:
      return {};
  }
}

function fromModelBindingData(data: ModelBindingData): CoreModelBindingData {
  // Extension packages parse `content` with Buffer's own toString.
  const content = Buffer.from(data.content.buffer, data.content.byteOffset, data.content.byteLength);
  return { version: data.version, source: data.source, contentType: data.contentType, content };
}

/** What the library returns, as TypedData. Only the kinds a worker may send: hosts refuse collections and model data. */
export function toTypedData(core: CoreTypedData): MessageInitShape<typeof TypedDataSchema> {
  if (isSet(core.string)) return { data: { case: "string", value: core.string } };
  if (isSet(core.json)) return { data: { case: "json", value: core.json } };
  if (isSet(core.bytes)) return { data: { case: "bytes", value: core.bytes } };
  if (isSet(core.stream)) return { data: { case: "stream", value: core.stream } };
  if (isSet(core.http)) return { data: { case: "http", value: toRpcHttp(core.http) } };
  if (isSet(core.int)) return toInt(core.int);
  if (isSet(core.double)) return { data: { case: "double", value: core.double } };
  return {};
}

/** The library calls every whole number an int, 1e300 too; beyond 64 bits only a double can carry it. */
function toInt(value: number | bigint): MessageInitShape<typeof TypedDataSchema> {
  const int = BigInt(value);
  if (int < INT64_MIN || int > INT64_MAX) return { data: { case: "double", value: Number(value) } };
  return { data: { case: "int", value: int } };
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
