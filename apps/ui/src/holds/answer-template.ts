import { isRecord, readList, readRecord, readText } from "../detail/reading.ts";

/**
 * What a worker could have answered to a request, to begin with; undefined of a message that is not answered.
 * An HTTP trigger's answer is its return value.
 */
export function answerTo(message: unknown): unknown {
  const { requestId, invocationRequest } = readRecord(message);
  if (!isRecord(invocationRequest)) return undefined;
  const inputs = readList(invocationRequest["inputData"]).map((binding) => readRecord(readRecord(binding)["data"]));
  const isHttp = inputs.some((data) => "http" in data);
  const http = { statusCode: "200", headers: { "content-type": "text/plain" }, body: { string: "" } };
  return {
    ...(readText(requestId) !== undefined && { requestId }),
    invocationResponse: {
      invocationId: invocationRequest["invocationId"],
      result: { status: "Success" },
      ...(isHttp && { returnValue: { http } }),
    },
  };
}
