import type { StreamInfo } from "@inspector/contract/page";
import { workerName } from "../../shell/format/message.ts";

/** The workers that can answer now: those of the runtime that answered before first, then the newest. */
export function listTargets(streams: readonly StreamInfo[], runtime: string | undefined): readonly StreamInfo[] {
  const live = streams.filter(
    ({ path, phase, endedAt }) =>
      path.endsWith("/EventStream") && endedAt === undefined && phase !== "ended" && phase !== "failed",
  );
  const isSame = (stream: StreamInfo) => Number(stream.runtime === runtime);
  const isReady = (stream: StreamInfo) => Number(stream.phase === "loaded");
  return live.sort((a, b) => isSame(b) - isSame(a) || isReady(b) - isReady(a) || b.id - a.id);
}

/** "node 4.11.0, ready": a worker as one of several to choose from. */
export function targetName(stream: StreamInfo): string {
  const { runtimeVersion, phase, id } = stream;
  const version = runtimeVersion === undefined ? "" : ` ${runtimeVersion}`;
  return `${workerName(stream)}${version} · stream ${id}${phase === "loaded" ? "" : ` · ${phase}`}`;
}
