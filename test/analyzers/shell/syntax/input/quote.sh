#!/bin/bash
if true; then
  echo "é unclosed
