print(name)
