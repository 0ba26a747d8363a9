import os


def f(x):
    print(x)
    assert x
    return x == None
