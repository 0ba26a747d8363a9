import yaml


class SiteLoader(yaml.SafeLoader):
    pass


def read(text):
    return yaml.load(text, SiteLoader)


def read_all(text):
    return yaml.load(text, yaml.Loader)
