try:
    import simplejson as json
except ImportError:
    import json

try:
    import yaml
except ImportError:
    HAS_YAML = False


def f(x=None):
    try:
        return json.loads(x)
    except ValueError as error:
        return None


globals().update({"dynamic": 1})
print(dynamic)
