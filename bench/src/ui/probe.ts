/** What runs inside the page: looks at the document once a frame, and notes when it changed. */

/** One frame's look at the list. Times are milliseconds since the navigation began. */
export type Look = {
  readonly at: number;
  /** The number of rows that the page says there are. */
  readonly count: number;
  readonly isFiltering: boolean;
  /** Rows in the document, heading included. */
  readonly rows: number;
  /** Of those, the ones whose content has not come yet. */
  readonly pending: number;
};

/** A row that became the newest one in sight: how old it is, and how old the one that was newest before is by then. */
export type Shown = { readonly age: number; readonly ageOfLast: number };

export type Recorded = {
  readonly looks: readonly Look[];
  /** Milliseconds between frames. */
  readonly frames: readonly number[];
  readonly longTasks: readonly number[];
  /** Milliseconds from each key press until another row was selected in the document. */
  readonly selected: readonly number[];
  /** Milliseconds from each key press until the next paint, in steps of 8. */
  readonly painted: readonly number[];
  readonly shown: readonly Shown[];
};

export type Probe = {
  /** When there were rows with content. */
  readonly firstRowsAt: number | undefined;
  /** When the last key went down. */
  readonly pressedAt: number;
  look(): Look;
  begin(): void;
  end(): Recorded;
};

declare global {
  interface Window {
    probe: Probe;
  }
}

/** Runs in the page before anything else, as text: it can use nothing from outside. */
export function installProbe(): void {
  let frames: number[] = [];
  let looks: Look[] = [];
  let longTasks: number[] = [];
  let selected: number[] = [];
  let painted: number[] = [];
  let shown: Shown[] = [];
  let firstRowsAt: number | undefined;
  let pressedAt = 0;
  let isAwaitingSelection = false;
  let isRecording = false;
  let frameAt = 0;
  let newest: { readonly id: string; readonly passedAt: number } | undefined;

  const look = (): Look => {
    const grid = document.querySelector("main [role=grid]");
    const output = document.querySelector("search output");
    const [count = ""] = (output?.textContent ?? "").split(" of ");
    return {
      at: performance.now(),
      count: Number(count.replaceAll(/\D/gu, "")),
      isFiltering: output?.getAttribute("aria-busy") === "true",
      rows: grid?.querySelectorAll("[role=row]").length ?? 0,
      pending: grid?.querySelectorAll("[role=gridcell][aria-busy=true]").length ?? 0,
    };
  };

  /** The title of a message's first cell is the time of day at which its bytes passed. */
  const readNewest = (): typeof newest => {
    for (const row of [...document.querySelectorAll('[role=grid][aria-label="Messages"] [role=row]')].reverse()) {
      const title = row.querySelector("[role=gridcell]")?.getAttribute("title") ?? "";
      const clock = /^(\d+):(\d+):(\d+\.\d+)$/u.exec(title);
      if (clock === null) {
        continue;
      }
      const midnight = new Date().setHours(0, 0, 0, 0);
      const seconds = Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]);
      return { id: row.id, passedAt: midnight + seconds * 1000 };
    }
    return undefined;
  };

  const noteNewest = (): void => {
    const next = readNewest();
    if (next === undefined || next.id === newest?.id) {
      return;
    }
    const now = performance.timeOrigin + performance.now();
    if (newest !== undefined) {
      shown.push({ age: now - next.passedAt, ageOfLast: now - newest.passedAt });
    }
    newest = next;
  };

  /** Only while there is something to look for: a page that draws no frames is not to be made to. */
  let isLooking = true;
  const onFrame = (at: number): void => {
    isLooking = isRecording || firstRowsAt === undefined;
    if (isLooking) {
      requestAnimationFrame(onFrame);
    }
    if (firstRowsAt === undefined) {
      const { rows, pending, at: now } = look();
      if (rows > 1 && pending === 0) {
        firstRowsAt = now;
      }
    }
    if (isRecording) {
      if (frameAt > 0) {
        frames.push(at - frameAt);
      }
      looks.push(look());
      noteNewest();
    }
    frameAt = at;
  };
  requestAnimationFrame(onFrame);

  addEventListener(
    "keydown",
    (event) => {
      pressedAt = event.timeStamp;
      isAwaitingSelection = true;
    },
    { capture: true },
  );
  const observer = new MutationObserver(() => {
    if (!isAwaitingSelection) {
      return;
    }
    isAwaitingSelection = false;
    selected.push(performance.now() - pressedAt);
  });
  observer.observe(document, { subtree: true, attributeFilter: ["aria-selected", "aria-activedescendant"] });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      longTasks.push(entry.duration);
    }
  }).observe({ type: "longtask" });
  const eventTiming = { type: "event", durationThreshold: 16 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name === "keydown") {
        painted.push(entry.duration);
      }
    }
  }).observe(eventTiming);

  window.probe = {
    get firstRowsAt() {
      return firstRowsAt;
    },
    get pressedAt() {
      return pressedAt;
    },
    look,
    begin() {
      frames = [];
      looks = [];
      longTasks = [];
      selected = [];
      painted = [];
      shown = [];
      newest = undefined;
      frameAt = 0;
      isRecording = true;
      if (!isLooking) {
        isLooking = true;
        requestAnimationFrame(onFrame);
      }
    },
    end() {
      isRecording = false;
      return { frames, looks, longTasks, selected, painted, shown };
    },
  };
}
