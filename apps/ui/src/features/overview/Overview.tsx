import type { Overview as OverviewData } from "@inspector/contract/page";
import { type PointerEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useSessionPart } from "../../shell/data/session-context.ts";
import { workerName } from "../../shell/format/message.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { useWidth } from "../../shell/page/useWidth.ts";
import { layOutAxis, pixelAt, type Segment, timeAt } from "./axis.ts";
import { dragWindow, type Grip, gripAt, roundWindow, type TimeWindow, windowOf, withWindow } from "./brush.ts";
import { drawOverview, type OverviewColors } from "./draw.ts";
import styles from "./Overview.module.css";
import { useOverview } from "./useOverview.ts";
import { WindowSliders } from "./WindowSliders.tsx";

const HEIGHT = 62;

/** A pointer that moves fewer pixels clicks; one that moves more draws a window. */
const MIN_PIXELS = 4;

const EMPTY: readonly Segment[] = [];

/** One lane a worker: how much crossed when, and what failed. Dragging over it chooses a window of time. */
export function Overview() {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const overview = useOverview(width);
  const { address, go } = useShell();
  const segments = useMemo(
    // Without a lane there is nothing that a scale could be of.
    () => (overview?.lanes.length ? layOutAxis(overview.axis, overview.buckets, width) : EMPTY),
    [overview, width],
  );
  const chosen = windowOf(address.filter);
  const choose = (window: TimeWindow | undefined) => go({ filter: withWindow(address.filter, window) });
  const { pixels, drag } = useBrush(segments, width, chosen, choose);
  return (
    <section aria-label="Overview of the session" className={styles["overview"]}>
      <Lanes overview={overview} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same is done with the keys of the sliders inside */}
      <div
        ref={box}
        className={styles["box"]}
        data-grip={drag.grip}
        onPointerDown={drag.onPointerDown}
        onPointerMove={drag.onPointerMove}
        onPointerUp={drag.onPointerUp}
        onPointerCancel={drag.onPointerUp}
        onDoubleClick={() => choose(undefined)}
      >
        {overview && <Canvas overview={overview} segments={segments} width={width} />}
        {pixels && (
          <div className={styles["window"]} style={{ left: pixels.left, width: pixels.right - pixels.left }} />
        )}
        {segments.length > 0 && (
          <WindowSliders
            range={{ from: segments[0]?.from ?? 0, to: segments.at(-1)?.to ?? 0 }}
            chosen={chosen}
            pixelOf={(at) => pixelAt(segments, at)}
            onChoose={choose}
          />
        )}
      </div>
    </section>
  );
}

function Lanes({ overview }: { readonly overview: OverviewData | undefined }) {
  const streams = useSessionPart((state) => state.streams);
  const lanes = overview?.lanes ?? [];
  return (
    <ul className={styles["lanes"]} aria-label="Lanes">
      {lanes.map(({ stream }, index) => {
        const info = streams.find(({ id }) => id === stream);
        return (
          <li key={stream} data-lane={index % 2}>
            {info ? workerName(info) : `stream ${stream}`}
          </li>
        );
      })}
    </ul>
  );
}

type CanvasProps = {
  readonly overview: OverviewData;
  readonly segments: readonly Segment[];
  readonly width: number;
};

function Canvas({ overview, segments, width }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const themeVersion = useThemeVersion();
  const known = useRef<{ readonly themeVersion: number; readonly colors: OverviewColors } | undefined>(undefined);
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || width === 0) {
      return;
    }
    const ratio = devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(HEIGHT * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    // To read them makes the browser work out its styles anew.
    if (known.current?.themeVersion !== themeVersion) {
      known.current = { themeVersion, colors: readColors(element) };
    }
    drawOverview(context, overview, { width, height: HEIGHT, segments }, known.current.colors);
  }, [overview, segments, width, themeVersion]);
  return <canvas ref={canvas} aria-hidden style={{ height: HEIGHT, width }} />;
}

/** A canvas knows no light-dark(): each token is resolved as the colour of an element. */
function readColors(element: HTMLElement): OverviewColors {
  const probe = document.createElement("i");
  element.parentElement?.append(probe);
  const read = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    lanes: [read("--host"), read("--worker")],
    error: read("--bad"),
    line: read("--ink-3"),
    text: read("--ink-3"),
    background: read("--canvas"),
    font: "10.5px 'Inter Variable', system-ui, sans-serif",
  };
  probe.remove();
  return colors;
}

/** Grows when the theme changes, by the person or by the system. */
function useThemeVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const grow = () => setVersion((was) => was + 1);
    const media = matchMedia("(prefers-color-scheme: dark)");
    const observer = new MutationObserver(grow);
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    media.addEventListener("change", grow);
    return () => {
      observer.disconnect();
      media.removeEventListener("change", grow);
    };
  }, []);
  return version;
}

type Pixels = { readonly left: number; readonly right: number };
type Drag = { readonly grip: Grip; readonly start: number; readonly was: Pixels; readonly now: Pixels };

/** Dragging: the window follows the pointer at once, the filter follows when it is let go. */
function useBrush(
  segments: readonly Segment[],
  width: number,
  chosen: TimeWindow | undefined,
  choose: (window: TimeWindow | undefined) => void,
) {
  const [drag, setDrag] = useState<Drag | undefined>();
  const [over, setOver] = useState<Grip>("new");
  const settled = chosen && { left: pixelAt(segments, chosen.from), right: pixelAt(segments, chosen.to) };
  const place = (event: PointerEvent<HTMLElement>) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || segments.length === 0) {
      return;
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    const start = place(event);
    const was = settled ?? { left: start, right: start };
    const grip = gripAt(start, settled);
    setDrag({ grip, start, was, now: grip === "new" ? { left: start, right: start } : was });
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const x = place(event);
    if (!drag) {
      return setOver(gripAt(x, settled));
    }
    setDrag({ ...drag, now: dragWindow(drag.grip, drag.was, drag.start, x, width) });
  };
  const onPointerUp = () => {
    if (!drag) {
      return;
    }
    setDrag(undefined);
    const { left, right } = drag.now;
    const isMoved = drag.now.left !== drag.was.left || drag.now.right !== drag.was.right;
    if (!isMoved || right - left < MIN_PIXELS) {
      return;
    }
    const window = { from: timeAt(segments, left), to: timeAt(segments, right) };
    choose(roundWindow(window, (window.to - window.from) / (right - left)));
  };
  const pixels = drag && drag.now.right > drag.now.left ? drag.now : settled;
  return { pixels, drag: { grip: drag?.grip ?? over, onPointerDown, onPointerMove, onPointerUp } };
}
