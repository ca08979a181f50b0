import "./fonts.css";
import "../shell/theme/tokens.css";
import "../shell/theme/base.css";
import version from "virtual:inspector-version";
import sqliteModule from "virtual:sqlite-module";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applyTheme, loadTheme } from "../shell/theme/theme.ts";
import { bytesOfBase64, takeEmbeddedSession } from "./embedded-session.ts";
import { OfflineApp } from "./OfflineApp.tsx";
import { OfflineSessions } from "./offline-sessions.ts";
import { loadSqlite } from "./wasm-database.ts";

applyTheme(loadTheme());

const gzipped = new Blob([bytesOfBase64(sqliteModule)]);
const unpacked = new Response(gzipped.stream().pipeThrough(new DecompressionStream("gzip")));
const sqlite = await loadSqlite(new Uint8Array(await unpacked.arrayBuffer()));

const root = document.getElementById("root");
if (root === null) {
  throw new Error("the page has no #root");
}
createRoot(root).render(
  <StrictMode>
    <OfflineApp sessions={new OfflineSessions(sqlite, { version })} embedded={takeEmbeddedSession(document)} />
  </StrictMode>,
);
