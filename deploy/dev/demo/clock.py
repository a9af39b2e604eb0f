"""A line on the screen for each step of a story, and at least one every two seconds within it."""

import threading
import time

from ledger import said

SILENCE_SECONDS = 1.8


class Clock:
    """Seconds that each step took."""

    def __init__(self):
        self.seconds = {}
        self.is_line_open = False
        self.lock = threading.Lock()

    def step(self, name, work, how_far=None, result=None):
        """Does the work. how_far() says what is done so far, for the screen; result(value) sums up."""
        print(f"{name} … ", end="", flush=True)
        self.is_line_open = True
        started = time.monotonic()
        over = threading.Event()
        ticker = threading.Thread(target=self.tick, args=(started, over, how_far), daemon=True)
        ticker.start()
        try:
            value = work()
        except BaseException:
            self.finish_line()
            raise
        finally:
            over.set()
            ticker.join()
        took = time.monotonic() - started
        self.seconds[name] = round(took, 2)
        told = f"{result(value)}; {took:.1f} s" if result else f"{took:.1f} s"
        print(told if self.is_line_open else f"    done: {told}", flush=True)
        self.is_line_open = False
        return value

    def tick(self, started, over, how_far):
        while not over.wait(SILENCE_SECONDS):
            try:
                words = how_far() if how_far else None
            except Exception:  # the step itself reports what is wrong
                words = None
            words = ": ".join(filter(None, [words, said.newest])) or f"running {said.program}"
            if not over.is_set():
                self.finish_line()
                print(f"    {time.monotonic() - started:3.0f} s: {words}", flush=True)

    def finish_line(self):
        with self.lock:
            if self.is_line_open:
                print(flush=True)
            self.is_line_open = False
