import { create, type MessageInitShape, type TypedData, TypedDataSchema } from "@inspector/proto";

export type TypedDataInit = MessageInitShape<typeof TypedDataSchema>;

/** How the host writes null: a value without a kind. */
export const NO_DATA: TypedDataInit = {};

export function stringData(value: string): TypedDataInit {
  return { data: { case: "string", value } };
}

/** @param value anything that JSON can express; its text crosses the wire */
export function jsonData(value: unknown): TypedDataInit {
  return { data: { case: "json", value: JSON.stringify(value) ?? "null" } };
}

export function bytesData(value: Uint8Array): TypedDataInit {
  return { data: { case: "bytes", value } };
}

export function createTypedData(init: TypedDataInit): TypedData {
  return create(TypedDataSchema, init);
}

/** A value from outside, such as the input of the admin route: text stays text, everything else becomes JSON. */
export function dataOf(value: unknown): TypedDataInit {
  if (value === undefined || value === null) {
    return NO_DATA;
  }
  if (value instanceof Uint8Array) {
    return bytesData(value);
  }
  return typeof value === "string" ? stringData(value) : jsonData(value);
}

/** A value from outside as the text of a message: text stays text, everything else becomes JSON, nothing is empty. */
export function textOf(value: unknown): string {
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString();
  }
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Content of a value a worker sent: bytes, and the media type that suits its kind; undefined when there is none. */
export function contentOf(value: TypedData | undefined): { bytes: Uint8Array; mediaType: string } | undefined {
  const data = value?.data;
  switch (data?.case) {
    case "string":
      return { bytes: Buffer.from(data.value), mediaType: "text/plain; charset=utf-8" };
    case "json":
      return { bytes: Buffer.from(data.value), mediaType: "application/json; charset=utf-8" };
    case "bytes":
    case "stream":
      return { bytes: data.value, mediaType: "application/octet-stream" };
    case "int":
    case "double":
      return { bytes: Buffer.from(String(data.value)), mediaType: "text/plain; charset=utf-8" };
    default:
      return undefined;
  }
}
