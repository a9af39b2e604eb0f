#!/usr/bin/env python3
"""A TCP proxy that does to a connection what networks do, when it is told to.

    proxy = ChaosProxy(("127.0.0.1", 5432))       # listens on proxy.port; a thread of its own
    proxy.cut()                                   # every connection is reset, with what was under way
    proxy.hold(); proxy.heal()                    # half-open: nothing passes, nothing is closed
    proxy.delay = 0.05; proxy.rate = 100_000      # seconds and bytes a second, each way, each connection
    proxy.cut_after(TO_CLIENT, 700)               # reset after so many more bytes of one direction
    proxy.drop_commit()                           # PostgreSQL: cut before the next COMMIT arrives
    proxy.lose_commit()                           # ... or COMMIT is done, and its answer lost
    proxy.refuse_commit("40001")                  # ... or this SQLSTATE is answered in its place
    proxy.crash_after(7, 0.5)                     # PostgreSQL: as if it crashed after so many more answers, and
                                                  # started for so many seconds

    tests/harness/chaosproxy.py --to HOST:PORT [--seed N]     # by hand: a fault every few seconds
"""

import argparse
import collections
import contextlib
import random
import selectors
import socket
import struct
import threading
import time

TO_SERVER, TO_CLIENT = "to server", "to client"
COMMIT = b"Q\0\0\0\x0bcommit\0"
COPY = b"PGCOPY\n"  # what a batch sends, and no other transaction of ingest
ANSWERED = b"Z\0\0\0\5"  # ReadyForQuery, but for its last byte
CHUNK = 65536
TLS = struct.pack(">i", 80877103)  # SSLRequest
RESET = struct.pack("ii", 1, 0)


def _says(kind, severity, sqlstate):
    """PostgreSQL's ErrorResponse (E) or NoticeResponse (N)."""
    fields = b"".join(key + value.encode() + b"\0" for key, value in
                      ((b"S", severity), (b"V", severity), (b"C", sqlstate), (b"M", "by the proxy")))
    return kind + struct.pack(">i", len(fields) + 5) + fields + b"\0"


def _error(sqlstate):
    """With ReadyForQuery, idle."""
    return _says(b"E", "ERROR", sqlstate) + ANSWERED + b"I"


WARNING = _says(b"N", "WARNING", "57P02")


class _Way:
    """One direction of a connection: what is under way, and when it may arrive."""

    def __init__(self, name, source, sink):
        self.name, self.source, self.sink = name, source, sink
        self.queue = collections.deque()  # (due, bytes)
        self.allowance = 0.0  # bytes that the rate lets pass
        self.left = None  # bytes until the connection is cut; None: no end
        self.ended = False


class _Pair:
    def __init__(self, client, server):
        self.ways = {TO_SERVER: _Way(TO_SERVER, client, server), TO_CLIENT: _Way(TO_CLIENT, server, client)}
        self.has_copied = False  # since its last COMMIT
        self.tail = b""  # of what the client sent: COMMIT may come in two pieces
        self.is_warned = False  # that the server crashes
        self.commit = None  # what becomes of the answer that is awaited: "lose", or bytes in its place

    def sockets(self):
        return self.ways[TO_SERVER].source, self.ways[TO_CLIENT].source


