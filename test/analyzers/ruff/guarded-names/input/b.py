def text(value):
    return unicode(value)
