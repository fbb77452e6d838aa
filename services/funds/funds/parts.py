"""Amounts split into parts that sum exactly."""

from collections.abc import Sequence
from fractions import Fraction


def apportioned(amount: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Split satang by weights so that the parts sum exactly: the largest remainders take what is left over.

    Of equal remainders the first ones take it; no part is above its weight where the amount is not above
    their sum. ValueError for a negative weight, or where an amount has no weight to go to.
    """
    whole = sum(weights)
    if min(weights, default=0) < 0 or (amount and not whole):
        raise ValueError("nothing to split by")
    if not whole:
        return [0] * len(weights)
    parts = [int(amount * weight // whole) for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: -(amount * weights[at] % whole))
    for at in order[: amount - sum(parts)]:
        parts[at] += 1
    return parts
