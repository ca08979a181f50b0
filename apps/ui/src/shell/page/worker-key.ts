const STREAM_KEY = /^worker (-?\d+)$/;

/** A worker's key in the list and the address. */
export function workerKey(stream: number): string {
  return `worker ${stream}`;
}

/** The stream that a key of the address stands for. */
export function streamOfKey(key: string | undefined): number | undefined {
  const digits = STREAM_KEY.exec(key ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}
