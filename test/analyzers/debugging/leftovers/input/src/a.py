def save(user):
    import pdb; pdb.set_trace()
    print("DEBUG")
    print("done")
