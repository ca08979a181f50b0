/** A print shop's customers: enough for every function of the sample app to be seen within half a minute. */

type Visit = { readonly path: string; readonly body?: unknown; readonly times?: number };

const NAMES = ["Ada", "Grace", "Linus", "Margaret", "Barbara", "Edsger"];
const PICTURES = ["alps.jpg", "lake.jpg", "harbour.jpg", "first-snow.jpg", "market.jpg"];

/** One after the other, `PAUSE_MS` apart, then again from the beginning. */
const DAY: readonly ((n: number) => Visit)[] = [
  (n) => ({ path: `/api/hello?name=${NAMES[n % NAMES.length]}` }),
  (n) => ({ path: "/api/order", body: order(n, "20x30", 2) }),
  (n) => ({ path: "/api/hello", body: { name: NAMES[(n + 3) % NAMES.length] } }),
  (n) => ({ path: "/api/order", body: order(n, "50x75", 1) }),
  () => ({ path: "/api/slow?ms=1800" }),
  () => ({ path: "/api/chatty?lines=40" }),
  () => ({ path: "/api/ping", times: 25 }),
  (n) => ({ path: "/api/order", body: { customer: NAMES[n % NAMES.length], format: "A0", pictures: [] } }),
  () => ({ path: "/api/report?kb=1536" }),
  (n) => ({ path: `/api/hello?name=${NAMES[(n + 1) % NAMES.length]}&id=9007199254740993` }),
  () => ({ path: "/admin/functions/audit", body: { input: '{"eventId":9007199254740993,"action":"stock.counted"}' } }),
  (n) => ({ path: "/api/order", body: order(n + 1, "10x15", 4) }),
];

const PAUSE_MS = 900;

function order(n: number, format: string, count: number): unknown {
  const pictures = Array.from({ length: count }, (_, i) => PICTURES[(n + i) % PICTURES.length]);
  return { customer: NAMES[n % NAMES.length], format, pictures };
}

/** @returns a function that ends the traffic */
export function startTraffic(base: string): () => void {
  const abort = new AbortController();
  let turn = 0;
  const timer = setInterval(() => {
    const visit = DAY[turn % DAY.length]?.(Math.floor(turn / DAY.length));
    turn += 1;
    if (visit !== undefined) {
      for (let n = 0; n < (visit.times ?? 1); n++) {
        void pay(base, visit, abort.signal);
      }
    }
  }, PAUSE_MS);
  return () => {
    clearInterval(timer);
    abort.abort();
  };
}

/** What comes back is on the page, failures too. */
async function pay(base: string, { path, body }: Visit, signal: AbortSignal): Promise<void> {
  const request =
    body === undefined
      ? { signal }
      : { signal, method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  await fetch(`${base}${path}`, request).then(
    (response) => response.arrayBuffer(),
    () => undefined,
  );
}
