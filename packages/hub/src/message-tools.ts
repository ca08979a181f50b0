import { isUtf8 } from "node:buffer";
import type { MessageTools } from "@inspector/ingest/connection/message-ingest";
import { decompress } from "./decompress.ts";

/** What Node has to look into messages with. */
export const MESSAGE_TOOLS: MessageTools = { decompress, isUtf8 };
