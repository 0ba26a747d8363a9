let label = "é🛒"; let price = value as! Int
