def total(prices: list[int]) -> int:
    label: int = "🛒"; count: str = len(prices)
    unused = 1
    return prices.summ()


total("nothing")
