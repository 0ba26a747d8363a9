#!/bin/bash
	echo "é🛒" $1
for f in $(ls *.txt); do
  cat $f | grep x
done
cd "$2"
unused=3
