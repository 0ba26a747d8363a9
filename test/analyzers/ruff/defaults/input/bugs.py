import os
import sys, json  # kept


def add(item, items=[]):
    items.append(item)
    print("é𝒳", undefined_name); return items


def check(value):
    assert (value, "must be set")
    if value is "a":
        return "%d %d" % (1,)
    try:
        return json.dumps(value)
    finally:
        return None


class Thing:
    def __init__(self):
        return 1


def later(callbacks, things):
    for thing in things:
        callbacks.append(lambda: thing.go())
        sorted(things, key=lambda other: other == thing)


def fail():
    ValueError("not raised")
