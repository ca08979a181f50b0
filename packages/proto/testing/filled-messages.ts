import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { fieldClassOf } from "../src/field-classes.ts";
import type { Place } from "../src/field-plan.ts";
import { StreamingMessageSchema } from "../src/gen/FunctionRpc_pb.ts";

/** What stands in a text field, also as bytes. */
export type Fill = (place: Place) => string;

/** Keys of maps, which say what may stay of their values. */
const KEYS = ["UNKNOWN_NAME", "content-type"];
const MAX_NESTING = 4;
/** As many as the largest oneof of the contract has members. */
const VARIANTS = 13;

/** Messages of every kind of content, with every field set and every member of every oneof in one of them at least. */
export function filledMessages(fill: Fill): Uint8Array[] {
  const kinds = StreamingMessageSchema.fields.filter(({ oneof }) => oneof !== undefined);
  return kinds.flatMap((kind) =>
    Array.from({ length: VARIANTS }, (_, variant) => {
      const writer = new BinaryWriter();
      writer.tag(1, WireType.LengthDelimited).string(fill({ class: "keep", field: "request_id", name: "request_id" }));
      writeField(writer, kind, undefined, fill, variant, 0);
      return writer.finish();
    }),
  );
}

function filled(
  desc: DescMessage,
  inherited: Place | undefined,
  fill: Fill,
  variant: number,
  depth: number,
): Uint8Array {
  const writer = new BinaryWriter();
  for (const member of desc.members) {
    if (member.kind === "oneof") {
      const choice = member.fields[(variant + depth) % member.fields.length];
      const shallow = depth < MAX_NESTING ? choice : member.fields.find(({ message }) => message === undefined);
      if (shallow !== undefined) {
        writeField(writer, shallow, inherited, fill, variant, depth);
      }
    } else if (depth < MAX_NESTING || member.message === undefined) {
      writeField(writer, member, inherited, fill, variant, depth);
    }
  }
  return writer.finish();
}

function writeField(
  writer: BinaryWriter,
  field: DescField,
  inherited: Place | undefined,
  fill: Fill,
  variant: number,
  depth: number,
): void {
  const own: Place = { class: fieldClassOf(field), field: `${field.parent.name}.${field.name}`, name: field.name };
  const place = own.class === "inherit" ? (inherited ?? own) : own;
  if (field.fieldKind !== "map") {
    writeValue(writer, field.number, field, place, fill, variant, depth);
    return;
  }
  for (const key of KEYS) {
    writer.tag(field.number, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(key);
    writeValue(writer, 2, field, { ...place, name: key }, fill, variant, depth);
    writer.join();
  }
}

function writeValue(
  writer: BinaryWriter,
  number: number,
  field: DescField,
  place: Place,
  fill: Fill,
  variant: number,
  depth: number,
): void {
  if (field.message !== undefined) {
    writer.tag(number, WireType.LengthDelimited).bytes(filled(field.message, place, fill, variant, depth + 1));
    return;
  }
  switch (field.scalar) {
    case ScalarType.STRING:
      return void writer.tag(number, WireType.LengthDelimited).string(fill(place));
    case ScalarType.BYTES:
      return void writer.tag(number, WireType.LengthDelimited).bytes(new TextEncoder().encode(fill(place)));
    case ScalarType.DOUBLE:
      return void writer.tag(number, WireType.Bit64).double(1.5);
    case ScalarType.SINT64:
      return void writer.tag(number, WireType.Varint).sint64(7);
    default:
      return void writer.tag(number, WireType.Varint).uint32(1);
  }
}
