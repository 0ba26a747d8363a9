print("hello", )
print(name)
exit()
