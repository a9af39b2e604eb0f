#!/usr/bin/env python3
"""The protocol of a batch, in explicit states: every order of what two consumers may do.

    protocol.py [GUARD]

claim -> collect -> lock -> load -> decide -> commit -> merge, with lost answers to COMMIT, transactions
that outlive their process, retention, preloaded hour sets, a database restored from a copy. All
reachable states of each scenario are visited, nearest first. The full protocol must keep every rule of
violation(); each guard, removed by its name, must break one: what is printed then is a shortest way.

A log is the tuple of its batches; receipts, steps and dedup blocks are read off it. A batch is
(feed, start, from, to, accepted ids, quarantined offsets).
"""
import collections, functools, sys

GUARDS = {
    "merge after COMMIT": "memory learns a batch's ids only when COMMIT has answered",
    "load the delta": "what others appended is loaded under the slot lock",
    "two statements": "the delta is read by a statement that begins after the lock is held",
    "the set's step": "an hour set is used only at the step that it is complete to",
    "receipt chain": "a receipt begins where the chain's last one ends",
    "assignment": "the first claim fixes where the chain starts",
    "published size": "nobody appends to a database that is behind its published checkpoint",
}

# An event: its slot and hour; "bad" cannot be counted. A feed: its records, by offset.
Scenario = collections.namedtuple("Scenario", "name events feeds consumers lost retention preloads restores")
SCENARIOS = [
    Scenario("one event by two feeds, a quarantined record",
             {"e": (0, 0)}, {"A": ("e", "bad"), "B": ("e",)}, 2, 1, 0, 0, 0),
    Scenario("two slots, locked in order",
             {"e": (0, 0), "f": (1, 0)}, {"A": ("e", "f"), "B": ("f", "e")}, 2, 1, 0, 0, 0),
    Scenario("first claims at different watermarks",
             {"e": (0, 0)}, {"A": ("e", "bad", "e")}, 2, 1, 1, 0, 0),
    Scenario("a preloaded hour set",
             {"e": (0, 0), "f": (0, 1)}, {"A": ("e", "f"), "B": ("e",)}, 2, 0, 0, 1, 0),
    Scenario("a restored database",
             {"e": (0, 0), "f": (0, 0)}, {"A": ("e", "f", "bad")}, 2, 1, 0, 0, 1),
]

# A consumer. phase: idle | first (it read the watermark, and found no chain) | ready | waiting | decided.
# sets: what memory has, ((slot, hour), ids, step that it is complete to); steps: ((slot, step known)).
Consumer = collections.namedtuple("Consumer", "phase feed start next to seen batch sets steps preload")
IDLE = Consumer("idle", None, 0, 0, 0, 0, None, (), (), None)
# ghosts: batches of processes that are gone, whose transactions still hold their locks.
World = collections.namedtuple("World", "log assigned consumers ghosts lost low preloads published copy restores")


# Consumers are interchangeable: worlds that differ in their order alone are one.
in_order = functools.lru_cache(maxsize=None)(repr)


