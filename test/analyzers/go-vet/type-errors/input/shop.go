package shop

func Total(prices []int) string {
	return len(prices)
}
