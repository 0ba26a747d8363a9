#!/bin/sh
# sourced
x=1
