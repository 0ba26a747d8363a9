total​_count = 1
# a comment​ may
label = "zero​width"
faㅤke = 2
