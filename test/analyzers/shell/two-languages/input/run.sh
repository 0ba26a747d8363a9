#!/bin/bash
exec ruby -x "$0" "$@"
#!/usr/bin/env ruby
NAME = /a|b/
puts NAME
