"""`ISC` and `PL` were written before ISC004 and PLR0917; FURB171 is asked for by its name."""

from pathlib import Path  # noqa: TC003

names = [
    "one"
    " and two",
    "three",
]


def place(a, b, c, d, e, f):
    return a, b, c, d, e, f, Path


if len(names) in (1,):
    print(place)
