import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { file_FunctionRpc } from "./gen/FunctionRpc_pb.ts";

const fieldMaps = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

/** The fields of a message type by number. */
export function fieldsOf(desc: DescMessage): ReadonlyMap<number, DescField> {
  const known = fieldMaps.get(desc);
  if (known !== undefined) {
    return known;
  }
  const fields = new Map(desc.fields.map((field) => [field.number, field]));
  fieldMaps.set(desc, fields);
  return fields;
}

/** Whether the contract has a field of this number in a message type, "AzureFunctionsRpcMessages.RpcLog". */
export function isInContract(typeName: string, number: number): boolean {
  const desc = file_FunctionRpc.messages.find((message) => message.typeName === typeName);
  return desc !== undefined && fieldsOf(desc).has(number);
}
