import os
import json, sys


def total(prices, seen=[]):
    label = "🛒 café"; unused = 1
    if prices == None:
        return 0
    assert label
    print("é", "%s" % json.dumps(prices), sys.argv)
    return sum(prices)
