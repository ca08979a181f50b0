import { PREFACE } from "@inspector/wire/frames";
import { describe, expect, test } from "vitest";
import { ByteOrder, WaitingRoom } from "./byte-order.ts";
import { CapturedConnections, MAX_CONNECTIONS } from "./captured-connections.ts";
import type { TcpSegment } from "./tcp-segment.ts";

const SERVER = "10.0.0.1:50051";

function segment(port: number, more: Partial<TcpSegment>): TcpSegment {
  const plain = { isSyn: false, isAck: true, isFin: false, isReset: false, payload: new Uint8Array() };
  return { from: `10.0.0.2:${port}`, to: SERVER, sequence: 0, acknowledged: 0, ...plain, ...more };
}

describe("the connections of a capture", () => {
  test("are followed in bounded number: the oldest of too many ends", () => {
    let [open, most, opened] = [0, 0, 0];
    const connections = new CapturedConnections(
      () => {
        open += 1;
        opened += 1;
        most = Math.max(most, open);
        return {
          push() {},
          lost() {},
          leaving() {},
          closed() {
            open -= 1;
          },
        };
      },
      () => true,
    );
    for (let port = 0; port < MAX_CONNECTIONS + 50; port += 1) {
      connections.add(segment(port, { payload: PREFACE }), port);
      connections.add(segment(port, { from: `10.0.0.3:${port}`, payload: Buffer.from("GET / HTTP/1.1") }), port);
    }
    expect(opened).toBe(MAX_CONNECTIONS + 50);
    expect(most).toBe(MAX_CONNECTIONS);
    connections.finish(9e9);
    expect(open).toBe(0);
  });

  function follow(segments: readonly TcpSegment[]): string[] {
    const said: string[] = [];
    const connections = new CapturedConnections(
      () => ({
        push: (_, bytes) => void said.push(String(bytes.length)),
        lost() {},
        leaving: (side) => void said.push(`${side} leaves`),
        closed: () => void said.push("closed"),
      }),
      () => true,
    );
    for (const [at, one] of segments.entries()) {
      connections.add(one, at);
    }
    connections.finish(segments.length);
    return said;
  }

  const syn = (sequence: number) => segment(1, { sequence, isSyn: true, isAck: false });
  const preface = (sequence: number) => segment(1, { sequence: sequence + 1, payload: PREFACE });

  test("begin anew where a port is used again", () => {
    const lives = [100, 5000].flatMap((sequence) => [
      syn(sequence),
      preface(sequence),
      segment(1, { sequence: sequence + 1 + PREFACE.length, isReset: true }),
    ]);
    expect(follow(lives)).toEqual(["24", "worker leaves", "closed", "24", "worker leaves", "closed"]);
  });

  test.each<[string, readonly TcpSegment[]]>([
    ["its SYN", [syn(100)]],
    ["its answer to a SYN", [segment(1, { from: SERVER, to: "10.0.0.2:1", isSyn: true, acknowledged: 101 })]],
    ["its preface", []],
  ])("begin anew where a port is used again and the end was lost, known from %s", (_, beginning) => {
    expect(follow([...beginning, preface(100), syn(5000), preface(5000)])).toEqual(["24", "closed", "24", "closed"]);
    expect(follow([...beginning, preface(100), syn(100), preface(100)])).toEqual(["24", "closed"]);
  });
});

test("bytes that wait for a missing segment stay as they were, though the file is read on in their place", () => {
  const said: string[] = [];
  const order = new ByteOrder(new WaitingRoom(), {
    bytes: (bytes) => void said.push(Buffer.from(bytes).toString()),
    lost() {},
  });
  const room = Buffer.from("second");
  order.begin(0);
  order.add(6, room, false);
  room.fill("x");
  order.add(1, Buffer.from("first"), false);
  expect(said).toEqual(["first", "second"]);
});
