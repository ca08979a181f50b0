/** What to know of an edit before it is sent: what of it does not hold, and what a host would not have sent. */

import type { ReplayConcern } from "@inspector/contract/intervention";
import { encodeUtf8, type InvocationRequest, type RpcHttp, type TypedData } from "@inspector/proto";

const IDS = ["invocationId", "functionId"] as const;

/** Ids of a request, which stay what they are when others are put into it. */
export type RequestIds = Pick<InvocationRequest, (typeof IDS)[number]>;

export function idsIn({ invocationId, functionId }: InvocationRequest): RequestIds {
  return { invocationId, functionId };
}

/**
 * @param request as it would be sent
 * @param typed the ids it had when it was handed in
 * @param recorded those of the request it was made from
 */
export function editConcerns(request: InvocationRequest, typed: RequestIds, recorded: RequestIds): ReplayConcern[] {
  return [...replacedIds(request, typed, recorded), ...contentLengths(request)];
}

function replacedIds(request: InvocationRequest, typed: RequestIds, recorded: RequestIds): ReplayConcern[] {
  const replaced = IDS.filter((id) => typed[id] !== recorded[id] && typed[id] !== request[id]);
  if (replaced.length === 0) {
    return [];
  }
  const are = replaced.length === 1 ? "is" : "are";
  return [
    {
      severity: "info",
      rule: "ids-replaced",
      message: `${replaced.join(" and ")} ${are} the replay's own: what was typed is replaced.`,
      ...(replaced.length === 1 && { path: `invocationRequest.${replaced[0]}` }),
    },
  ];
}

function contentLengths({ inputData }: InvocationRequest): ReplayConcern[] {
  return inputData.flatMap(({ rpcData }, at) => {
    if (rpcData.case !== "data" || rpcData.value.data.case !== "http") {
      return [];
    }
    return contentLength(rpcData.value.data.value, `invocationRequest.inputData[${at}].data.http`);
  });
}

function contentLength(http: RpcHttp, path: string): ReplayConcern[] {
  const said = lengthSaid(http);
  const size = sizeOf(http.rawBody ?? http.body);
  if (said === undefined || size === undefined || said === String(size)) {
    return [];
  }
  return [
    {
      severity: "info",
      rule: "content-length",
      message: `content-length says ${said}, the body has ${size} byte${size === 1 ? "" : "s"}.`,
      path: `${path}.body`,
    },
  ];
}

function lengthSaid({ headers, nullableHeaders }: RpcHttp): string | undefined {
  const isLength = (name: string) => name.toLowerCase() === "content-length";
  const nullable = Object.entries(nullableHeaders).find(([name]) => isLength(name))?.[1].string.value;
  return nullable ?? Object.entries(headers).find(([name]) => isLength(name))?.[1];
}

/** Undefined for what is neither text nor bytes. */
function sizeOf(body: TypedData | undefined): number | undefined {
  switch (body?.data.case) {
    case undefined:
      return 0;
    case "bytes":
    case "stream":
      return body.data.value.length;
    case "string":
    case "json":
      return encodeUtf8(body.data.value).length;
    default:
      return undefined;
  }
}
