class Shop:
    def price(self, order, customer, code, now):
        total = 0
        for line in order:
            if line.amount > 0:
                if line.discount and customer.known:
                    total += line.net
                elif code:
                    total += line.gross
                else:
                    total += line.gross
            elif line.gift or now:
                continue
        return total

    def simple(self):
        return 1