class ChaosProxy:
    def __init__(self, to, port=0):
        self.to, self.delay, self.rate = to, 0.0, None
        self.only_batches = False  # whose COMMIT is spoilt: a batch's, or any
        self.counts = collections.Counter()
        self._held, self._commit, self._pairs = False, None, []
        self._answers_left, self._down_seconds, self._down_until = None, 0, 0
        self._lock = threading.RLock()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    # ------------------------------------------------------------------------------- what is done

    def cut(self):
        with self._lock:
            self.counts["cut"] += len(self._pairs)
            for pair in list(self._pairs):
                self._reset(pair)

    def hold(self):
        """Half-open: whoever waits finds out by its own time limits, or never."""
        with self._lock:
            self._held = True
            self.counts["held"] += len(self._pairs)

    def heal(self):
        """Of everything that lasts; what was held passes."""
        with self._lock:
            self._held, self._commit, self.delay, self.rate = False, None, 0.0, None
            for pair in self._pairs:
                for way in pair.ways.values():
                    way.left = None

    def cut_after(self, direction, size):
        with self._lock:
            for pair in self._pairs:
                pair.ways[direction].left = size

    def drop_commit(self):
        self._commit = "drop"

    def lose_commit(self):
        self._commit = "lose"

    def refuse_commit(self, sqlstate):
        """COMMIT is done all the same: the answer lies."""
        self._commit = _error(sqlstate)

    def crash_after(self, answers, seconds):
        """Whoever is connected is warned, and finds out when he says something next."""
        with self._lock:
            self._answers_left, self._down_seconds = answers, seconds

    def has_crashed(self):
        return self._down_until > 0

    def commits_to_spoil(self):
        return self._commit is not None

    # --------------------------------------------------------------------------------- the thread

    def _serve(self):
        while True:
            with self._lock:
                selector = selectors.DefaultSelector()
                selector.register(self._listener, selectors.EVENT_READ)
                for pair in self._pairs:
                    self._watch(selector, pair)
            ready = selector.select(0.005 if self._busy() else 0.05)
            selector.close()
            with self._lock:
                for key, _ in ready:
                    if key.fileobj is self._listener:
                        self._accept()
                for pair in list(self._pairs):
                    self._move(pair)

    def _busy(self):
        return any(way.queue for pair in self._pairs for way in pair.ways.values())

    def _watch(self, selector, pair):
        for way in pair.ways.values():
            if not self._held and not way.ended and len(way.queue) < 64:
                selector.register(way.source, selectors.EVENT_READ)

    def _accept(self):
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        if time.monotonic() < self._down_until:
            self._refuse(client)
            return
        try:
            server = socket.create_connection(self.to, timeout=5)
        except OSError:
            self._close(client)
            return
        for each in (client, server):
            each.setblocking(False)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pairs.append(_Pair(client, server))
        self.counts["connections"] += 1

    def _refuse(self, client):
        """As a server does that is starting; what libpq asks first, TLS, has an answer of its own."""
        self.counts["refused while starting"] += 1
        client.settimeout(1)
        with contextlib.suppress(OSError):
            if client.recv(CHUNK)[4:8] == TLS:
                client.sendall(b"N")
                client.recv(CHUNK)
            client.sendall(_says(b"E", "FATAL", "57P03"))
        client.close()

    def _crash(self):
        self.counts["crash"] += 1
        self._answers_left, self._down_until = None, time.monotonic() + self._down_seconds
        for pair in list(self._pairs):
            with contextlib.suppress(OSError):
                if not pair.is_warned:
                    pair.ways[TO_CLIENT].sink.send(WARNING)
            self._reset(pair)

    def _count_answer(self, pair, data):
        """The last one before a crash comes together with the warning: nothing is noticed before the next question."""
        self.counts["answers"] += 1
        if self._answers_left is None:
            return data
        self._answers_left -= 1
        pair.is_warned = self._answers_left <= 0
        return data + WARNING if pair.is_warned else data

    def _move(self, pair):
        if self._held:
            return
        try:
            for way in pair.ways.values():
                self._read(pair, way)
            for way in pair.ways.values():
                self._write(pair, way)
        except OSError:
            self._reset(pair)
            return
        if all(way.ended and not way.queue for way in pair.ways.values()):
            self._reset(pair)

    def _read(self, pair, way):
        if way.ended or len(way.queue) >= 64:
            return
        try:
            data = way.source.recv(CHUNK)
        except BlockingIOError:
            return
        if not data:
            way.ended = True
            return
        data = self._look(pair, way, data)
        if data:
            way.queue.append((time.monotonic() + self.delay, data))

    def _look(self, pair, way, data):
        """Finds COMMIT on its way to the server, and its answer on the way back."""
        if way.name == TO_SERVER:
            is_commit = COMMIT in pair.tail + data
            pair.has_copied = pair.has_copied or COPY in pair.tail + data
            if self._commit is not None and is_commit and (pair.has_copied or not self.only_batches):
                pair.commit, self._commit = self._commit, None
                self.counts["commits spoilt"] += 1
                if pair.commit == "drop":
                    raise OSError("dropped")
            pair.has_copied = pair.has_copied and not is_commit
            pair.tail = data[-len(COMMIT):]
            return data
        if data[-6:-1] == ANSWERED:
            data = self._count_answer(pair, data)
        if pair.commit is None:
            return data
        answer, pair.commit = pair.commit, None
        if answer == "lose":
            raise OSError("lost")
        return answer

    def _write(self, pair, way):
        now = time.monotonic()
        while way.queue and way.queue[0][0] <= now:
            data = way.queue.popleft()[1]
            size = self._portion(way, len(data))
            try:
                sent = way.sink.send(data[:size]) if size else 0
            except BlockingIOError:
                sent = 0
            if way.left is not None:
                way.left -= sent
                if way.left <= 0:
                    self.counts["cut after bytes"] += 1
                    raise OSError("as it was told")
            if sent < len(data):
                way.queue.appendleft((now, data[sent:]))
                return
            if way.name == TO_CLIENT and pair.is_warned:
                self._crash()
                return
        if way.ended and not way.queue:
            way.sink.shutdown(socket.SHUT_WR)

    def _portion(self, way, size):
        """How many bytes may pass now."""
        if way.left is not None:
            size = min(size, way.left)
        if self.rate is not None:
            way.allowance = min(way.allowance + self.rate * 0.005, self.rate * 0.05)
            size = min(size, int(way.allowance))
            way.allowance -= size
        return size

    def _reset(self, pair):
        if pair not in self._pairs:
            return
        self._pairs.remove(pair)
        for each in pair.sockets():
            self._close(each)

    @staticmethod
    def _close(each):
        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        each.close()


def disturb(proxy, chance):
    """One fault of a network's, for a while; what it was."""
    seconds = chance.uniform(0.2, 3)
    what = chance.choice(["cut", "hold", "delay", "rate", "cut after"])
    if what == "cut":
        proxy.cut()
    elif what == "hold":
        proxy.hold()
        time.sleep(seconds)
    elif what == "delay":
        proxy.delay = chance.uniform(0.01, 0.2)
        time.sleep(seconds)
    elif what == "rate":
        proxy.rate = chance.randrange(20_000, 500_000)
        time.sleep(seconds)
    else:
        proxy.cut_after(chance.choice([TO_SERVER, TO_CLIENT]), chance.randrange(1, 5000))
        time.sleep(seconds)
    proxy.heal()
    return what


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--to", required=True)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    host, _, port = options.to.rpartition(":")
    proxy, chance = ChaosProxy((host, int(port)), options.port), random.Random(options.seed)
    print(f"127.0.0.1:{proxy.port}", flush=True)
    while True:
        time.sleep(chance.uniform(1, 5))
        print(disturb(proxy, chance), flush=True)


if __name__ == "__main__":
    main()
