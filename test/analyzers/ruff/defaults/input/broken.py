def f(:
    x =
