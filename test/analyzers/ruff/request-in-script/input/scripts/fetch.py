import requests

print(requests.get("https://example.org/releases").json())
