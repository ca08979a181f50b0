const STREAM_KEY = /^worker (-?\d+)$/;

/** A worker's key in the list and the address. @param workerId of a process without a stream, which is number 0 then */
export function workerKey(stream: number, workerId?: string): string {
  return stream === 0 && workerId !== undefined ? `process ${workerId}` : `worker ${stream}`;
}

/** Whether a key of the address stands for a worker. */
export function isWorkerOfKey(key: string | undefined, stream: number, workerId: string | undefined): boolean {
  const digits = STREAM_KEY.exec(key ?? "")?.[1];
  return digits === undefined ? workerId !== undefined && key === workerKey(0, workerId) : Number(digits) === stream;
}
