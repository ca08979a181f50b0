/** What there is to be rewritten in a message of the contract: its fields with the place that each is. */
import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { type FieldClass, fieldClassOf } from "./field-classes.ts";

/** Where a value stands. */
export type Place = {
  /** Never "inside" or "inherit". */
  readonly class: FieldClass;
  /** "RpcHttp.headers" */
  readonly field: string;
  /** The field's, or the key of the map that it is in. */
  readonly name: string;
};

export type PlannedField = { readonly field: DescField; readonly place: Place };

export function placeOf(desc: DescMessage, field: DescField): Place {
  return { class: fieldClassOf(field), field: `${desc.name}.${field.name}`, name: field.name };
}

/** The place of a field that stands within one at another place. */
export function placeWithin(own: Place, around: Place | undefined): Place {
  return own.class === "inherit" ? (around ?? { ...own, class: "opaque" }) : own;
}

/** Numbers are rewritten only where they are somebody's data. */
export function isWritten({ scalar }: DescField, place: Place): boolean {
  if (scalar === ScalarType.STRING || scalar === ScalarType.BYTES) {
    return true;
  }
  return scalar !== undefined && scalar !== ScalarType.BOOL && place.class !== "keep";
}

const plans = new WeakMap<DescMessage, readonly PlannedField[]>();

/** The fields of a message type in which there may be something. */
export function planOf(desc: DescMessage): readonly PlannedField[] {
  const known = plans.get(desc);
  if (known !== undefined) {
    return known;
  }
  const plan = desc.fields
    .map((field) => ({ field, place: placeOf(desc, field) }))
    .filter(({ field, place }) => field.fieldKind === "map" || field.message !== undefined || isWritten(field, place));
  plans.set(desc, plan);
  return plan;
}