class Protocol:
    def __init__(self, scenario, removed=None):
        self.scenario, self.removed = scenario, removed

    def keeps(self, guard):
        assert guard in GUARDS
        return guard != self.removed

    # ---- what a log says

    def records(self, feed, start, end):
        return [(offset, self.scenario.feeds[feed][offset]) for offset in range(start, end)]

    def slots(self, batch):
        feed, _, start, end = batch[:4]
        return self.slots_of(feed, start, end)

    @functools.lru_cache(maxsize=None)
    def slots_of(self, feed, start, end):
        return frozenset(self.scenario.events[e][0] for _, e in self.records(feed, start, end) if e != "bad")

    def step(self, log, slot):
        return sum(slot in self.slots(batch) for batch in log)

    def ids(self, log, slot, hour, after=0):
        """Of the blocks of this slot and hour with a step above `after`."""
        step, found = 0, set()
        for batch in log:
            if slot in self.slots(batch):
                step += 1
                if step > after:
                    found |= {e for e in batch[4] if self.scenario.events[e] == (slot, hour)}
        return frozenset(found)

    # ---- the batch: load and decide under the lock, append, merge

    def load(self, consumer, world, slot, hour):
        """The identities of an hour as this consumer takes them to be; complete, if the guards hold."""
        step = self.step(world.log, slot)
        blocks = world.log if self.keeps("two statements") else world.log[:consumer.seen]
        sets, steps = {key: (ids, at) for key, ids, at in consumer.sets}, dict(consumer.steps)
        if (slot, hour) not in sets:
            return self.ids(blocks, slot, hour), step
        ids, at = sets[slot, hour]
        known = at if self.keeps("the set's step") else steps.get(slot, at)
        if known != step and self.keeps("load the delta"):
            ids |= self.ids(blocks, slot, hour, known)
        return ids, step

    def decide(self, consumer, world):
        """The batch, and the memory that it was decided from."""
        loaded, accepted, quarantined = {}, [], []
        for offset, event in self.records(consumer.feed, consumer.next, consumer.to):
            if event == "bad":
                quarantined.append(offset)
                continue
            key = self.scenario.events[event]
            loaded.setdefault(key, self.load(consumer, world, *key))
            if event not in loaded[key][0] and event not in accepted:
                accepted.append(event)
        batch = (consumer.feed, consumer.start, consumer.next, consumer.to, tuple(accepted), tuple(quarantined))
        consumer = self.remember(consumer, loaded)
        if not self.keeps("merge after COMMIT"):
            consumer = self.merge(consumer, batch, 0)
        return consumer._replace(phase="decided", batch=batch)

    @staticmethod
    def remember(consumer, loaded):
        sets = {key: (ids, at) for key, ids, at in consumer.sets} | loaded
        steps = dict(consumer.steps) | {key[0]: at for key, (_, at) in loaded.items()}
        return consumer._replace(sets=tuple(sorted((key, ids, at) for key, (ids, at) in sets.items())),
                                 steps=tuple(sorted(steps.items())))

    def merge(self, consumer, batch, steps=1):
        keys = {self.scenario.events[e] for _, e in self.records(*batch[:1], *batch[2:4]) if e != "bad"}
        sets = {key: (ids | {e for e in batch[4] if self.scenario.events[e] == key}, at + steps)
                for key, ids, at in consumer.sets if key in keys}
        return self.remember(consumer, sets)

    def refused(self, world, batch):
        """By a constraint of the database."""
        feed, start, begin, end = batch[:4]
        chain = [b for b in world.log if b[0] == feed]
        if self.keeps("assignment") and dict(world.assigned).get(feed) != start:
            return True
        if not self.keeps("receipt chain"):
            return False
        if any(b[2] == begin or b[3] == end for b in chain):
            return True
        return begin != start and all(b[3] != begin for b in chain)

    def behind(self, world):
        return self.keeps("published size") and len(world.log) < len(world.published)

    # ---- what may happen next: (what, world)

    def next(self, world):
        for i, consumer in enumerate(world.consumers):
            for what, new, changes in self.acts(world, consumer, i):
                consumers = world.consumers[:i] + (new,) + world.consumers[i + 1:]
                yield what, world._replace(consumers=tuple(sorted(consumers, key=in_order)), **changes)
        yield from self.others(world)

    def acts(self, world, consumer, i):
        phase = consumer.phase
        if phase == "idle" and not self.behind(world):
            yield from self.claims(world, consumer)
        elif phase == "first":
            yield from self.first_claim(world, consumer)
        elif phase == "ready":
            for n in (1, 2):
                if consumer.next + n <= len(self.scenario.feeds[consumer.feed]):
                    yield (f"collects {consumer.feed}[{consumer.next}, {consumer.next + n}) and asks for its locks",
                           consumer._replace(phase="waiting", to=consumer.next + n, seen=len(world.log)), {})
        elif phase == "waiting":
            yield from self.locked(world, consumer, i)
        elif phase == "decided":
            yield from self.ends(world, consumer)
        yield from self.preload(world, consumer)

    def claims(self, world, consumer):
        for feed in self.scenario.feeds:
            chain = [b for b in world.log if b[0] == feed]
            start = dict(world.assigned).get(feed)
            if chain:
                yield (f"claims {feed} at {chain[-1][3]}",
                       consumer._replace(phase="ready", feed=feed, start=chain[-1][1], next=chain[-1][3]), {})
            elif start is not None:
                yield f"claims {feed} at its start", consumer._replace(phase="ready", feed=feed, start=start, next=start), {}
            else:
                low = world.low if feed == "A" else 0
                yield f"finds no chain of {feed}, watermark {low}", consumer._replace(phase="first", feed=feed, start=low, next=low), {}

    def first_claim(self, world, consumer):
        if not self.keeps("assignment"):
            yield f"starts {consumer.feed} at {consumer.start}", consumer._replace(phase="ready"), {}
        elif dict(world.assigned).get(consumer.feed) is None:
            yield (f"assigns {consumer.feed} from {consumer.start}", consumer._replace(phase="ready"),
                   {"assigned": tuple(sorted(world.assigned + ((consumer.feed, consumer.start),)))})
        else:
            yield f"finds {consumer.feed} assigned", self.forget(consumer), {}

    def locked(self, world, consumer, i):
        mine = self.slots_of(consumer.feed, consumer.next, consumer.to)
        others = [c.batch for j, c in enumerate(world.consumers) if j != i and c.batch] + list(world.ghosts)
        if all(mine.isdisjoint(self.slots(batch)) for batch in others):
            new = self.decide(consumer, world)
            yield f"is given the locks, accepts {new.batch[4]}, quarantines {new.batch[5]}", new, {}

    def ends(self, world, consumer):
        batch = consumer.batch
        yield "rolls back, and will try again", consumer._replace(phase="ready", batch=None, to=0, seen=0), {}
        if self.refused(world, batch):
            yield "is refused by a constraint, and forgets", self.forget(consumer), {}
        else:
            new = self.merge(consumer, batch) if self.keeps("merge after COMMIT") else consumer
            yield ("commits", new._replace(phase="ready", batch=None, next=batch[3], to=0, seen=0),
                   {"log": world.log + (batch,)})
        if world.lost:
            yield ("loses its connection in COMMIT, and forgets", self.forget(consumer),
                   {"ghosts": world.ghosts + (batch,), "lost": world.lost - 1})

    @staticmethod
    def forget(consumer):
        return IDLE._replace(preload=consumer.preload)

    def preload(self, world, consumer):
        """Reads an hour beside the transactions, and puts it into memory later."""
        if consumer.preload is not None:
            key, ids, step = consumer.preload
            yield f"puts the preloaded hour {key} into memory", self.remember_set(consumer, key, ids, step), {}
        elif world.preloads:
            for key in sorted(set(self.scenario.events.values())):
                found = (key, self.ids(world.log, *key), self.step(world.log, key[0]))
                yield f"preloads hour {key}", consumer._replace(preload=found), {"preloads": world.preloads - 1}

    @staticmethod
    def remember_set(consumer, key, ids, step):
        sets = {k: (i, s) for k, i, s in consumer.sets} | {key: (ids, step)}
        return consumer._replace(preload=None, sets=tuple(sorted((k, *v) for k, v in sets.items())))

    def others(self, world):
        for ghost in world.ghosts:
            rest = tuple(g for g in world.ghosts if g is not ghost)
            yield "a lost transaction rolls back", world._replace(ghosts=rest)
            if not self.refused(world, ghost):
                yield "a lost transaction commits", world._replace(ghosts=rest, log=world.log + (ghost,))
        if self.scenario.retention and world.low == 0:
            yield "retention takes the first record of A", world._replace(low=1)
        if self.scenario.restores:
            yield from self.disasters(world)

    def disasters(self, world):
        if len(world.log) > len(world.published):
            yield "the sealer publishes", world._replace(published=world.log)
        if world.copy is None:
            yield "a copy is taken", world._replace(copy=world.log)
        elif world.restores and len(world.copy) < len(world.log):
            yield "the copy is restored", world._replace(log=world.copy, restores=world.restores - 1, ghosts=(),
                                                         consumers=(IDLE,) * len(world.consumers))
        if world.log == world.published[:len(world.log)] != world.published:
            yield "the database is recovered", world._replace(log=world.published)

    def begin(self):
        s = self.scenario
        return World((), (), (IDLE,) * s.consumers, (), s.lost, 0, s.preloads, (), None, s.restores)

    # ---- what must never be

    def violation(self, world):
        accepted = [e for batch in world.log for e in batch[4]]
        quarantined = [(batch[0], o) for batch in world.log for o in batch[5]]
        for event in sorted(set(accepted)):
            if accepted.count(event) > 1:
                return f"duplicate: {event} is counted {accepted.count(event)} times"
        if len(set(quarantined)) < len(quarantined):
            return "duplicate: a record is quarantined twice"
        for feed, _, start, end, *_ in world.log:
            for offset, event in self.records(feed, start, end):
                if event not in accepted and (feed, offset) not in quarantined:
                    return f"loss: {feed}[{offset}], {event}, has a receipt and is not counted"
        return self.untiled(world) or self.forked(world)

    def untiled(self, world):
        for feed in self.scenario.feeds:
            chain = sorted((b[2], b[3]) for b in world.log if b[0] == feed)
            for (_, end), (start, _) in zip(chain, chain[1:]):
                if start != end:
                    return f"receipts of {feed} do not tile: one ends at {end}, one begins at {start}"
        return None

    @staticmethod
    def forked(world):
        n = min(len(world.log), len(world.published))
        return "fork: the database is not what was published" if world.log[:n] != world.published[:n] else None


