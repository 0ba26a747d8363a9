import os


def test_it():
    unused = os.getcwd()
    assert 1 == 1, 2
