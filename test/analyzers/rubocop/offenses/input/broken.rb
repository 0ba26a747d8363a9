def total(
