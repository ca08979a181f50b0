import type { FunctionInfo } from "@inspector/contract/page";
import { isRecord, readList, readRecord, readText } from "../detail/reading.ts";

const HTTP = { http: { statusCode: "200", headers: { "content-type": "text/plain" }, body: { string: "" } } };

/**
 * What a worker could have answered to a request, to begin with; undefined of a message that is not answered.
 * An HTTP trigger's answer is its return value.
 */
export function answerTo(message: unknown): unknown {
  const { requestId, invocationRequest } = readRecord(message);
  if (!isRecord(invocationRequest)) {
    return undefined;
  }
  const inputs = readList(invocationRequest["inputData"]).map((binding) => readRecord(readRecord(binding)["data"]));
  const isHttp = inputs.some((data) => "http" in data);
  return {
    ...(readText(requestId) !== undefined && { requestId }),
    invocationResponse: {
      invocationId: invocationRequest["invocationId"],
      result: { status: "Success" },
      ...(isHttp && { returnValue: HTTP }),
    },
  };
}

/** What a function could answer to any request: its HTTP answer stands where its bindings say. */
export function answerOf(fn: Pick<FunctionInfo, "bindings"> | undefined): unknown {
  const bindings = fn?.bindings ?? [];
  const isHttp = bindings.some(({ type }) => type.toLowerCase() === "httptrigger");
  const output = bindings.find(({ type, direction }) => type.toLowerCase() === "http" && direction !== "in");
  const isReturned = output === undefined || output.name === "$return";
  return {
    invocationResponse: {
      result: { status: "Success" },
      ...(isHttp && (isReturned ? { returnValue: HTTP } : { outputData: [{ name: output.name, data: HTTP }] })),
    },
  };
}

/** A recorded answer without what is of its own invocation only; undefined of a message that is none. */
export function answerLike(message: unknown): unknown {
  const { requestId: _, invocationResponse, ...rest } = readRecord(message);
  if (!isRecord(invocationResponse)) {
    return undefined;
  }
  const { invocationId: __, ...answer } = invocationResponse;
  return { ...rest, invocationResponse: answer };
}
