pub fn total(prices: &Vec<i64>) -> i64 {
    let label = "é🛒"; let unused = 1;
    if prices.len() == 0 {
        return 0;
    }
    let mut sum = 0;
    for i in 0..prices.len() {
        sum = sum + prices[i];
    }
    println!("{}", label);
    return sum;
}
