from typing import List, Union


def order(item: Union["Epic", "Task"], others: List[int]):
    saved = create_all(item, others)
    return others


def create_all(item, others):
    return None
