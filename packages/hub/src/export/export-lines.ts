/** What the desk and the process of an export say to each other. */
import { join } from "node:path";
import type { ExportFacts, ExportStep, ExportWish } from "@inspector/contract/export";
import type { ErrorBody } from "@inspector/contract/page";
import type { StateFolder } from "../state-folder.ts";

export type ExportJob = {
  readonly wish: ExportWish;
  /** The session that the hub was started with. */
  readonly file: string;
  readonly state: StateFolder;
  /** The key of the session: "" for {@link ExportJob.file}. */
  readonly session: string;
  /** Must not exist; it is for the owner only, and whoever asked takes it away. */
  readonly folder: string;
  /** The version of the inspector. */
  readonly by: string;
};

/** Where the file is, once it is whole. */
export function exportedFile(folder: string): string {
  return join(folder, "whole");
}

export type ToExport = { readonly type: "start"; readonly job: ExportJob };

export type FromExport =
  | { readonly type: "progress"; readonly step: ExportStep; readonly part: number }
  | { readonly type: "ready"; readonly facts: ExportFacts }
  | { readonly type: "failed"; readonly error: ErrorBody["error"] };
