import os


def f(x=[]):
    l = "a long line that is certainly longer than sixty characters"
    assert x
    return "{}".format(x)
