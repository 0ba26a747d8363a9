import hashlib, subprocess, yaml


def load(path: str, password: str):
    subprocess.run(f"cat {path}", shell=True)
    config = yaml.load(open(path))
    digest = hashlib.md5(password.encode()).hexdigest()
    requests.post(
        "https://example.com/é😀",
        json={},
        verify=False,
    )
    return config, digest
