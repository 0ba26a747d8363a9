import requests
import nowhere


def total(prices: list[int]) -> int:
    label: int = "🛒"; count: str = len(prices)
    return prices.summ()


def untyped(a):
    return a
