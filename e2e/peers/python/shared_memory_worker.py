"""A language worker on grpcio that takes and gives values in shared memory, laid out as the Python worker does.

Its one function answers with its input backwards, between the characters of TWIST.
"""

import mmap
import os
import queue
import sys
import uuid

import grpc

METHOD = "/AzureFunctionsRpcMessages.FunctionRpc/EventStream"
HEADER_BYTES = 9
BYTES = 3
SUCCESS = 1
ROOTS = os.environ.get("FUNCTIONS_UNIX_SHARED_MEMORY_DIRECTORIES", "/dev/shm").split(",")
FOLDER = os.path.join(ROOTS[0], "AzureFunctions")
TWIST = os.environ.get("TWIST", "").encode()
maps = {}


def varint(value):
    out = bytearray()
    while value >= 128:
        out.append(value % 128 | 128)
        value //= 128
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field * 8) + varint(value)


def text(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field * 8 + 2) + varint(len(value)) + value


def fields(message):
    """Pairs of field number and value, of the two wire types that the contract's messages here have."""
    at = 0

    def read():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = read()
        if key & 7 == 0:
            yield key >> 3, read()
        else:
            size = read()
            yield key >> 3, message[at : at + size]
            at += size


def every(message, field):
    return [value for number, value in fields(message) if number == field]


def one(message, field, otherwise=b""):
    return (every(message, field) or [otherwise])[-1]


def put(content):
    name = str(uuid.uuid4())
    with open(os.path.join(FOLDER, name), "wb+") as file:
        file.truncate(HEADER_BYTES + len(content))
        memory = mmap.mmap(file.fileno(), HEADER_BYTES + len(content))
    memory[0] = 1
    memory[1:HEADER_BYTES] = len(content).to_bytes(8, "little")
    memory[HEADER_BYTES:] = content
    maps[name] = memory
    return name


def free(name):
    memory = maps.pop(name, None)
    if memory is None:
        return False
    os.remove(os.path.join(FOLDER, name))
    memory.close()
    return True


def value_of(binding):
    shared = one(binding, 3, None)
    if shared is None:
        return one(one(binding, 2), BYTES)
    path = os.path.join(FOLDER, one(shared, 1).decode())
    with open(path, "r+b") as file:
        memory = mmap.mmap(file.fileno(), HEADER_BYTES + one(shared, 3, 0), access=mmap.ACCESS_READ)
    content = memory[HEADER_BYTES:]
    memory.close()
    return content


def answer(kind, content):
    if kind == 17:
        entry = text(1, "SharedMemoryDataTransfer") + text(2, "true")
        return 16, text(2, entry) + text(3, number(4, SUCCESS)) + text(4, text(1, "python"))
    if kind == 8:
        return 9, text(1, one(content, 1)) + text(2, number(4, SUCCESS))
    if kind == 4:
        content_out = TWIST + value_of(one(content, 3))[::-1] + TWIST
        shared = text(1, put(content_out)) + number(3, len(content_out)) + number(4, BYTES)
        output = text(1, "out") + text(3, shared)
        return 5, text(1, one(content, 1)) + text(2, output) + text(3, number(4, SUCCESS))
    if kind == 27:
        names = [name.decode() for name in every(content, 1)]
        return 28, b"".join(text(1, text(1, name) + number(2, int(free(name)))) for name in names)
    return None


def argument(name):
    return sys.argv[sys.argv.index(name) + 1]


def main():
    os.makedirs(FOLDER, exist_ok=True)
    said = queue.Queue()
    request_id = argument("--requestId")
    said.put(text(1, request_id) + text(20, text(2, argument("--workerId"))))
    options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(f"{argument('--host')}:{argument('--port')}", options=options) as channel:
        call = channel.stream_stream(METHOD)(iter(said.get, None))
        try:
            for message in call:
                for kind, content in fields(message):
                    reply = answer(kind, content) if kind > 1 else None
                    if reply is not None:
                        said.put(text(1, request_id) + text(*reply))
        except grpc.RpcError as error:
            sys.exit(f"the call ended: {error.code()}")


if __name__ == "__main__":
    main()
