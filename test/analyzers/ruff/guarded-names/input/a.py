"""Names that are asked for, or taken away after their last use."""

import typing

K = typing.TypeVar("K")


def text(value):
    try:
        return unicode(value, errors="ignore")
    except TypeError:
        return unicode(value)
    except NameError:
        return str(value)


def key(value: K) -> K:
    return value


del K
