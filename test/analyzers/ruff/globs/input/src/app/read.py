import datetime
import numpy

with open("a") as a:
    with open("b") as b:
        print(a, b, datetime, numpy)
