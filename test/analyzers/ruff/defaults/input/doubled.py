import pytest


@pytest.mark.parametrize("a", [1])
def test_sum(a):
    assert a


@pytest.mark.parametrize("a", [2])
def test_sum(a):
    assert a
