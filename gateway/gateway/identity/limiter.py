"""How often somebody may ask for a token: a bucket per client and address, in this process's memory.

A guess costs a turn, so the figure bounds guessing per gateway process; with N processes it is N times
as much, which argon2's parallel cap bounds in turn.
"""

from collections import OrderedDict

BURST = 60
PER_SECOND = 2.0
_REMEMBERED = 10_000


class Limiter:
    """Token buckets; the least recently used is forgotten first."""

    def __init__(self, *, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        """Allow `burst` at once and `per_second` in the long run, per key."""
        self._burst = burst
        self._rate = per_second
        self._buckets: OrderedDict[tuple[str, ...], tuple[float, float]] = OrderedDict()

    def wait(self, *key: str, now: float) -> float:
        """Take a turn and return 0.0, or return the seconds until one is free. `now` is monotonic."""
        level, since = self._buckets.pop(key, (float(self._burst), now))
        level = min(float(self._burst), level + (now - since) * self._rate)
        allowed = level >= 1.0
        self._buckets[key] = (level - 1.0 if allowed else level, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1.0 - level) / self._rate
