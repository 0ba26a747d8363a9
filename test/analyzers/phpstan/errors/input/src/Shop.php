<?php

class Shop
{
    public function total(array $prices): string
    {
        return count($prices);
    }
}
