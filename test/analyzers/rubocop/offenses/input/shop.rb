# frozen_string_literal: true

# Adds prices.
class Shop
  def total(prices)
    label = 'é🛒'; unused = "x"
    if prices == nil then return 0 end
    eval(label)
    prices.sum
  end
end
