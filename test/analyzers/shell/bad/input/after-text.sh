#!/usr/bin/env bash
echo "
FOLDER = $(printf '%s' "$FOLDER")
"
CACHE = /tmp
