from unittest.mock import patch

from tool import rdb


def test_set_trace():
    with patch("tool.rdb.Pdb.set_trace"):
        rdb.set_trace()
