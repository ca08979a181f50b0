import type { DescField, Message } from "@bufbuild/protobuf";

/**
 * A generated message as a record of its fields by local name, which is what the runtime's own codec works on. Callers
 * go by the message's descriptor.
 */
export function recordOf(message: Message): Record<string, unknown> {
  return message as unknown as Record<string, unknown>;
}

/** Sets an own property, also where the key is "__proto__", as a key of a map from the wire can be. */
export function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

type Oneof = { readonly case: string | undefined; readonly value?: unknown };

/** A field's value; undefined for an absent message field and for a member that its oneof does not hold. */
export function getField(message: Message, field: DescField): unknown {
  const record = recordOf(message);
  if (field.oneof === undefined) {
    return record[field.localName];
  }
  const oneof = record[field.oneof.localName] as Oneof;
  return oneof.case === field.localName ? oneof.value : undefined;
}

/** Sets a field, replacing whatever else its oneof held. */
export function setField(message: Message, field: DescField, value: unknown): void {
  const record = recordOf(message);
  if (field.oneof === undefined) {
    record[field.localName] = value;
  } else {
    record[field.oneof.localName] = { case: field.localName, value };
  }
}
