import { describe, expect, test } from "vitest";
import {
  type ColumnChoice,
  type ColumnSpec,
  chooseWidth,
  formatChoice,
  layoutColumns,
  parseChoice,
  pinWidths,
  toggleColumn,
  USUAL_COLUMNS,
} from "./columns.ts";

const SPECS: readonly ColumnSpec[] = [
  { id: "box", title: "Compare", track: "24px", isTitleHidden: true },
  { id: "name", title: "Function", track: "minmax(100px, 2fr)" },
  { id: "size", title: "Size", track: "60px", minGrid: 400 },
  { id: "text", title: "Text", track: "minmax(80px, 1fr)" },
  { id: "delta", title: "Δ", track: "66px", narrow: { below: 600, track: "50px" }, minGrid: 500 },
];

function layout(width: number, choice: Partial<ColumnChoice> = {}) {
  const { shown, tracks } = layoutColumns(SPECS, { ...USUAL_COLUMNS, ...choice }, width);
  return { ids: shown.map(({ id }) => id), tracks };
}

describe("columns", () => {
  test("leave a narrow grid by their priority", () => {
    expect(layout(600).ids).toEqual(["box", "name", "size", "text", "delta"]);
    expect(layout(450).ids).toEqual(["box", "name", "size", "text"]);
    expect(layout(300).ids).toEqual(["box", "name", "text"]);
  });

  test("have another track while the grid is narrow", () => {
    expect(layout(600).tracks).toMatch(/66px$/u);
    expect(layout(599).tracks).toMatch(/50px$/u);
  });

  test("that a person hides leave their room to those that a narrow grid left out", () => {
    expect(layout(450, { hidden: ["size"] }).ids).toEqual(["box", "name", "text", "delta"]);
    expect(layout(380, { hidden: ["delta"] }).ids).toEqual(["box", "name", "text"]);
  });

  test("come back when they are chosen again, and one always stays", () => {
    const hidden = toggleColumn(SPECS, USUAL_COLUMNS, "size");
    expect(hidden.hidden).toEqual(["size"]);
    expect(toggleColumn(SPECS, hidden, "size")).toEqual(USUAL_COLUMNS);
    const last = ["name", "size", "text", "delta"].reduce((was, id) => toggleColumn(SPECS, was, id), USUAL_COLUMNS);
    expect(last.hidden).toEqual(["name", "size", "text"]);
    expect(layout(600, { hidden: ["box"] }).ids).toContain("box");
  });

  test("take what room is left: the last that shares it, or the last of all", () => {
    expect(layoutColumns(SPECS, USUAL_COLUMNS, 600).rest).toBe(3);
    expect(layout(600, { hidden: ["name", "text"] }).tracks).toBe("24px 60px minmax(66px, 1fr)");
    const fixed = SPECS.filter(({ track }) => !track.includes("fr"));
    expect(layoutColumns(fixed, USUAL_COLUMNS, 600).rest).toBe(-1);
  });
});

describe("widths", () => {
  test("that are chosen give way in a grid that is too narrow, and the rest is never fixed", () => {
    const widths = { name: 240, size: 40, text: 300 };
    expect(layout(450, { widths }).tracks).toBe("24px minmax(100px, 240px) minmax(40px, 40px) minmax(80px, 1fr)");
  });

  test("stay between what can be taken again and what a screen has", () => {
    expect(chooseWidth(USUAL_COLUMNS, "size", 3).widths).toEqual({ size: 32 });
    expect(chooseWidth(USUAL_COLUMNS, "size", 99_999).widths).toEqual({ size: 2000 });
    expect(chooseWidth({ hidden: [], widths: { size: 90 } }, "size", undefined)).toEqual(USUAL_COLUMNS);
  });

  test("of columns that share the room are kept while an edge moves, but for the rest", () => {
    const pinned = pinWidths(layoutColumns(SPECS, USUAL_COLUMNS, 600), USUAL_COLUMNS, [24, 180.4, 60, 90, 66]);
    expect(pinned.widths).toEqual({ name: 180 });
  });
});

describe("what is stored", () => {
  test("is read again", () => {
    const choice = { hidden: ["size"], widths: { name: 240 } };
    expect(parseChoice(formatChoice(choice) ?? null)).toEqual(choice);
    expect(formatChoice(USUAL_COLUMNS)).toBeUndefined();
  });

  test("counts as nothing where it cannot be read", () => {
    for (const text of [null, "", "{", "[]", "7", '{"hidden":"size"}', '{"widths":{"name":"1","size":null}}']) {
      expect(parseChoice(text)).toEqual(USUAL_COLUMNS);
    }
  });
});
