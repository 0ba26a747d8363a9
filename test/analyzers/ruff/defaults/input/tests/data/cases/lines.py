def twice(a): ...


def twice(b): ...


x = missing + names
