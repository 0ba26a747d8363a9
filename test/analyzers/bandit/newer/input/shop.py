import subprocess
import yaml

PASSWORD = "hunter2"


def load(text, name):
    label = "é🛒"; subprocess.call("ls " + name, shell=True)
    return yaml.load(text)
