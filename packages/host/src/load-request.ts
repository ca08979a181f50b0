import {
  BindingInfo_DataType,
  BindingInfo_Direction,
  type FunctionLoadRequestSchema,
  type MessageInitShape,
} from "@inspector/proto";
import type { FunctionInfo } from "./functions.ts";

/** The request that loads a function: what its bindings are called and are, but none of their settings. */
export function createLoadRequest(info: FunctionInfo): MessageInitShape<typeof FunctionLoadRequestSchema> {
  return {
    functionId: info.id,
    metadata: {
      name: info.name,
      directory: info.directory,
      scriptFile: info.scriptFile,
      entryPoint: info.entryPoint,
      bindings: Object.fromEntries(
        info.bindings.map(({ name, type, direction, dataType }) => [
          name,
          { type, direction: BindingInfo_Direction[direction], dataType: BindingInfo_DataType[dataType] },
        ]),
      ),
      properties: { ...info.properties, FunctionId: info.id },
    },
  };
}
