"""
TODO: remove after 2026-02-28 @carol
"""
x = 1  # TODO @carol due: 2026-03-01