def search(scenario, removed=None, limit=sys.maxsize):
    """(states, steps of a shortest way of fewer than `limit` steps to a violation and its words, or None)."""
    protocol = Protocol(scenario, removed)
    came, ring = {protocol.begin(): None}, [protocol.begin()]
    for _ in range(1, limit):
        before, ring = ring, []
        for world in before:
            for what, new in protocol.next(world):
                if new in came:
                    continue
                came[new] = (world, what)
                ring.append(new)
                broken = new.log is not world.log or new.published is not world.published
                if broken and (broken := protocol.violation(new)):
                    return len(came), (way(came, new), broken)
        if not ring:
            break
    return len(came), None


def way(came, world):
    steps = []
    while came[world]:
        world, what = came[world]
        steps.append(what)
    return steps[::-1]


def shortest(removed):
    """Over all scenarios; None if no scenario needs the guard."""
    best = None
    for scenario in SCENARIOS:
        found = search(scenario, removed, len(best[0]) if best else sys.maxsize)[1]
        best = found or best
    return best


def main():
    guards = sys.argv[1:] or list(GUARDS)
    held = True
    for scenario in SCENARIOS:
        states, bad = search(scenario)
        held &= bad is None
        print(f"full protocol, {scenario.name}: {states} states, " + ("nothing broken" if not bad else f"BROKEN: {bad}"))
    for guard in guards:
        found = shortest(guard)
        held &= found is not None
        print(f"without '{guard}' ({GUARDS[guard]}): " + ("nothing breaks" if not found else f"{found[1]}, in {len(found[0])} steps"))
        for n, step in enumerate(found[0] if found else [], 1):
            print(f"  {n}. {step}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
