<?php

function total(int $a): int
{
    return $a;
}
