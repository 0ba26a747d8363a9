#!/bin/zsh
for f (*) echo $f
