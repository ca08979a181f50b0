// Installs, builds, and runs the demo: a sample app, a stand-in host, and the page that shows what they say.
import { spawn } from "node:child_process";
import { install, run } from "./install.mjs";

install();
console.log("Building …");
run(process.execPath, ["scripts/build.mjs"]);
const demo = spawn(process.execPath, ["apps/proxy/bin/inspector.js", "demo", ...process.argv.slice(2)], {
  stdio: "inherit",
});
// The terminal sends Ctrl-C to both; this one waits until the demo has written its session.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => demo.kill("SIGTERM"));
demo.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
