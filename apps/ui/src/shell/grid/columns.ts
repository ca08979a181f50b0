/** A column of a list: where it stands, and how wide it is. */
export type ColumnSpec = {
  readonly id: string;
  readonly title: string;
  /** Its track in the grid: "88px", "minmax(60px, 80px)", "minmax(120px, 1fr)". */
  readonly track: string;
  /** Another track while the grid is narrower than that, in pixels. */
  readonly narrow?: { readonly below: number; readonly track: string };
  /** Left out while the grid is narrower than that, in pixels: the higher, the sooner it goes. */
  readonly minGrid?: number;
  /** Its title is for those who do not see the column: it is part of each row, and nobody can hide it. */
  readonly isTitleHidden?: boolean;
};

/** What a person wants of the columns of one list. */
export type ColumnChoice = {
  readonly hidden: readonly string[];
  /** Widths by id, in pixels. */
  readonly widths: Readonly<Record<string, number>>;
};

export const USUAL_COLUMNS: ColumnChoice = { hidden: [], widths: {} };

/** Between columns, and in all at both sides of a row, in pixels: what `Grid.module.css` sets. */
const COLUMN_GAP = 12;
const ROW_PADDING = 40;

/** Nobody makes a column so narrow that its edge cannot be taken again, in pixels. */
const LEAST_WIDTH = 32;
const MOST_WIDTH = 2000;

/** What was stored; what cannot be read counts as nothing. */
export function parseChoice(text: string | null): ColumnChoice {
  const stored = parseObject(text);
  const hidden: unknown = stored["hidden"];
  const widths = Object.entries(asObject(stored["widths"])).flatMap(([id, width]) =>
    typeof width === "number" && Number.isFinite(width) ? [[id, clampWidth(width)] as const] : [],
  );
  return {
    hidden: Array.isArray(hidden) ? hidden.filter((id) => typeof id === "string") : [],
    widths: Object.fromEntries(widths),
  };
}

/** Undefined for what is usual. */
export function formatChoice(choice: ColumnChoice): string | undefined {
  return isUsual(choice) ? undefined : JSON.stringify(choice);
}

export function isUsual({ hidden, widths }: ColumnChoice): boolean {
  return hidden.length === 0 && Object.keys(widths).length === 0;
}

export type ColumnLayout<Spec extends ColumnSpec> = {
  readonly shown: readonly Spec[];
  /** The value of `grid-template-columns`. */
  readonly tracks: string;
  /** Index among those shown of the column that takes what room the others leave; -1 where none does. */
  readonly rest: number;
};

/**
 * Which columns stand in a grid of `width` pixels, and how wide: those that nobody hid, as long as there is room. A
 * column that is hidden leaves its room to those that a narrow grid leaves out. A chosen width gives way where there
 * is no room for it.
 */
export function layoutColumns<Spec extends ColumnSpec>(
  specs: readonly Spec[],
  choice: ColumnChoice,
  width: number,
): ColumnLayout<Spec> {
  const isHidden = (spec: Spec) => canHide(spec) && choice.hidden.includes(spec.id);
  const leastAt = (spec: Spec) => Math.min(leastOf(trackAt(spec, width)), choice.widths[spec.id] ?? MOST_WIDTH);
  const wanted = specs.filter((spec) => {
    const { minGrid = 0 } = spec;
    const left = specs.filter((other) => isHidden(other) && (other.minGrid ?? 0) <= minGrid);
    const room = left.reduce((sum, other) => sum + leastOf(trackAt(other, width)) + COLUMN_GAP, width);
    return !isHidden(spec) && room >= minGrid;
  });
  const shown = withoutOverflow(wanted, leastAt, width);
  const flexible = shown.findLastIndex(({ track }) => isFlexible(track));
  const rest = flexible < 0 && specs.some(({ track }) => isFlexible(track)) ? shown.length - 1 : flexible;
  const tracks = shown.map((spec, index) => {
    const track = trackAt(spec, width);
    if (index === rest) {
      return isFlexible(track) ? track : `minmax(${leastOf(track)}px, 1fr)`;
    }
    const chosen = choice.widths[spec.id];
    return chosen === undefined ? track : `minmax(${leastAt(spec)}px, ${chosen}px)`;
  });
  return { shown, tracks: tracks.join(" "), rest };
}

/** Those that a grid of `width` pixels has room for: what it leaves out first goes first. */
function withoutOverflow<Spec extends ColumnSpec>(
  specs: readonly Spec[],
  leastAt: (spec: Spec) => number,
  width: number,
): readonly Spec[] {
  const first = Math.max(0, ...specs.map(({ minGrid = 0 }) => minGrid));
  if (first === 0 || widthOf(specs.map(leastAt)) <= width) {
    return specs;
  }
  const left = specs.findLastIndex(({ minGrid }) => minGrid === first);
  return withoutOverflow(specs.toSpliced(left, 1), leastAt, width);
}

/** Pixels that a line of columns takes. */
function widthOf(columns: readonly number[]): number {
  return columns.reduce((sum, one) => sum + one, 0) + (columns.length - 1) * COLUMN_GAP + ROW_PADDING;
}

/** Pixels that the columns take at least, with what stands between them. */
export function leastWidth({ tracks }: ColumnLayout<ColumnSpec>): number {
  return widthOf(tracks.split(/ (?![^(]*\))/u).map(leastOf));
}

/** @param specs of all columns of the list. The last column that is left stays. */
export function toggleColumn(specs: readonly ColumnSpec[], choice: ColumnChoice, id: string): ColumnChoice {
  const hidden = choice.hidden.includes(id) ? choice.hidden.filter((other) => other !== id) : [...choice.hidden, id];
  const isAnyLeft = specs.some((spec) => canHide(spec) && !hidden.includes(spec.id));
  return isAnyLeft ? { ...choice, hidden } : choice;
}

/** @param width undefined for the usual one */
export function chooseWidth(choice: ColumnChoice, id: string, width: number | undefined): ColumnChoice {
  const { [id]: _, ...others } = choice.widths;
  return { ...choice, widths: width === undefined ? others : { ...others, [id]: clampWidth(width) } };
}

/**
 * Gives the columns that share the room the widths they have now, but for the one that takes the rest: an edge that is
 * moved then goes where the pointer goes.
 * @param widths of those shown, in pixels
 */
export function pinWidths(
  { shown, rest }: ColumnLayout<ColumnSpec>,
  choice: ColumnChoice,
  widths: readonly number[],
): ColumnChoice {
  const pinned = shown.flatMap(({ id, track }, index) => {
    const width = widths[index];
    const isShared = isFlexible(track) && index !== rest && choice.widths[id] === undefined;
    return isShared && width !== undefined ? [[id, clampWidth(width)] as const] : [];
  });
  return { ...choice, widths: { ...choice.widths, ...Object.fromEntries(pinned) } };
}

export function canHide({ isTitleHidden = false }: ColumnSpec): boolean {
  return !isTitleHidden;
}

function clampWidth(width: number): number {
  return Math.round(Math.min(Math.max(width, LEAST_WIDTH), MOST_WIDTH));
}

function trackAt({ track, narrow }: ColumnSpec, width: number): string {
  return narrow !== undefined && width < narrow.below ? narrow.track : track;
}

function isFlexible(track: string): boolean {
  return track.includes("fr");
}

function leastOf(track: string): number {
  return Number.parseInt(track.replace("minmax(", ""), 10);
}

function parseObject(text: string | null): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(text ?? "{}"));
  } catch {
    return {};
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
