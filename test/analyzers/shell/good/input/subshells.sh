#!/usr/bin/env bash
if ! ((command -v a >/dev/null 2>&1 && a --list >/dev/null 2>&1) || \
  (command -v b >/dev/null 2>&1)); then
  echo none
fi
