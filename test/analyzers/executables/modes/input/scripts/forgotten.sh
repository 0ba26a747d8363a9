#!/bin/sh
echo forgotten
