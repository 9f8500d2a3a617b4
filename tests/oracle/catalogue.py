"""Small shops by name: those of a seed, those of another source, and those at an edge."""

from contextlib import suppress
from random import Random

from oracle.maker import Maker, Shape
from oracle.stager import Stager
from oracle.world import World

SPECIAL: dict[str, Shape] = {
    "one customer": Shape(customers=1, guest_share=0.0, orders=12),
    "all guests": Shape(guest_share=1.0),
    "all returned": Shape(is_all_returned=True, unsold_share=0.0),
    "one day": Shape(days=1, explicit_as_of=0.0),
    "one product": Shape(products=1),
    "all ties": Shape(is_even=True, unsold_share=0.0, return_share=0.0, months=1),
    "no orders": Shape(orders=0),
    "many customers": Shape(customers=90, orders=200, months=30, segments=1, explicit_as_of=0.0),
    "three years": Shape(customers=25, orders=120, months=38, guest_share=0.1, explicit_as_of=0.0),
    "ten busy weeks": Shape(days=70, orders=120, products=4, explicit_as_of=0.0),
}


def make_world(seed: int) -> World:
    """Make the shop of a seed."""
    random = Random(seed)
    shape = Shape(
        customers=random.choice((0, 1, 3, 5, 8, 8, 12, 12, 12)),
        products=random.choice((1, 3, 4, 6, 6)),
        orders=random.choice((0, 1, 8, 15, 25, 25, 40, 40, 40, 40)),
        months=random.choice((0, 1, 3, 8, 14, 14, 26, 26, 38)),
        guest_share=random.choice((0.0, 0.15, 0.3)),
        unsold_share=random.choice((0.1, 0.3)),
        return_share=random.choice((0.1, 0.4, 0.8)),
    )
    return Maker(f"seed {seed}", shape).make()


def find_world(name: str) -> World:
    """Make a shop again by its name, that of a failure: `seed 17`, `staged seed 17`, `all ties`."""
    if name.startswith("staged seed "):
        seed = int(name.removeprefix("staged seed "))
        return Stager(make_world(seed)).stage()
    with suppress(ValueError):
        return make_world(int(name.removeprefix("seed ")))
    return Maker(name, SPECIAL[name]).make() if name in SPECIAL else World(name)
