pub fn total(prices: &[i64]) -> String {
    prices.iter().sum::<i64>()
}
