val clean = 1
