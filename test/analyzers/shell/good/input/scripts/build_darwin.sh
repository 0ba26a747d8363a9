#!/bin/sh
if ! command -v npm &> /dev/null; then
  exit 1
fi
