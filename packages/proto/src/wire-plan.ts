/** How the fields of the contract look on the wire, for who reads them without decoding their message. */
import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { WIRE_BIT64, WIRE_LENGTH, WIRE_VARINT } from "./field-cursor.ts";
import { isWritten, type Place, placeOf } from "./field-plan.ts";
import { FunctionMetadataResponseSchema } from "./gen/FunctionRpc_pb.ts";

export type WireField = {
  readonly place: Place;
  /** An entry is that of a map from text to its `value`. */
  readonly holds: "text" | "bytes" | "message" | "entry" | "number";
  readonly wireType: number;
  /** Of a varint: more bytes would hold what the field's type does not. */
  readonly maxBytes?: number;
  /** Of a message. */
  readonly desc?: DescMessage;
  /** Of an entry. */
  readonly value?: WireField;
};

/** By number; undefined where there is no such field, and where only a message's decoded form can be rewritten. */
export type WirePlan = readonly (WireField | undefined)[];

const plans = new WeakMap<DescMessage, WirePlan>();

export function wirePlanOf(desc: DescMessage): WirePlan {
  const known = plans.get(desc);
  if (known !== undefined) {
    return known;
  }
  const plan: (WireField | undefined)[] = [];
  for (const field of desc.fields) {
    plan[field.number] = wireFieldOf(field, placeOf(desc, field));
  }
  plans.set(desc, plan);
  return plan;
}

function wireFieldOf(field: DescField, place: Place): WireField | undefined {
  const value = valueFieldOf(field, place);
  if (field.fieldKind !== "map" || value === undefined) {
    return value;
  }
  return field.mapKey === ScalarType.STRING ? { place, holds: "entry", wireType: WIRE_LENGTH, value } : undefined;
}

/** Its functions may be those of an older revision, which only their decoded form shows. */
const OF_REVISIONS: DescMessage = FunctionMetadataResponseSchema;

/** Of a map: its values. */
function valueFieldOf(field: DescField, place: Place): WireField | undefined {
  const { message: desc, scalar = ScalarType.INT32 } = field;
  if (desc !== undefined) {
    return desc === OF_REVISIONS ? undefined : { place, holds: "message", wireType: WIRE_LENGTH, desc };
  }
  switch (scalar) {
    case ScalarType.STRING:
      return { place, holds: "text", wireType: WIRE_LENGTH };
    case ScalarType.BYTES:
      return { place, holds: "bytes", wireType: WIRE_LENGTH };
    default:
      return isWritten(field, place) ? undefined : numberField(place, scalar);
  }
}

/** Numbers stay as they are: of other types than these a message is decoded. */
function numberField(place: Place, scalar: ScalarType): WireField | undefined {
  switch (scalar) {
    case ScalarType.BOOL:
      return { place, holds: "number", wireType: WIRE_VARINT, maxBytes: 1 };
    case ScalarType.INT32:
      return { place, holds: "number", wireType: WIRE_VARINT, maxBytes: 5 };
    case ScalarType.INT64:
      return { place, holds: "number", wireType: WIRE_VARINT, maxBytes: 10 };
    case ScalarType.DOUBLE:
      return { place, holds: "number", wireType: WIRE_BIT64 };
    default:
      return undefined;
  }
}
