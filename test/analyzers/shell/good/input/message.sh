#!/usr/bin/env bash
echo "
FOLDER = ${FOLDER}
CACHE = $(
  printf '%s' "$CACHE"
)
"
echo "done"
((
  WIDTH = 80 * 2
))
