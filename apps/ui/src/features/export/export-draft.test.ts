import { parseFilter } from "@inspector/filter/parse";
import { describe, expect, test } from "vitest";
import { commandOf, type ExportDraft, newDraft, wishOf } from "./export-draft.ts";

const NOWHERE = { filter: "", list: "invocations", invocationId: undefined } as const;

function wish(draft: Partial<ExportDraft>, place: Parameters<typeof newDraft>[0] = NOWHERE) {
  return wishOf({ ...newDraft(place), ...draft }, place);
}

describe("what is asked for", () => {
  test("is all of the session, redacted, where nothing was chosen", () => {
    expect(wish({})).toEqual({
      format: "inspector",
      isCompressed: true,
      policy: "safe",
      own: [],
      dropsBodies: false,
      dropsOutput: false,
      filter: "",
      invocations: "",
    });
  });

  test("is what the list shows: invocations as wholes, or messages", () => {
    const filter = "status:failed OR is:lost";
    expect(wish({}, { ...NOWHERE, filter })).toMatchObject({ invocations: filter, filter: "" });
    expect(wish({}, { ...NOWHERE, filter, list: "messages" })).toMatchObject({ invocations: "", filter });
    expect(wish({}, { ...NOWHERE, filter, invocationId: "7f-3c" })).toMatchObject({ invocations: "id:7f-3c" });
    expect(wish({ scope: "session" }, { ...NOWHERE, filter })).toMatchObject({ invocations: "", filter: "" });
  });

  test("leaves out functions, invocations and what is outside of a window, in a filter that can be read", () => {
    const place = { ...NOWHERE, filter: "a OR b", list: "messages" } as const;
    const asked = wish({ functions: ["Order Now", "x*"], invocations: "7f, 8a", from: "1.5", to: "20" }, place);
    expect(asked?.filter).toBe('(a OR b) -fn:"Order Now" -fn:"x*" -id:7f -id:8a at:1.5s..20s');
    expect(parseFilter(asked?.filter ?? "").ok).toBe(true);
    expect(wish({ from: "3" })?.filter).toBe("at:>=3s");
    expect(wish({ to: "3" })?.filter).toBe("at:<=3s");
  });

  test("is nothing while it was not typed that everything is to leave", () => {
    expect(wish({ policy: "none" })).toBeUndefined();
    expect(wish({ policy: "none", confirmation: "no" })).toBeUndefined();
    const all = wish({ policy: "none", confirmation: "no-redact", own: "word", dropsBodies: true });
    expect(all).toMatchObject({ policy: "none", own: [], dropsBodies: false });
  });

  test("is not compressed in a form that only its own programs read", () => {
    expect(wish({ format: "har" })?.isCompressed).toBe(false);
  });
});

test("the command asks for the same", () => {
  const asked = wish({ own: "Contoso\n/a b/", policy: "headers-only", dropsOutput: true, functions: ["Order"] });
  const command = asked && commandOf(asked, "/s/a.inspector", "a.inspector.gz", (text) => `'${text}'`);
  expect(command).toBe(
    "inspector export '/s/a.inspector' --format 'inspector' --gzip --filter '-fn:Order' --drop-output --policy 'headers-only' --redact 'Contoso' --redact '/a b/' --output 'a.inspector.gz'",
  );
});
