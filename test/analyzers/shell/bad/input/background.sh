#!/bin/sh
command &> /dev/null
command & > /dev/null
