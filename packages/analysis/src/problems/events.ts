import type { Nanos } from "@inspector/contract/page";
import { numberOf, type SqlRow, type SqlValue, textOf } from "@inspector/session/database";

/** A row of table `event`. */
export type SessionFact = {
  readonly id: number;
  readonly at: Nanos;
  readonly relay: number;
  readonly connection: number | undefined;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

export function factOf(row: SqlRow): SessionFact {
  return {
    id: numberOf(row["id"]),
    at: numberOf(row["at"]),
    relay: numberOf(row["relay"]),
    connection: typeof row["connection"] === "number" ? row["connection"] : undefined,
    type: textOf(row["type"]) ?? "",
    detail: recordOf(row["detail"]),
  };
}

/** A JSON object as it was stored; an empty one for anything else, as in a foreign file. */
export function recordOf(value: SqlValue | undefined): Readonly<Record<string, unknown>> {
  if (typeof value !== "string") {
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(value);
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text in a detail; "" where there is none. */
export function textIn(detail: Readonly<Record<string, unknown>>, key: string): string {
  const value = detail[key];
  return typeof value === "string" ? value : "";
}
