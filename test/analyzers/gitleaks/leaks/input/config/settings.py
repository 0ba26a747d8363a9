import os

TOKEN = "not-a-real-token"
KEY = """-----BEGIN
-----END"""
