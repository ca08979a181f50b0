import { KIND as CONTRACT } from "@inspector/proto";
import { expect, test } from "vitest";
import { KIND } from "./content-kinds.ts";

test("the relay's kinds of content have the names and numbers of the contract", () => {
  expect(CONTRACT).toMatchObject(KIND);
});
