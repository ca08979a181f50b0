/** Programs from elsewhere, set up to forward as fast as they can. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { firstLine, freePort, hasProc, start, stop, untilListening } from "../processes.ts";
import { NotInstalled, type StartTarget, type Target } from "./target.ts";

const SBIN_PATH = `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/local/sbin`;

export const startDirect: StartTarget = async (upstream) => ({
  name: "direct",
  port: upstream,
  pids: [],
  stop: async () => {},
});

/** TCP mode with its defaults: a thread for each core. */
export const startHaproxy: StartTarget = async (upstream, folder) => {
  assertInstalled("haproxy", "-v", "haproxy");
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  writeFileSync(
    file,
    `global
  maxconn 1000
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen bench
  bind 127.0.0.1:${port}
  server echo 127.0.0.1:${upstream}
`,
  );
  const child = start("haproxy", ["-db", "-f", file], { env: { ...process.env, PATH: SBIN_PATH }, stdio: "ignore" });
  await untilListening(port, child);
  return { name: "haproxy", port, pids: pidOf(child.pid), stop: () => stop(child) };
};

/**
 * `grpc_pass` as people set it up: no limits, buffers of the size that nginx chooses. One process, as one worker is, without a
 * master that could leave it behind.
 */
export const startNginx: StartTarget = (upstream, folder) => startNginxWith("nginx", "", "", upstream, folder);

/** The same with buffers that hold everything that is under way. */
export const startTunedNginx: StartTarget = (upstream, folder) =>
  startNginxWith(
    "nginx-tuned",
    "client_body_buffer_size 1m; http2_chunk_size 16k; http2_recv_buffer_size 256k;",
    "grpc_buffer_size 256k;",
    upstream,
    folder,
  );

async function startNginxWith(
  name: string,
  forAll: string,
  forPass: string,
  upstream: number,
  parent: string,
): Promise<Target> {
  assertInstalled("nginx", "-v", "nginx-light");
  const port = await freePort();
  const folder = join(parent, name);
  const file = join(folder, "nginx.conf");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    file,
    `daemon off;
master_process off;
error_log stderr crit;
pid ${folder}/pid;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  client_max_body_size 0;
  client_body_timeout 1h;
  ${forAll}
  keepalive_requests 1000000000;
  keepalive_time 24h;
  server {
    listen 127.0.0.1:${port} http2;
    location / {
      grpc_pass grpc://127.0.0.1:${upstream};
      ${forPass}
      grpc_read_timeout 1h;
      grpc_send_timeout 1h;
    }
  }
}
`,
  );
  const child = start("nginx", ["-p", folder, "-e", "stderr", "-c", file], {
    env: { ...process.env, PATH: SBIN_PATH },
    stdio: "ignore",
  });
  await untilListening(port, child);
  return { name, port, pids: pidOf(child.pid), stop: () => stop(child) };
}

/** A gRPC server and a gRPC client back to back, messages as Buffers. */
export const startGrpcJs: StartTarget = async (upstream) => {
  const script = fileURLToPath(new URL("./pass-through.js", import.meta.url));
  const child = start(process.execPath, [script, String(upstream)]);
  const port = Number(await firstLine(child));
  return { name: "grpc-js", port, pids: pidOf(child.pid), stop: () => stop(child) };
};

function pidOf(pid: number | undefined): number[] {
  return hasProc && pid !== undefined ? [pid] : [];
}

function assertInstalled(command: string, argument: string, debianPackage: string): void {
  const { error } = spawnSync(command, [argument], { env: { ...process.env, PATH: SBIN_PATH } });
  if (error !== undefined) {
    throw new NotInstalled(`not installed (Debian: apt-get install ${debianPackage})`);
  }
}
