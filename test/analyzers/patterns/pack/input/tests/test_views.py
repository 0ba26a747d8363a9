import requests


def test_self_signed():
    requests.get("https://localhost:1", verify=False)
