#!/bin/sh
names=(a b)
echo "${names[@]}"
