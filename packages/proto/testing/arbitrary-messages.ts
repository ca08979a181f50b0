import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Yields a whole number from 0 to `max`; the tests' source of chance. */
export type Chance = (max: number) => number;

/** Below every field number of the contract's unused ranges, so never a known one. */
const FIRST_UNKNOWN = 500;

const TEXTS = [
  "",
  "a",
  "00275fde-cb84-4e17-9d59-99274aaa18b9",
  "zwölf Boxkämpfer",
  "😀 two units",
  "\ufeffmark",
  "__proto__",
  "$unknown",
  "line\nbreak",
];
const INT64S = [0n, 1n, -1n, 5n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), -62_135_596_801n, 315_576_000_001n];
const INT32S = [0, 1, 2, -1, 999_999_999, 500_000_000, -500_000_000, 2 ** 31 - 1, -(2 ** 31)];
const DOUBLES = [0, -0, 1.5, 1e300, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const MAX_NESTING = 6;

/**
 * Bytes of any message of a type, as real peers may write it: fields in any order, defaults written out, enum values
 * beyond the schema, invalid durations and, if wanted, unknown fields at every level. For property tests.
 */
export function arbitraryBytes(desc: DescMessage, chance: Chance, hasUnknown: boolean, depth = 0): Uint8Array {
  const writer = new BinaryWriter();
  for (const field of chosenFields(desc, chance, depth)) {
    const count = field.fieldKind === "list" || field.fieldKind === "map" ? 1 + chance(2) : 1;
    for (let index = 0; index < count; index += 1) {
      writeField(writer, field, chance, hasUnknown, depth);
    }
    if (hasUnknown && chance(9) === 0) {
      writeUnknown(writer, chance);
    }
  }
  if (hasUnknown && chance(3) === 0) {
    writeUnknown(writer, chance);
  }
  return writer.finish();
}

/** Some fields, at most one of each oneof, in turned order. */
function chosenFields(desc: DescMessage, chance: Chance, depth: number): DescField[] {
  const chosen: DescField[] = [];
  for (const member of desc.members) {
    if (member.kind === "oneof") {
      const field = member.fields[chance(member.fields.length)];
      if (field !== undefined) {
        chosen.push(field);
      }
    } else if (chance(2) > 0) {
      chosen.push(member);
    }
  }
  const shallow = chosen.filter((field) => depth < MAX_NESTING || field.message === undefined);
  const turn = chance(shallow.length);
  return [...shallow.slice(turn), ...shallow.slice(0, turn)];
}

function writeField(writer: BinaryWriter, field: DescField, chance: Chance, hasUnknown: boolean, depth: number): void {
  if (field.fieldKind !== "map") {
    writeValue(writer, field.number, field, chance, hasUnknown, depth);
    return;
  }
  writer.tag(field.number, WireType.LengthDelimited).fork();
  if (chance(4) > 0) {
    writer.tag(1, WireType.LengthDelimited).string(pick(TEXTS, chance));
  }
  if (chance(4) > 0) {
    writeValue(writer, 2, field, chance, hasUnknown, depth);
  }
  writer.join();
}

function writeValue(
  writer: BinaryWriter,
  number: number,
  field: DescField,
  chance: Chance,
  hasUnknown: boolean,
  depth: number,
): void {
  if (field.message !== undefined) {
    const bytes = arbitraryBytes(field.message, chance, hasUnknown, depth + 1);
    writer.tag(number, WireType.LengthDelimited).bytes(bytes);
  } else if (field.enum !== undefined) {
    const value = chance(5) === 0 ? pick(INT32S, chance) : pick(field.enum.values, chance).number;
    writer.tag(number, WireType.Varint).int32(value);
  } else {
    writeScalar(writer, number, field.scalar, chance);
  }
}

function writeScalar(writer: BinaryWriter, number: number, type: ScalarType | undefined, chance: Chance): void {
  switch (type) {
    case ScalarType.STRING:
      return void writer.tag(number, WireType.LengthDelimited).string(pick(TEXTS, chance));
    case ScalarType.BYTES:
      return void writer.tag(number, WireType.LengthDelimited).bytes(someBytes(chance));
    case ScalarType.BOOL:
      return void writer.tag(number, WireType.Varint).bool(chance(1) === 1);
    case ScalarType.INT32:
      return void writer.tag(number, WireType.Varint).int32(pick(INT32S, chance));
    case ScalarType.INT64:
      return void writer.tag(number, WireType.Varint).int64(pick(INT64S, chance));
    case ScalarType.SINT64:
      return void writer.tag(number, WireType.Varint).sint64(pick(INT64S, chance));
    case ScalarType.DOUBLE:
      return void writer.tag(number, WireType.Bit64).double(pick(DOUBLES, chance));
    default:
      throw new Error(`The contract has a new scalar type, ${String(type)}: teach it to decode.ts as well.`);
  }
}

function writeUnknown(writer: BinaryWriter, chance: Chance): void {
  const number = FIRST_UNKNOWN + chance(3);
  switch (chance(4)) {
    case 0:
      return void writer.tag(number, WireType.Varint).uint64(
        pick(
          INT64S.filter((value) => value >= 0n),
          chance,
        ),
      );
    case 1:
      return void writer.tag(number, WireType.Bit32).fixed32(chance(1_000_000));
    case 2:
      return void writer.tag(number, WireType.Bit64).double(pick(DOUBLES, chance));
    case 3:
      return void writer.tag(number, WireType.LengthDelimited).bytes(someBytes(chance));
    default:
      writer.tag(number, WireType.StartGroup).tag(1, WireType.Varint).uint32(7);
      return void writer.tag(number, WireType.EndGroup);
  }
}

function someBytes(chance: Chance): Uint8Array {
  return Uint8Array.from({ length: chance(4) }, () => chance(255));
}

function pick<Value>(values: readonly Value[], chance: Chance): Value {
  const value = values[chance(values.length - 1)];
  if (value === undefined) {
    throw new RangeError("There is nothing to pick from.");
  }
  return value;
}
