#!/bin/sh
echo a
fi
