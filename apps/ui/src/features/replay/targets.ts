import type { StreamInfo } from "@inspector/contract/page";
import { CUSTOM_HANDLER_PATH } from "@inspector/proto";
import { workerName } from "../../shell/format/message.ts";

/** It is asked over HTTP: there is no message to send. */
export function isHandler(stream: Pick<StreamInfo, "path"> | undefined): boolean {
  return stream?.path === CUSTOM_HANDLER_PATH;
}

/**
 * The workers that can answer now: those of the runtime that answered before first, then the newest. What a custom handler was asked only
 * another one understands.
 * @param before answered before
 */
export function listTargets(
  streams: readonly StreamInfo[],
  before: Pick<StreamInfo, "path" | "runtime"> | undefined,
): readonly StreamInfo[] {
  const isForHandler = isHandler(before);
  const live = streams.filter(
    (stream) =>
      (isForHandler ? isHandler(stream) : stream.path.endsWith("/EventStream")) &&
      stream.endedAt === undefined &&
      stream.phase !== "ended" &&
      stream.phase !== "failed",
  );
  const isSame = (stream: StreamInfo) => Number(stream.runtime === before?.runtime);
  const isReady = (stream: StreamInfo) => Number(stream.phase === "loaded");
  return live.sort((a, b) => isSame(b) - isSame(a) || isReady(b) - isReady(a) || b.id - a.id);
}

/** "node 4.11.0, ready": a worker as one of several to choose from. */
export function targetName(stream: StreamInfo): string {
  const { runtimeVersion, phase, id } = stream;
  const version = runtimeVersion === undefined ? "" : ` ${runtimeVersion}`;
  return `${workerName(stream)}${version} · stream ${id}${phase === "loaded" ? "" : ` · ${phase}`}`;
}
