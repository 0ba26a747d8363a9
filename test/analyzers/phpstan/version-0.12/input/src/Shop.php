<?php

class Shop
{
    use Priced;

    /** @return string */
    public function total(array $prices)
    {
        $größe = "é🛒"; return count($prices, $unknown);
    }
}

trait Priced
{
    public function price(): int
    {
        return $this->price;
    }
}
