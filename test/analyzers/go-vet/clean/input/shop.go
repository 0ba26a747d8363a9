package shop

func Total(prices []int) string {
	return string(rune(len(prices)))
}
