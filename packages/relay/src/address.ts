/** Where something listens: a name or an address of the machine, and a TCP port (0 lets the system choose one). */
export type Address = { readonly host: string; readonly port: number };

/** "127.0.0.1:50051", "[::1]:50051" */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
